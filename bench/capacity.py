"""The most calls a second that a proxy with Record-Route takes on one core without losing one, found by search, beside Kamailio; and what it
then adds to the way of INVITE and 200 at half of Kamailio's most: the 99th percentile less the floor's. Nothing is sent again: a packet
that is lost is a call that is lost."""
import sys

import lab

FIRST, SECONDS, TRIES = 4000, 3, 2
OFFERED = 0.98  # what must have been offered of a rate


def holds(server, callee, rate):
    """The run, where nothing was lost; another try for what others on the machine do."""
    for _ in range(TRIES):
        run = server.load("call", rate, rate * SECONDS, "--callee", callee)
        if not run["lost"] and not run["bad"] and run["achieved"] >= OFFERED * rate:
            return run
    return None


def conditions(runs):
    told = {name: value for name, value in lab.conditions(runs).items() if name != "us"}
    return {**told, "generator_cpu_share": [round(run["generator_share"], 2) for run in runs]}


def tell_latency(report, servers, callee, rate):
    """`setup_us` is from INVITE to its 200, which the callee sends at once."""
    runs = lab.rounds(servers, lambda server: server.load("call", rate, rate * SECONDS, "--callee", callee))
    for taken in runs.values():
        for run in taken:
            run["p50"], run["p99"] = run["setup_us"]["p50"], run["setup_us"]["p99"]
    floor = lab.median(runs["floor"], "p99")
    report.figures("latency added, p99", "us", {who: lab.median(taken, "p99") - floor for who, taken in runs.items() if who != "floor"},
                   {who: lab.conditions(taken) for who, taken in runs.items()})


def measure(report):
    callee, best = lab.free_port(), {}
    starts = {"tandem": lab.tandem, **lab.peers("proxy.cfg"), "floor": lambda: lab.relay(callee)}
    for who, start in starts.items():
        with start() as server:
            best[who] = lab.highest(FIRST, lambda rate, server=server: holds(server, callee, rate))
    report.figures("most calls without a loss", "calls/s", {who: run["rate"] for who, run in best.items()}, {who: conditions([run]) for who, run in best.items()})
    with lab.running(starts) as servers:
        tell_latency(report, servers, callee, min(run["rate"] for run in best.values()) // 2)


sys.exit(lab.main("capacity", __doc__, measure))
