"""What a second worker costs: CPU time a call with one worker on the first CPU, and with two on both, at the same rate. Callers and callee, who
sleep between calls, have the second CPU: there is none to spare here, so that the rate cannot be doubled. Two times the first figure by
the second is what two cores of the server's own would do where nothing but their time is short."""
import sys

import lab

RATE, SECONDS, PORTS = 4000, 5, 16
WORKERS = {"one worker": 1, "two workers": 2}


def conditions(runs):
    return {"us": [round(run["us"], 2) for run in runs], "rate": RATE, "succeeded": [run["succeeded"] for run in runs],
            "lost": [run["failed"] for run in runs], "sent_again": [run["retransmitted"] for run in runs],
            "foreign_cpu_share": [round(run["foreign"], 3) for run in runs], **lab.machine()}


def measure(report):
    starts = {who: lambda n=n: lab.tandem(workers=n) for who, n in WORKERS.items()}
    with lab.running(starts) as servers:
        runs = lab.rounds(servers, lambda server: server.call_users(RATE, SECONDS, "--ports", PORTS))
    one, two = (lab.median(taken, "us") for taken in runs.values())
    report.figures(f"call at {RATE}/s", "us", {"one worker": one, "two workers": two}, {who: conditions(taken) for who, taken in runs.items()})
    report.figures("two workers beside one", "x", {"tandem": 2 * one / two}, {"tandem": lab.machine()})


sys.exit(lab.main("workers", __doc__, measure))
