"""What is left of a server at three times the calls that it can take: calls that succeed a second, of the most that it takes without refusing
or repeating any; and how many failed otherwise than by a 503 at once, though begun. Callers and callee repeat what is not answered and
give up after eight seconds. Beside Kamailio, at three times its own."""
import sys

import lab

FIRST, SECONDS, TIMES, TIMEOUT = 5000, 4, 3, 8


def holds(server, rate):
    run = server.call_users(rate, SECONDS)
    return run if run["failed"] == run["called"]["failed"] == run["retransmitted"] == 0 and run["offered"] >= 0.97 * rate else None


def refused(run):
    return sum(failure["count"] for failure in run["failures"] if failure.get("status") == 503)


def overloaded(server, most):
    """At so many times its most: what it did, and what that is of its most."""
    run = server.call_users(TIMES * most, SECONDS, "--timeout", TIMEOUT)
    run["lost"] = max(run["failed"] - refused(run), run["called"]["failed"])
    run["goodput"] = run["succeeded"] / run["elapsed"]
    return run


def conditions(run, most):
    return {"capacity": most, "rate": TIMES * most, "offered": round(run["offered"]), "succeeded": run["succeeded"], "refused": refused(run),
            "lost": [run["lost"]], "sent_again": run["retransmitted"], "server_cpu_share": run["server_share"], "foreign_cpu_share": [run["foreign"]],
            "generator_cpu_share": run["generator_share"], **lab.machine()}


def measure(report):
    told, goodput, lost = {}, {}, {}
    for who, start in {"tandem": lab.tandem, **lab.peers("proxy.cfg")}.items():
        with start() as server:
            most = lab.highest(FIRST, lambda rate, server=server: holds(server, rate))["asked"]
        with start() as server:  # in which nothing lingers of the search
            holds(server, FIRST)
            run = overloaded(server, round(most))
        told[who], goodput[who], lost[who] = conditions(run, round(most)), 100 * run["goodput"] / most, run["lost"]
    report.figures("goodput at three times", "%", goodput, told)
    report.figures("calls lost of those begun", "calls", lost, told)


sys.exit(lab.main("overload", __doc__, measure))
