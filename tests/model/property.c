/* The words of the properties; knows no model. */
#include "property.h"

#include <assert.h>

const char *property(enum property p)
{
    static const char *const words[N_PROPERTIES] = {
        [DEAD_IS_DEAD] = "a terminated machine sends nothing and tells nothing (RFC 3261 17.1.1.2)",
        [IGNORED_BY_FIGURE] = "only what the figure leaves out is ignored (ignored.c)",
        [LIFE_ENDS] = "Timers B, D, F, H, I, J, K, L, M terminate (RFC 3261 17, RFC 6026 7)",
        [ONE_OUTCOME] =
            "a client's TU gets exactly one final answer or failure (RFC 3261 17.1, RFC 6026 7.2)",
        [PASSED_UP] = "each new response is passed up, no 2xx to INVITE is swallowed, no other "
                      "final twice (RFC 3261 17.1.1.2, 17.1.2.2, RFC 6026 7.2)",
        [ACKED_ONCE_EACH] =
            "each 300-699 to INVITE is acknowledged, nothing else is (RFC 3261 17.1.1.2)",
        [CLIENT_RESENDS] = "a request goes out again by Timer A or E alone, an INVITE not after a "
                           "response (RFC 3261 17.1.1.2, 17.1.2.2)",
        [CLIENT_SENDS_ITS_OWN] = "a client makes no response (RFC 3261 17.1)",
        [FAILURE_TOLD] = "a failure is told to the TU when and only when it happens (RFC 3261 "
                         "17.1.4, 17.2.4)",
        [FAILURE_ENDS] = "a client that cannot send ends (RFC 3261 17.1.4, RFC 6026 7.2)",
        [CLIENT_LINGERS] = "an answered client stays for Timer D, K or M (RFC 3261 17.1, RFC 6026 "
                           "7.2)",
        [SERVER_SENDS] = "what the TU passes down is sent (RFC 3261 17.2, RFC 6026 7.1)",
        [SERVER_RESENDS] = "a response goes out again for its request and by Timer G, a 2xx to "
                           "INVITE and what was acknowledged never (RFC 3261 17.2, RFC 6026 7.1)",
        [TRYING_FOR_SILENCE] = "a 100 is made for a silent TU alone (RFC 3261 17.2.1, RFC 4320 "
                               "4.1)",
        [ACK_TO_ITS_OWNER] =
            "the ACK of a 2xx is passed up, any other is not (RFC 6026 7.1, RFC 3261 17.2.1)",
        [NO_ACK_TOLD] = "an INVITE server ends answered and acknowledged, or tells its TU (RFC "
                        "3261 17.2.1)",
        [SERVER_LINGERS] =
            "an answered server stays for Timer I, J or L (RFC 3261 17.2, RFC 6026 7.1)",
        [FORK_PASSES_2XX] = "a proxy passes every 2xx to INVITE on (RFC 3261 16.7.5, RFC 6026 7.3)",
        [SCHEDULE] = "messages go out at the instants of the RFC (RFC 3261 17.1.1.2, 17.1.2.2, "
                     "17.2.1, RFC 4320 4.1)",
        [NO_SECOND_TRANSACTION] =
            "no retransmission comes to a server that is gone (RFC 3261 17.2, RFC 6026 7.1)",
        [NO_STRAY] = "no retransmitted response comes to a client that is gone (RFC 3261 17.1, RFC "
                     "6026 7.2)",
    };
    assert(p < N_PROPERTIES && words[p]);
    return words[p];
}
