/* What a server transaction owes to its TU and to its client. */
#include "server.h"

#include "property.h"

static void demand(struct explore *x, bool holds, enum property p)
{
    if (!holds)
        explore_fault(x, property(p));
}

static bool is_invite(const struct server *s)
{
    return s->tx.kind == TX_INVITE_SERVER;
}

static bool is_answer(enum tx_event event)
{
    return event == TX_SEND_1XX || event == TX_SEND_2XX || event == TX_SEND_FINAL;
}

static bool has_answered(const struct server *s)
{
    return s->said == SUCCESS || s->said == FAILURE;
}

static bool must_resend(const struct server *s, enum tx_event event)
{
    if (is_invite(s) && (s->said == SUCCESS || s->acked))
        return false;
    return event == TX_FIRE_G || (event == TX_RECV_REQUEST && s->last != SILENT);
}

/* Where nothing has been sent there is nothing to send again. */
static bool may_resend(const struct server *s, enum tx_event event)
{
    return must_resend(s, event) || (event == TX_RECV_REQUEST && s->last == SILENT);
}

static void watch_actions(struct explore *x, const struct server *s, enum tx_event event,
                          unsigned actions)
{
    bool passes = is_invite(s) && event == TX_RECV_ACK && s->said == SUCCESS;
    bool makes_100 = event == TX_FIRE_TRYING || event == TX_FIRE_QUIET;
    bool fails = event == TX_TRANSPORT_ERROR &&
                 (*tables_under_test)[s->tx.kind][s->tx.state][event].next != TX_NONE;
    bool sends = is_answer(event) && (is_invite(s) || !has_answered(s));
    demand(x, !(actions & TX_SEND) == !sends, SERVER_SENDS);
    demand(x, actions & TX_RESEND ? may_resend(s, event) : !must_resend(s, event), SERVER_RESENDS);
    demand(x, !(actions & TX_SEND_TRYING) == !makes_100, TRYING_FOR_SILENCE);
    demand(x, !makes_100 || s->said == SILENT, TRYING_FOR_SILENCE);
    demand(x, !(actions & TX_DELIVER) == !passes, ACK_TO_ITS_OWNER);
    demand(x, !(actions & TX_ACK), ACKED_ONCE_EACH);
    demand(x, !(actions & TX_FAILED) == !fails, FAILURE_TOLD);
    demand(x, !(actions & TX_TIMEOUT) == (event != TX_FIRE_H), FAILURE_TOLD);
}

/* RFC 3261 17.2.1, 17.2.2: on reliable transports Timers I and J are zero. */
static bool ends_at_once(const struct server *s)
{
    return s->tx.reliable && (is_invite(s) ? s->said == FAILURE && s->acked : has_answered(s));
}

static bool is_end_of_life(const struct server *s, enum tx_event event)
{
    enum tx_event end;
    return machine_end(&s->tx, &end) && end == event;
}

static void watch_state(struct explore *x, const struct server *s, enum tx_event event,
                        unsigned state)
{
    if (s->tx.state == TX_TERMINATED || state != TX_TERMINATED)
        return;
    demand(x, is_end_of_life(s, event) || ends_at_once(s), SERVER_LINGERS);
    if (is_invite(s))
        demand(x, s->said == SUCCESS || (s->said == FAILURE && (s->acked || s->told)), NO_ACK_TOLD);
}

static void take_said(struct server *s, enum tx_event event)
{
    if (!is_invite(s) && has_answered(s))
        return;
    if (event == TX_SEND_1XX)
        s->said = PROVISIONAL;
    else if (event == TX_SEND_2XX)
        s->said = SUCCESS;
    else if (event == TX_SEND_FINAL)
        s->said = FAILURE;
}

void server_start(struct server *s, enum tx_kind kind, bool reliable)
{
    *s = (struct server){0};
    machine_start(&s->tx, kind, reliable);
}

void server_watch(struct explore *x, struct server *s, enum tx_event event, unsigned state,
                  unsigned actions)
{
    if (s->tx.state != TX_TERMINATED)
        watch_actions(x, s, event, actions);
    take_said(s, event);
    if (actions & TX_SEND)
        s->last = s->said;
    if (actions & TX_SEND_TRYING)
        s->last = PROVISIONAL;
    if (event == TX_RECV_ACK && has_answered(s))
        s->acked = true;
    if (actions & TX_TIMEOUT)
        s->told = true;
    watch_state(x, s, event, state);
}

unsigned server_step(struct explore *x, struct server *s, enum tx_event event)
{
    struct machine after = s->tx;
    unsigned actions = machine_step(x, &after, event);
    server_watch(x, s, event, after.state, actions);
    s->tx = after;
    return actions;
}

enum said server_sent(const struct server *s, unsigned actions)
{
    if (actions & TX_SEND_TRYING)
        return PROVISIONAL;
    return actions & (TX_SEND | TX_RESEND) ? s->last : SILENT;
}

bool server_may(const struct server *s, enum tx_event event)
{
    if (!machine_stands(&s->tx))
        return false;
    if (is_invite(s) && event == TX_SEND_2XX && s->said == SUCCESS)
        return !s->acked;
    if (has_answered(s))
        return !is_invite(s) && event != TX_SEND_1XX;
    if (event == TX_SEND_1XX && !is_invite(s))
        return s->tx.reliable || s->last != SILENT;
    return true;
}

void server_take_ack(struct server *s)
{
    s->acked = true;
}
