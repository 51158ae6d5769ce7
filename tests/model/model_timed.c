/* A client and a server with their clocks (T1 500 ms, T2 4 s, T4 5 s), each packet lost or as late
 * as it may be: what is sent when, and who outlives whom. */
#include <string.h>

#include "client.h"
#include "clock.h"
#include "models.h"
#include "property.h"
#include "server.h"

/* RFC 3261 annex A, in tenths of a second. */
enum { T1 = 5, T2 = 40, T4 = 50, LIFE = 64 * T1, QUIET = T1 + 2 * T1 + 4 * T1, SLOTS = 8 };

enum packet { NOTHING, REQUEST, ACK, ACK_2XX, RESPONSE_1XX, RESPONSE_2XX, RESPONSE_FINAL };

struct slot {
    uint16_t packet, at;
};

struct timed {
    uint16_t now, lateness;
    struct clock client_clock, server_clock;
    struct schedule client_due, server_due;
    struct slot slots[SLOTS]; /* sorted by time, then packet; NOTHING behind */
    struct client client;
    struct server server;
    uint8_t invite, reliable;
    uint16_t trying_at; /* the machine's 100, while the TU is silent */
};

enum fate { LOST, PROMPT, LATE, N_FATES };

/* Each with a fate for what it makes be sent; those before ANSWER are of time. */
enum act {
    START,
    CLIENT_FIRES,
    SERVER_FIRES,
    SAYS_AGAIN, /* RFC 3261 13.3.1.4: the TU's 2xx */
    SAYS_1XX,
    SAYS_2XX,
    SAYS_FINAL,
    ARRIVES,
    PASS_TIME = ARRIVES + SLOTS,
    CANCEL,
    N_ACTS
};

enum { VARIANT_INVITE = 1, VARIANT_RELIABLE = 2, VARIANT_T4 = 4 };

static void demand(struct explore *x, bool holds, enum property p)
{
    if (!holds)
        explore_fault(x, property(p));
}

static void start(void *state, unsigned variant)
{
    struct timed *t = state;
    t->invite = variant & VARIANT_INVITE;
    t->reliable = (variant & VARIANT_RELIABLE) != 0;
    /* The RFC's 64*T1 leaves less than T1 between the quickest and the slowest packet. */
    t->lateness = variant & VARIANT_T4 ? T4 : T1 - 1;
    t->server_due = (struct schedule){0, NEVER, NEVER, 0};
    t->trying_at = NEVER;
    t->client_clock = t->server_clock = (struct clock){NEVER, NEVER, NEVER};
}

/* False: that fate is not to be had: nothing is sent, or nothing is lost here. */
static bool put(struct timed *t, enum packet packet, enum fate fate)
{
    struct slot slot = {(uint16_t)packet, (uint16_t)(t->now + (fate == LATE ? t->lateness : 0))};
    unsigned i = SLOTS;
    if (packet == NOTHING)
        return fate == LOST;
    if (fate == LOST)
        return !t->reliable;
    if (t->slots[SLOTS - 1].packet != NOTHING)
        return false;
    for (; i > 1 && (t->slots[i - 2].packet == NOTHING || t->slots[i - 2].at > slot.at); i--)
        t->slots[i - 1] = t->slots[i - 2];
    t->slots[i - 1] = slot;
    return true;
}

static enum packet take(struct timed *t, unsigned i)
{
    enum packet packet = t->slots[i].packet;
    memmove(&t->slots[i], &t->slots[i + 1], (SLOTS - 1 - i) * sizeof t->slots[0]);
    t->slots[SLOTS - 1] = (struct slot){0};
    return packet;
}

/* RFC 3261 17.1: Timers D and K are zero over reliable transports. */
static unsigned client_life(const struct timed *t)
{
    if (t->invite)
        return t->client.outcome == REFUSED && t->reliable ? 0 : LIFE;
    return t->reliable ? 0 : T4;
}

static void keep_client_schedule(struct explore *x, struct timed *t, enum outcome before,
                                 bool heard, unsigned actions)
{
    struct schedule *s = &t->client_due;
    unsigned most = t->invite ? NEVER : T2, least = t->client.heard ? T2 : 0;
    if (actions & TX_RESEND)
        demand(x, schedule_repeat(s, t->now, most, least), SCHEDULE);
    if (actions & TX_TIMEOUT) {
        demand(x, t->now == s->end, SCHEDULE);
        demand(x, t->client.heard || t->reliable || s->sent == (t->invite ? 7 : 11), SCHEDULE);
    }
    if (t->client.outcome != PENDING && before == PENDING)
        schedule_settle(s, t->now, client_life(t));
    else if (t->client.heard && !heard && t->invite)
        schedule_settle(s, t->now, NEVER);
}

static enum packet client_packet(const struct timed *t, enum tx_event event, unsigned actions)
{
    if (actions & TX_RESEND)
        return REQUEST;
    if (actions & TX_ACK)
        return ACK;
    return actions & TX_DELIVER && event == TX_RECV_2XX && t->invite ? ACK_2XX : NOTHING;
}

static bool client_does(struct explore *x, struct timed *t, enum tx_event event, enum fate fate)
{
    enum outcome before = t->client.outcome;
    bool heard = t->client.heard;
    struct machine after = t->client.tx;
    unsigned actions = clock_step(&t->client_clock, &after, event, t->now);
    machine_watch(x, &t->client.tx, event, after.state, actions);
    client_watch(x, &t->client, event, after.state, actions);
    if (after.state == TX_TERMINATED && t->client.tx.state != TX_TERMINATED && before != PENDING)
        demand(x, t->now == t->client_due.end, SCHEDULE);
    t->client.tx = after;
    keep_client_schedule(x, t, before, heard, actions);
    if (after.state == TX_TERMINATED)
        schedule_settle(&t->client_due, t->now, NEVER);
    return put(t, client_packet(t, event, actions), fate);
}

static void keep_server_answer(struct timed *t)
{
    bool repeats = t->invite && (!t->reliable || t->server.said == SUCCESS);
    schedule_start(&t->server_due, t->now, t->invite || !t->reliable ? LIFE : 0);
    if (!repeats)
        t->server_due.next = NEVER;
}

static void keep_server_schedule(struct explore *x, struct timed *t, enum tx_event event,
                                 unsigned actions, bool acked)
{
    struct schedule *s = &t->server_due;
    bool again = event == TX_SEND_2XX && t->invite && s->next == t->now;
    if (event == TX_FIRE_G || again)
        demand(x, schedule_repeat(s, t->now, T2, 0), SCHEDULE);
    else if (event == TX_SEND_2XX || event == TX_SEND_FINAL)
        keep_server_answer(t);
    if (t->server.acked && !acked && t->server.said == FAILURE)
        schedule_settle(s, t->now, t->reliable ? 0 : T4);
    if (event == TX_FIRE_TRYING || event == TX_FIRE_QUIET)
        demand(x, t->now == t->trying_at, SCHEDULE);
    if (t->server.said != SILENT || actions & TX_SEND_TRYING)
        t->trying_at = NEVER;
    if (actions & TX_TIMEOUT)
        demand(x, t->reliable || s->sent == 11, SCHEDULE);
}

static bool server_does(struct explore *x, struct timed *t, enum tx_event event, enum fate fate)
{
    static const enum packet packets[] = {NOTHING, RESPONSE_1XX, RESPONSE_2XX, RESPONSE_FINAL};
    bool acked = t->server.acked || t->server.tx.state == TX_TERMINATED;
    struct machine after = t->server.tx;
    unsigned actions = clock_step(&t->server_clock, &after, event, t->now);
    bool ends = after.state == TX_TERMINATED && t->server.tx.state != TX_TERMINATED;
    machine_watch(x, &t->server.tx, event, after.state, actions);
    server_watch(x, &t->server, event, after.state, actions);
    t->server.tx = after;
    keep_server_schedule(x, t, event, actions, acked);
    if (ends) {
        demand(x, t->now == t->server_due.end, SCHEDULE);
        schedule_settle(&t->server_due, t->now, NEVER);
        t->trying_at = NEVER;
    }
    return put(t, packets[server_sent(&t->server, actions)], fate);
}

static bool begin(struct timed *t, enum fate fate)
{
    if (t->client.tx.state != TX_NONE)
        return false;
    enum tx_kind kind = t->invite ? TX_INVITE_CLIENT : TX_NON_INVITE_CLIENT;
    client_start(&t->client, kind, t->reliable);
    clock_start(&t->client_clock, &t->client.tx, kind, t->reliable, t->now);
    schedule_start(&t->client_due, t->now, LIFE);
    if (t->reliable)
        t->client_due.next = NEVER;
    return put(t, REQUEST, fate);
}

static bool begin_server(struct timed *t, enum fate fate)
{
    enum tx_kind kind = t->invite ? TX_INVITE_SERVER : TX_NON_INVITE_SERVER;
    server_start(&t->server, kind, t->reliable);
    clock_start(&t->server_clock, &t->server.tx, kind, t->reliable, t->now);
    if (!t->invite)
        t->server_due.end = (uint16_t)(t->now + LIFE);
    t->trying_at = (uint16_t)(t->now + (t->invite ? 2 : QUIET));
    return fate == LOST;
}

static bool request_arrives(struct explore *x, struct timed *t, enum fate fate)
{
    if (t->server.tx.state == TX_NONE)
        return begin_server(t, fate);
    demand(x, t->server.tx.state != TX_TERMINATED, NO_SECOND_TRANSACTION);
    return server_does(x, t, TX_RECV_REQUEST, fate);
}

static bool response_arrives(struct explore *x, struct timed *t, enum packet packet, enum fate fate)
{
    bool answered = t->client.outcome == SUCCEEDED || t->client.outcome == REFUSED;
    if (!t->reliable && answered && t->lateness < T1)
        demand(x, t->client.tx.state != TX_TERMINATED, NO_STRAY);
    return client_does(x, t, TX_RECV_1XX + (packet - RESPONSE_1XX), fate);
}

static bool ack_2xx_arrives(struct timed *t, enum fate fate)
{
    server_take_ack(&t->server);
    t->server_due.next = NEVER;
    return fate == LOST;
}

static bool arrives(struct explore *x, struct timed *t, unsigned i, enum fate fate)
{
    if (t->slots[i].packet == NOTHING || t->slots[i].at > t->now)
        return false;
    enum packet packet = take(t, i);
    if (packet == REQUEST)
        return request_arrives(x, t, fate);
    if (packet == ACK)
        return server_does(x, t, TX_RECV_ACK, fate);
    if (packet == ACK_2XX)
        return ack_2xx_arrives(t, fate);
    return response_arrives(x, t, packet, fate);
}

static bool is_saying_again(const struct timed *t)
{
    return t->invite && t->server.said == SUCCESS && !t->server.acked &&
           machine_stands(&t->server.tx);
}

/* A provisional response once, to keep the model small, and as early as a server may that knows no
 * RFC 4320. */
static bool says(struct explore *x, struct timed *t, enum tx_event event, enum fate fate)
{
    bool first = event == TX_SEND_1XX ? t->server.said == SILENT : t->server.said < SUCCESS;
    return first && machine_stands(&t->server.tx) && server_does(x, t, event, fate);
}

static bool says_again(struct explore *x, struct timed *t, enum fate fate)
{
    return is_saying_again(t) && t->server_due.next == t->now &&
           server_does(x, t, TX_SEND_2XX, fate);
}

static bool client_fires(struct explore *x, struct timed *t, enum fate fate)
{
    enum tx_event event;
    return clock_due(&t->client_clock, &t->client.tx, t->now, &event) &&
           client_does(x, t, event, fate);
}

static bool server_fires(struct explore *x, struct timed *t, enum fate fate)
{
    enum tx_event event;
    return clock_due(&t->server_clock, &t->server.tx, t->now, &event) &&
           server_does(x, t, event, fate);
}

/* When something must happen. */
static unsigned next_time(const struct timed *t)
{
    unsigned least = clock_deadline(&t->client_clock);
    unsigned server = clock_deadline(&t->server_clock);
    unsigned arrival = t->slots[0].packet == NOTHING ? NEVER : t->slots[0].at;
    unsigned again = is_saying_again(t) ? t->server_due.next : NEVER;
    least = server < least ? server : least;
    least = arrival < least ? arrival : least;
    return again < least ? again : least;
}

static bool pass_time(struct explore *x, struct timed *t)
{
    unsigned next = next_time(t);
    if (next == NEVER || next <= t->now)
        return false;
    demand(x, schedule_is_kept(&t->client_due, next), SCHEDULE);
    demand(x, schedule_is_kept(&t->server_due, next) && next <= t->trying_at, SCHEDULE);
    t->now = (uint16_t)next;
    return true;
}

/* RFC 3261 9.1: where nothing else will end it the TU does. */
static bool cancel(struct timed *t)
{
    if (t->client.tx.state != TX_PROCEEDING || t->client_clock.end_at != NEVER ||
        next_time(t) != NEVER || !t->invite)
        return false;
    clock_cancelled(&t->client_clock, &t->client.tx, t->now);
    t->client_due.end = (uint16_t)(t->now + LIFE);
    return true;
}

static bool act(struct explore *x, struct timed *t, enum act act, enum fate fate)
{
    switch ((unsigned)act) {
    case START:
        return begin(t, fate);
    case CLIENT_FIRES:
        return client_fires(x, t, fate);
    case SERVER_FIRES:
        return server_fires(x, t, fate);
    case SAYS_AGAIN:
        return says_again(x, t, fate);
    case SAYS_1XX:
        return says(x, t, TX_SEND_1XX, fate);
    case SAYS_2XX:
        return says(x, t, TX_SEND_2XX, fate);
    case SAYS_FINAL:
        return says(x, t, TX_SEND_FINAL, fate);
    case PASS_TIME:
        return fate == LOST && pass_time(x, t);
    case CANCEL:
        return fate == LOST && cancel(t);
    default:
        return arrives(x, t, act - ARRIVES, fate);
    }
}

static bool move(struct explore *x, void *state, unsigned move)
{
    return act(x, state, move / N_FATES, move % N_FATES);
}

/* The fate of a packet is known as it is sent. */
static bool is_certain(unsigned move)
{
    (void)move;
    return true;
}

static bool is_end(const void *state)
{
    const struct timed *t = state;
    return t->client.outcome != PENDING && !machine_stands(&t->client.tx) &&
           !machine_stands(&t->server.tx);
}

static void print_move(FILE *out, unsigned move)
{
    static const char *const names[] = {
        "the client begins",      "client: a timer fires", "server: a timer fires",
        "server's TU: 2xx again", "server's TU: 1xx",      "server's TU: 2xx",
        "server's TU: 300-699",
    };
    static const char *const fates[N_FATES] = {"", ", sent at once", ", sent late"};
    unsigned act = move / N_FATES;
    if (act < ARRIVES)
        fputs(names[act], out);
    else if (act < PASS_TIME)
        fprintf(out, "packet %u arrives", act - ARRIVES + 1);
    else
        fputs(act == CANCEL ? "client's TU: CANCEL" : "time passes", out);
    fputs(fates[move % N_FATES], out);
}

static void print_state(FILE *out, const void *state)
{
    static const char *const names[] = {"-", "request", "ACK", "ACK of 2xx", "1xx", "2xx", "final"};
    const struct timed *t = state;
    fprintf(out, "%u.%u s: client %s, server %s", t->now / 10u, t->now % 10u,
            tx_state_name(t->client.tx.state), tx_state_name(t->server.tx.state));
    for (unsigned i = 0; i < SLOTS && t->slots[i].packet != NOTHING; i++)
        fprintf(out, ", %s at %u.%u", names[t->slots[i].packet], t->slots[i].at / 10u,
                t->slots[i].at % 10u);
}

#define MODEL(words, of)                                                                       \
    {                                                                                          \
        .name = words, .size = sizeof(struct timed), .moves = N_ACTS * N_FATES, .variant = of, \
        .start = start, .move = move, .is_certain = is_certain, .is_end = is_end,              \
        .print_move = print_move, .print_state = print_state,                                  \
    }

const struct model timed_models[4] = {
    MODEL("non-INVITE with its clock, unreliable", 0),
    MODEL("non-INVITE with its clock, reliable", VARIANT_RELIABLE),
    MODEL("INVITE with its clock, unreliable", VARIANT_INVITE),
    MODEL("INVITE with its clock, reliable", VARIANT_INVITE | VARIANT_RELIABLE),
};

const struct model late_models[2] = {
    MODEL("non-INVITE, packets up to T4 late", VARIANT_T4),
    MODEL("INVITE, packets up to T4 late", VARIANT_INVITE | VARIANT_T4),
};
