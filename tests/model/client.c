/* What a client transaction owes to its TU and to its server. */
#include "client.h"

#include "property.h"

static bool is_response(enum tx_event event)
{
    return event == TX_RECV_1XX || event == TX_RECV_2XX || event == TX_RECV_FINAL;
}

static void demand(struct explore *x, bool holds, enum property p)
{
    if (!holds)
        explore_fault(x, property(p));
}

static bool is_invite(const struct client *c)
{
    return c->tx.kind == TX_INVITE_CLIENT;
}

/* RFC 3261 17.1.1.2, 17.1.2.2; RFC 6026 7.2: a 2xx to INVITE each time. */
static bool must_pass(const struct client *c, enum tx_event event)
{
    if (!is_response(event) || c->tx.state == TX_TERMINATED)
        return false;
    return c->outcome == PENDING ||
           (is_invite(c) && event == TX_RECV_2XX && c->outcome == SUCCEEDED);
}

static bool must_ack(const struct client *c, enum tx_event event)
{
    return is_invite(c) && event == TX_RECV_FINAL && machine_stands(&c->tx) &&
           (c->outcome == PENDING || c->outcome == REFUSED);
}

static bool must_resend(const struct client *c, enum tx_event event)
{
    if (is_invite(c))
        return event == TX_FIRE_A && !c->heard;
    return event == TX_FIRE_E && c->outcome == PENDING;
}

/* RFC 3261 17.1.4; a machine that has nothing under way ignores the error. */
static bool must_fail(const struct client *c, enum tx_event event)
{
    return event == TX_TRANSPORT_ERROR &&
           (*tables_under_test)[c->tx.kind][c->tx.state][event].next != TX_NONE;
}

static bool must_time_out(enum tx_event event)
{
    return event == TX_FIRE_B || event == TX_FIRE_F;
}

static void watch_actions(struct explore *x, const struct client *c, enum tx_event event,
                          unsigned actions)
{
    demand(x, !(actions & TX_DELIVER) == !must_pass(c, event), PASSED_UP);
    demand(x, !(actions & TX_ACK) == !must_ack(c, event), ACKED_ONCE_EACH);
    demand(x, !(actions & TX_RESEND) == !must_resend(c, event), CLIENT_RESENDS);
    demand(x, !(actions & (TX_SEND | TX_SEND_TRYING)), CLIENT_SENDS_ITS_OWN);
    demand(x, !(actions & TX_FAILED) == !must_fail(c, event), FAILURE_TOLD);
    demand(x, !(actions & TX_TIMEOUT) == !must_time_out(event), FAILURE_TOLD);
}

static enum outcome outcome_of(enum tx_event event, unsigned actions)
{
    if (actions & TX_TIMEOUT)
        return TIMED_OUT;
    if (actions & TX_FAILED)
        return FAILED;
    if (!(actions & TX_DELIVER) || event == TX_RECV_1XX)
        return PENDING;
    return event == TX_RECV_2XX ? SUCCEEDED : REFUSED;
}

/* An answered TU hears no more of its ACK's transport error than it wants to. */
static void take_outcome(struct explore *x, struct client *c, enum tx_event event, unsigned actions)
{
    enum outcome outcome = outcome_of(event, actions);
    if (outcome == PENDING || (outcome == FAILED && c->outcome == REFUSED))
        return;
    demand(x, c->outcome == PENDING || (c->outcome == SUCCEEDED && outcome == SUCCEEDED),
           ONE_OUTCOME);
    c->outcome = (uint8_t)outcome;
}

static void watch_state(struct explore *x, const struct client *c, enum tx_event event,
                        unsigned state)
{
    bool at_once = c->tx.reliable && !(is_invite(c) && event == TX_RECV_2XX);
    demand(x, (state == TX_TERMINATED) <= (c->outcome != PENDING), ONE_OUTCOME);
    demand(x, (c->outcome == TIMED_OUT || c->outcome == FAILED) <= (state == TX_TERMINATED),
           ONE_OUTCOME);
    demand(x, !must_fail(c, event) || state == TX_TERMINATED, FAILURE_ENDS);
    if (is_response(event) && c->tx.state != TX_TERMINATED)
        demand(x, state != TX_TERMINATED || at_once, CLIENT_LINGERS);
}

void client_start(struct client *c, enum tx_kind kind, bool reliable)
{
    *c = (struct client){0};
    machine_start(&c->tx, kind, reliable);
}

void client_watch(struct explore *x, struct client *c, enum tx_event event, unsigned state,
                  unsigned actions)
{
    if (c->tx.state != TX_TERMINATED)
        watch_actions(x, c, event, actions);
    take_outcome(x, c, event, actions);
    c->heard |= is_response(event);
    watch_state(x, c, event, state);
}

unsigned client_step(struct explore *x, struct client *c, enum tx_event event)
{
    struct machine after = c->tx;
    unsigned actions = machine_step(x, &after, event);
    client_watch(x, c, event, after.state, actions);
    c->tx = after;
    return actions;
}

bool client_is_over(const struct client *c)
{
    return !machine_stands(&c->tx);
}
