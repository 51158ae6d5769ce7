/* The moves of a client and a server over one network. */
#include "pair.h"

#include <assert.h>

void pair_start(struct pair *p, enum tx_kind client, bool reliable)
{
    *p = (struct pair){
        .under_way = REQUEST, .reliable = reliable, .quiet = client != TX_INVITE_CLIENT};
    client_start(&p->client, client, reliable);
}

static bool arrives(struct pair *p, enum packet packet)
{
    bool there = p->under_way & packet;
    if (p->reliable)
        p->under_way &= (uint8_t)~packet;
    return there;
}

static void put(struct pair *p, enum packet packet)
{
    p->under_way |= (uint8_t)packet;
}

static unsigned client_does(struct explore *x, struct pair *p, enum tx_event event)
{
    unsigned actions = client_step(x, &p->client, event);
    if (actions & TX_RESEND)
        put(p, REQUEST);
    if (actions & TX_ACK)
        put(p, ACK);
    /* RFC 3261 13.2.2.4: the TU acknowledges each 2xx to its INVITE. */
    if (actions & TX_DELIVER && event == TX_RECV_2XX && !p->quiet)
        put(p, ACK_2XX);
    return actions;
}

unsigned pair_server_does(struct explore *x, struct pair *p, enum tx_event event)
{
    static const enum packet packets[] = {0, RESPONSE_1XX, RESPONSE_2XX, RESPONSE_FINAL};
    unsigned actions = server_step(x, &p->server, event);
    put(p, packets[server_sent(&p->server, actions)]);
    return actions;
}

/* How long a machine that is gone must have stood is the timed model's question. */
static unsigned request_arrives(struct explore *x, struct pair *p)
{
    if (p->server.tx.state != TX_NONE)
        return pair_server_does(x, p, TX_RECV_REQUEST);
    bool invite = p->client.tx.kind == TX_INVITE_CLIENT;
    server_start(&p->server, invite ? TX_INVITE_SERVER : TX_NON_INVITE_SERVER, p->reliable);
    return 0;
}

static bool client_alone(struct explore *x, struct pair *p, enum pair_move move, unsigned *actions)
{
    enum tx_event event = TX_TRANSPORT_ERROR;
    if (!machine_stands(&p->client.tx) ||
        (move == CLIENT_REPEAT && !machine_repeat(&p->client.tx, &event)) ||
        (move == CLIENT_END && !machine_end(&p->client.tx, &event)))
        return false;
    *actions = client_does(x, p, event);
    return true;
}

/* A server that has sent nothing meets no transport error. */
static bool server_alone(struct explore *x, struct pair *p, enum pair_move move, unsigned *actions)
{
    enum tx_event event = TX_TRANSPORT_ERROR;
    if (!machine_stands(&p->server.tx) ||
        (move == SERVER_REPEAT && !machine_repeat(&p->server.tx, &event)) ||
        (move == SERVER_END && !machine_end(&p->server.tx, &event)) ||
        (move == SERVER_ERROR && p->server.last == SILENT))
        return false;
    *actions = pair_server_does(x, p, event);
    return true;
}

static bool answer(struct explore *x, struct pair *p, enum pair_move move, unsigned *actions)
{
    enum tx_event event = TX_SEND_1XX + (move - ANSWER_1XX);
    if (!server_may(&p->server, event))
        return false;
    *actions = pair_server_does(x, p, event);
    return true;
}

static unsigned take(struct explore *x, struct pair *p, enum pair_move move)
{
    if (move == REQUEST_ARRIVES)
        return request_arrives(x, p);
    if (move == ACK_ARRIVES || move == ACK_2XX_ARRIVES_BY_TX)
        return pair_server_does(x, p, TX_RECV_ACK);
    if (move >= ARRIVES_1XX)
        return client_does(x, p, TX_RECV_1XX + (move - ARRIVES_1XX));
    server_take_ack(&p->server);
    return 0;
}

static bool arrival(struct explore *x, struct pair *p, enum pair_move move, unsigned *actions)
{
    static const enum packet packets[N_PAIR_MOVES] = {
        [REQUEST_ARRIVES] = REQUEST,      [ACK_ARRIVES] = ACK,
        [ACK_2XX_ARRIVES] = ACK_2XX,      [ACK_2XX_ARRIVES_BY_TX] = ACK_2XX,
        [ARRIVES_1XX] = RESPONSE_1XX,     [ARRIVES_2XX] = RESPONSE_2XX,
        [ARRIVES_FINAL] = RESPONSE_FINAL,
    };
    if (!arrives(p, packets[move]))
        return false;
    *actions = take(x, p, move);
    return true;
}

bool pair_move(struct explore *x, struct pair *p, enum pair_move move, unsigned *actions)
{
    *actions = 0;
    if (move <= CLIENT_ERROR)
        return client_alone(x, p, move, actions);
    if (move <= SERVER_ERROR)
        return server_alone(x, p, move, actions);
    if (move <= ANSWER_FINAL)
        return answer(x, p, move, actions);
    return arrival(x, p, move, actions);
}

bool pair_is_certain(enum pair_move move)
{
    return move < REQUEST_ARRIVES && move != CLIENT_ERROR && move != SERVER_ERROR;
}

bool pair_is_over(const struct pair *p)
{
    return client_is_over(&p->client) && p->client.outcome != PENDING &&
           !machine_stands(&p->server.tx);
}

const char *pair_move_name(enum pair_move move)
{
    static const char *const names[N_PAIR_MOVES] = {
        "client: its repeat timer",
        "client: its end of life",
        "client: transport error",
        "server: its repeat timer",
        "server: its end of life",
        "server: transport error",
        "server's TU: 1xx",
        "server's TU: 2xx",
        "server's TU: 300-699",
        "the request arrives",
        "the ACK arrives",
        "the ACK of a 2xx arrives at the TU",
        "the ACK of a 2xx arrives at the machine",
        "a 1xx arrives",
        "a 2xx arrives",
        "a 300-699 arrives",
    };
    assert(move < N_PAIR_MOVES);
    return names[move];
}

void pair_print(FILE *out, const struct pair *p)
{
    fprintf(out, "client %s, server %s, under way %02x", tx_state_name(p->client.tx.state),
            tx_state_name(p->server.tx.state), p->under_way);
}
