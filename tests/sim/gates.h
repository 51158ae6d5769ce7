/* The gateways of a drawn world: a set of peers to which the first server sends calls for the user
 * "gate", or tells the caller of them. They need no registration, lose power, and are taken out. */
#ifndef SIM_GATES_H
#define SIM_GATES_H

#include "config/entries.h"
#include "sim/agent.h"
#include "sim/plan.h"

#define GATES 4
#define GATE_USER "gate"

struct gate {
    struct agent *agent;
    char uri[40];
    bool ever_out;
    time_ns out_since;   /* TIME_NEVER: it was not taken out */
    time_ns dead_since;  /* TIME_NEVER: it has power … */
    time_ns alive_since; /* … and then since when */
};

struct gates {
    struct gate list[GATES];
    unsigned n;
    enum config_policy policy;
    unsigned calls, rate, probe_s; /* of each; as a member of a set has them */
    bool redirects;                /* the caller is told where to call */
    struct node *server;
};

/* They join as the plan has them; the server may begin with none. */
void gates_open(struct gates *, struct world *, struct node *server, const uint32_t *knob);
/* What the server is configured to. `asks`: accounts alone may call there. */
void gates_configure(const struct gates *, bool asks, struct config_route_list *,
                     struct config_set_list *);
void gate_dies(struct gates *, unsigned which, time_ns span);
void gate_set_out(struct gates *, unsigned which, bool out);
/* Nobody asks any more whether they are there. */
void gates_close(struct gates *);

#endif
