/* The list of blank cells that are met, and the figure that leaves each blank. */
#include "ignored.h"

#include <stddef.h>

struct ignored {
    uint8_t kind, state, event;
    const char *why;
};

static const struct ignored list[] = {
    {TX_INVITE_CLIENT, TX_PROCEEDING, TX_TRANSPORT_ERROR, "RFC 6026 8.4 figure 5: nothing is sent"},
    {TX_INVITE_CLIENT, TX_COMPLETED, TX_RECV_1XX, "RFC 6026 8.4 figure 5: late"},
    {TX_INVITE_CLIENT, TX_ACCEPTED, TX_RECV_1XX, "RFC 6026 8.4 figure 5: late"},
    {TX_INVITE_CLIENT, TX_ACCEPTED, TX_TRANSPORT_ERROR,
     "RFC 6026 8.4 figure 5: the ACK is the "
     "TU's"},
    {TX_NON_INVITE_CLIENT, TX_COMPLETED, TX_RECV_1XX, "RFC 3261 17.1.2.2: absorbed"},
    {TX_NON_INVITE_CLIENT, TX_COMPLETED, TX_RECV_2XX, "RFC 3261 17.1.2.2: absorbed"},
    {TX_NON_INVITE_CLIENT, TX_COMPLETED, TX_RECV_FINAL, "RFC 3261 17.1.2.2: absorbed"},
    {TX_NON_INVITE_CLIENT, TX_COMPLETED, TX_TRANSPORT_ERROR, "RFC 3261 figure 6: nothing is sent"},
    {TX_INVITE_SERVER, TX_ACCEPTED, TX_RECV_REQUEST, "RFC 6026 7.1: absorbed"},
    {TX_INVITE_SERVER, TX_CONFIRMED, TX_RECV_REQUEST, "RFC 6026 8.6 figure 7: the client has it"},
    {TX_INVITE_SERVER, TX_CONFIRMED, TX_RECV_ACK, "RFC 3261 17.2.1: absorbed"},
    {TX_INVITE_SERVER, TX_CONFIRMED, TX_TRANSPORT_ERROR, "RFC 6026 8.6 figure 7: nothing is sent"},
    {TX_NON_INVITE_SERVER, TX_TRYING, TX_RECV_REQUEST, "RFC 3261 17.2.2: discarded"},
    {TX_NON_INVITE_SERVER, TX_COMPLETED, TX_SEND_2XX, "RFC 3261 17.2.2: discarded"},
    {TX_NON_INVITE_SERVER, TX_COMPLETED, TX_SEND_FINAL, "RFC 3261 17.2.2: discarded"},
};

bool may_ignore(enum tx_kind kind, enum tx_state state, enum tx_event event)
{
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (list[i].kind == kind && list[i].state == state && list[i].event == event)
            return true;
    return false;
}

bool ignored_at(unsigned i, enum tx_kind *kind, enum tx_state *state, enum tx_event *event)
{
    if (i >= sizeof list / sizeof list[0])
        return false;
    *kind = list[i].kind;
    *state = list[i].state;
    *event = list[i].event;
    return true;
}
