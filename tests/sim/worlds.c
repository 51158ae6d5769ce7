/* The kinds of worlds, each a row of what is bad in it; those that are not named are kind. */
#include "sim/worlds.h"

#include <string.h>

/* What people do everywhere: weights of about a hundred in all. */
#define TALK                                                                                      \
    [ACT_CALL] = 40, [ACT_CANCEL] = 13, [ACT_HANG_UP] = 13, [ACT_REINVITE] = 8, [ACT_WITHIN] = 6, \
    [ACT_REQUEST] = 8, [ACT_MANNER] = 4
#define TELEPHONY TALK, [ACT_REGISTER] = 6, [ACT_LARGE] = 2
/* Two domains, six phones of four users over both transports, half a minute or so of acts. */
#define TOWN .phones_min = 2, .phones_max = 6, .users = 4, .tcp = 300, .acts = 28, .pause = 4000
/* Phones that ring in an order, or join. */
#define HUNTING                                                                         \
    [KNOB_ORDER] = {1, 2, 300}, [KNOB_RING] = {1, 20, 300}, [KNOB_JOIN] = {1, 20, 300}, \
    [KNOB_GROUP] = {1, 8, 300}, FOLLOWED
/* Calls that servers follow, and end. */
#define FOLLOWED [KNOB_FOLLOW] = {1, 20, 300}
#define ALWAYS(n)      \
    {                  \
        (n), (n), 1000 \
    }
#define BETWEEN(least, most)  \
    {                         \
        (least), (most), 1000 \
    }
#define SOMETIMES(least, most) \
    {                          \
        (least), (most), 500   \
    }

static const struct world_kind kinds[] = {
    {
        .name = "calm",
        .about = "nothing is lost and nobody fails: every call must succeed as it was meant",
        .knob = {HUNTING, [KNOB_AUTH] = SOMETIMES(1, 1), [KNOB_SERVERS] = BETWEEN(1, 3),
                 [KNOB_WORKERS] = BETWEEN(1, 3)},
        TOWN,
        .weight = {TELEPHONY},
    },
    {
        .name = "web",
        .about = "most phones are browsers, which nothing but their connection leads to",
        .knob = {FOLLOWED, [KNOB_AUTH] = SOMETIMES(1, 1), [KNOB_SERVERS] = BETWEEN(1, 3),
                 [KNOB_WORKERS] = BETWEEN(1, 3), [KNOB_DELAY] = SOMETIMES(1, 500),
                 [KNOB_STALL] = SOMETIMES(1, 100)},
        TOWN,
        .web = 700,
        .weight = {TELEPHONY},
    },
    {
        .name = "lossy",
        .about = "datagrams are lost, doubled, overtaken",
        .knob = {HUNTING, [KNOB_AUTH] = {1, 1, 300}, [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = SOMETIMES(2, 3), [KNOB_LOSS] = BETWEEN(10, 400),
                 [KNOB_DUPLICATE] = SOMETIMES(10, 300), [KNOB_REORDER] = SOMETIMES(10, 500),
                 [KNOB_DELAY] = SOMETIMES(40, 3000)},
        TOWN,
        .weight = {TELEPHONY},
    },
    {
        .name = "streams",
        .about = "connections that split anywhere, stall and break",
        .knob = {[KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = SOMETIMES(2, 3),
                 [KNOB_DELAY] = BETWEEN(1, 500),
                 [KNOB_STALL] = SOMETIMES(1, 100),
                 [KNOB_PORTION] = SOMETIMES(1, 64)},
        .phones_min = 2,
        .phones_max = 6,
        .users = 4,
        .tcp = 900,
        .acts = 28,
        .pause = 4000,
        .weight = {TELEPHONY, [ACT_BREAK] = 6, [ACT_CRASH] = 2},
    },
    {
        .name = "narrow",
        .about = "links with a small MTU that cut datagrams short, and large messages",
        .knob = {[KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_MTU] = BETWEEN(1300, 1500),
                 [KNOB_LOSS] = SOMETIMES(10, 100),
                 [KNOB_TRUNCATE] = BETWEEN(10, 300)},
        TOWN,
        .weight = {TALK, [ACT_REGISTER] = 6, [ACT_LARGE] = 30},
    },
    {
        .name = "partition",
        .about = "parts of the network do not hear each other for up to a minute",
        .knob = {HUNTING, [KNOB_AUTH] = {1, 1, 300}, [KNOB_SERVERS] = BETWEEN(1, 3),
                 [KNOB_WORKERS] = SOMETIMES(2, 3), [KNOB_LOSS] = SOMETIMES(10, 100)},
        TOWN,
        .weight = {TELEPHONY, [ACT_PARTITION] = 12},
    },
    {
        .name = "crash",
        .about = "servers and phones end in the middle of everything and come back",
        .knob = {HUNTING, [KNOB_AUTH] = {1, 1, 300}, [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = SOMETIMES(2, 3), [KNOB_LOSS] = SOMETIMES(10, 100),
                 [KNOB_UNREACHABLE] = SOMETIMES(100, 1000), [KNOB_STORE_DELAY] = SOMETIMES(1, 500),
                 [KNOB_STORE_COMMIT] = SOMETIMES(1, 3000)},
        TOWN,
        .weight = {TELEPHONY, [ACT_RESTART] = 8, [ACT_CRASH] = 8, [ACT_DRAIN] = 4},
    },
    {
        .name = "store",
        .about = "stores that are slow, failing or full",
        .knob =
            {HUNTING, [KNOB_AUTH] = {1, 1, 300}, [KNOB_SERVERS] = BETWEEN(1, 2),
             [KNOB_WORKERS] = SOMETIMES(2, 3), [KNOB_SETTLE] = SOMETIMES(1, 2000),
             [KNOB_STORE_DELAY] = SOMETIMES(100, 40000), [KNOB_STORE_COMMIT] = SOMETIMES(1, 5000),
             [KNOB_STORE_FAILURES] = SOMETIMES(50, 1000), [KNOB_STORE_FULL] = {1, 1, 200}},
        TOWN,
        .weight = {TALK, [ACT_REGISTER] = 30, [ACT_LARGE] = 2},
    },
    {
        .name = "clocks",
        .about = "clocks that drift, stand still and jump, or are near their end",
        .knob = {[KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = SOMETIMES(2, 3),
                 [KNOB_LOSS] = SOMETIMES(10, 200),
                 [KNOB_DRIFT] = SOMETIMES(10, 100000),
                 [KNOB_CLOCK] = SOMETIMES(1, 2)},
        TOWN,
        .weight = {TELEPHONY, [ACT_SLEEP] = 12},
    },
    {
        .name = "scarce",
        .about = "servers that find no memory",
        .knob = {HUNTING, [KNOB_AUTH] = {1, 1, 300}, [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = SOMETIMES(2, 3), [KNOB_LOSS] = SOMETIMES(10, 100),
                 [KNOB_SCARCE] = BETWEEN(1, 400)},
        TOWN,
        .weight = {TELEPHONY, [ACT_BREAK] = 2, [ACT_RECONFIGURE] = 6, [ACT_DRAIN] = 2},
    },
    {
        .name = "hunt",
        .about = "phones that ring one after the other, and phones that come while they do",
        .knob = {[KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = BETWEEN(1, 3),
                 [KNOB_LOSS] = {10, 200, 200},
                 [KNOB_ORDER] = BETWEEN(0, 2),
                 [KNOB_RING] = SOMETIMES(1, 20),
                 [KNOB_JOIN] = {1, 30, 800},
                 [KNOB_GROUP] = SOMETIMES(1, 8)},
        .phones_min = 4,
        .phones_max = 8,
        .users = 4,
        .tcp = 300,
        .acts = 30,
        .pause = 2000,
        .weight = {[ACT_CALL] = 40,
                   [ACT_REGISTER] = 40,
                   [ACT_CANCEL] = 10,
                   [ACT_HANG_UP] = 10,
                   [ACT_MANNER] = 10,
                   [ACT_DIVERT] = 4,
                   [ACT_CRASH] = 2},
    },
    {
        .name = "fork",
        .about = "many phones of few users: forks, races for the answer, cancels",
        .knob = {[KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = SOMETIMES(2, 3),
                 [KNOB_LOSS] = SOMETIMES(10, 200),
                 [KNOB_REORDER] = SOMETIMES(10, 500)},
        .phones_min = 4,
        .phones_max = 8,
        .users = 2,
        .tcp = 200,
        .acts = 20,
        .pause = 2000,
        .weight = {[ACT_CALL] = 50, [ACT_CANCEL] = 30, [ACT_HANG_UP] = 10, [ACT_MANNER] = 10},
    },
    {
        .name = "glare",
        .about = "both sides change the session and hang up at once",
        .knob = {[KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_LOSS] = SOMETIMES(10, 200)},
        .phones_min = 2,
        .phones_max = 3,
        .users = 4,
        .tcp = 300,
        .acts = 60,
        .pause = 800,
        .weight = {[ACT_CALL] = 12, [ACT_REINVITE] = 60, [ACT_WITHIN] = 20, [ACT_HANG_UP] = 5},
    },
    {
        .name = "change",
        .about =
            "servers that drain, end and come back, and get other configurations in mid-traffic",
        .knob = {HUNTING, [KNOB_AUTH] = SOMETIMES(1, 1), [KNOB_SERVERS] = BETWEEN(1, 3),
                 [KNOB_WORKERS] = SOMETIMES(2, 3), [KNOB_LOSS] = {10, 100, 300},
                 [KNOB_STORE_DELAY] = {1, 500, 300}, [KNOB_SCARCE] = {1, 200, 300}},
        TOWN,
        .weight = {TELEPHONY, [ACT_DRAIN] = 6, [ACT_RECONFIGURE] = 20},
    },
    {
        .name = "loops",
        .about = "users who are diverted to each other, in circles and spirals",
        .knob = {HUNTING, [KNOB_AUTH] = {1, 1, 300}, [KNOB_SERVERS] = BETWEEN(1, 3),
                 [KNOB_LOSS] = SOMETIMES(10, 100)},
        .phones_min = 3,
        .phones_max = 6,
        .users = 4,
        .tcp = 200,
        .acts = 24,
        .pause = 3000,
        .weight = {[ACT_DIVERT] = 40, [ACT_CALL] = 35, [ACT_REQUEST] = 15, [ACT_CANCEL] = 10},
    },
    {
        .name = "names",
        .about = "servers of domains that are dead, name servers that are slow, silent or lie",
        .knob = {[KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(2, 3),
                 [KNOB_WORKERS] = SOMETIMES(2, 3),
                 [KNOB_DEAD] = {1, 4, 800},
                 [KNOB_UNREACHABLE] = {100, 1000, 200},
                 [KNOB_DNS_DELAY] = SOMETIMES(1, 1000),
                 [KNOB_DNS_SILENCE] = {10, 1000, 300},
                 [KNOB_DNS_LIES] = {10, 1000, 300},
                 [KNOB_DNS_TTL] = SOMETIMES(1, 30)},
        TOWN,
        .weight = {TELEPHONY},
    },
    {
        .name = "flows",
        .about =
            "phones behind edge proxies, whose flows end, and which have addresses of their own",
        .knob = {[KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = SOMETIMES(2, 3),
                 [KNOB_EDGES] = {1, 2, 900},
                 [KNOB_LOSS] = {10, 100, 200}},
        .phones_min = 2,
        .phones_max = 5,
        .users = 4,
        .tcp = 700,
        .acts = 28,
        .pause = 4000,
        .weight = {TELEPHONY, [ACT_CALL_ALONE] = 15, [ACT_FLOW_ENDS] = 10, [ACT_FORGE] = 5},
    },
    {
        .name = "forwards",
        .about = "users who have their calls forwarded, in circles too, and callers who claim to "
                 "be others",
        .knob = {[KNOB_AUTH] = {1, 1, 700},
                 [KNOB_SERVERS] = BETWEEN(1, 3),
                 [KNOB_WORKERS] = SOMETIMES(2, 3),
                 [KNOB_LOSS] = {10, 100, 200}},
        TOWN,
        .weight = {TELEPHONY, [ACT_FORWARD] = 30},
    },
    {
        .name = "stateless",
        .about = "servers that keep no state of what they pass on, and begin anew in mid-call",
        .knob = {[KNOB_AUTH] = {1, 1, 200},
                 [KNOB_STATELESS] = BETWEEN(1, 7),
                 [KNOB_SERVERS] = BETWEEN(1, 3),
                 [KNOB_WORKERS] = SOMETIMES(2, 3),
                 [KNOB_LOSS] = SOMETIMES(10, 300),
                 [KNOB_DUPLICATE] = {10, 300, 300},
                 [KNOB_REORDER] = {10, 500, 300},
                 [KNOB_GROUP] = {1, 8, 200}},
        TOWN,
        .weight = {TELEPHONY, [ACT_RESTART] = 8},
    },
    {
        .name = "hostile",
        .about = "illegal peers among the honest ones",
        .knob = {[KNOB_AUTH] = SOMETIMES(1, 1),
                 [KNOB_SERVERS] = BETWEEN(1, 2),
                 [KNOB_WORKERS] = SOMETIMES(2, 3),
                 [KNOB_LOSS] = SOMETIMES(10, 100)},
        .phones_min = 2,
        .phones_max = 5,
        .users = 3,
        .tcp = 300,
        .hostile = 2,
        .acts = 40,
        .pause = 2000,
        .weight = {TELEPHONY, [ACT_ATTACK] = 60},
    },
    {
        .name = "storm",
        .about = "all of it at once",
        .knob = {HUNTING,
                 [KNOB_AUTH] = {1, 1, 300},
                 [KNOB_SERVERS] = BETWEEN(1, 3),
                 [KNOB_WORKERS] = BETWEEN(1, 3),
                 [KNOB_SETTLE] = SOMETIMES(1, 2000),
                 [KNOB_LOSS] = SOMETIMES(10, 300),
                 [KNOB_DUPLICATE] = SOMETIMES(10, 200),
                 [KNOB_REORDER] = SOMETIMES(10, 300),
                 [KNOB_TRUNCATE] = {10, 100, 200},
                 [KNOB_MTU] = {1300, 1500, 200},
                 [KNOB_UNREACHABLE] = SOMETIMES(100, 1000),
                 [KNOB_DELAY] = SOMETIMES(1, 500),
                 [KNOB_STALL] = SOMETIMES(1, 50),
                 [KNOB_PORTION] = {1, 100, 200},
                 [KNOB_STORE_DELAY] = SOMETIMES(1, 1500),
                 [KNOB_STORE_COMMIT] = SOMETIMES(1, 1000),
                 [KNOB_STORE_FAILURES] = {100, 400, 200},
                 [KNOB_STORE_FULL] = {1, 1, 50},
                 [KNOB_SCARCE] = {1, 100, 300},
                 [KNOB_DRIFT] = SOMETIMES(10, 10000),
                 [KNOB_CLOCK] = {1, 2, 200},
                 [KNOB_EDGES] = {1, 2, 300},
                 [KNOB_STATELESS] = {1, 7, 200},
                 [KNOB_DEAD] = {1, 3, 200},
                 [KNOB_DNS_DELAY] = {1, 3000, 200},
                 [KNOB_DNS_SILENCE] = {10, 500, 200},
                 [KNOB_DNS_LIES] = {10, 500, 200},
                 [KNOB_DNS_TTL] = SOMETIMES(1, 30),
                 [KNOB_CALM_END] = {1, 1, 300}},
        .phones_min = 2,
        .phones_max = 6,
        .users = 4,
        .tcp = 300,
        .hostile = 1,
        .acts = 32,
        .pause = 4000,
        .weight = {TELEPHONY, [ACT_DIVERT] = 3, [ACT_CRASH] = 3, [ACT_BREAK] = 3,
                   [ACT_PARTITION] = 3, [ACT_SLEEP] = 3, [ACT_RESTART] = 3, [ACT_ATTACK] = 4,
                   [ACT_DRAIN] = 2, [ACT_RECONFIGURE] = 4, [ACT_CALL_ALONE] = 4, [ACT_FORWARD] = 3,
                   [ACT_FLOW_ENDS] = 3, [ACT_FORGE] = 1},
    },
};

const struct world_kind *const world_kinds = kinds;
const size_t n_world_kinds = sizeof kinds / sizeof kinds[0];

const struct world_kind *world_kind_named(const char *name)
{
    for (size_t i = 0; i < n_world_kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}
