"""CPU time of an OPTIONS request answered by the server itself, beside Kamailio answering statelessly, and beside a program that sends each
packet back unread (the floor)."""
import sys

import lab

RATES, SECONDS = (20000, 80000), 2


def measure(report):
    with lab.running({"tandem": lab.tandem, **lab.peers("options.cfg"), "floor": lab.relay}) as servers:
        for rate in RATES:
            runs = lab.rounds(servers, lambda server, rate=rate: server.load("options", rate, rate * SECONDS))
            report.costs(f"OPTIONS at {rate}/s", runs, transport="udp", workers=1)


sys.exit(lab.main("options", __doc__, measure))
