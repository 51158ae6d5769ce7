"""CPU time of an OPTIONS request answered by the server itself, beside Kamailio answering statelessly."""
import sys

import lab

RATE, SECONDS = 20000, 2


def measure(report):
    with lab.running({"tandem": lab.tandem, **lab.peers("options.cfg")}) as servers:
        runs = lab.rounds(servers, lambda server: server.load("options", RATE, RATE * SECONDS))
    report.costs(f"OPTIONS at {RATE}/s", runs, transport="udp", workers=1)


sys.exit(lab.main("options", __doc__, measure))
