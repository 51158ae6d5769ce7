"""CPU time of a call through a transaction-stateful proxy with Record-Route: INVITE, 100, 180, 200, ACK, BYE, 200. Beside Kamailio, and
beside a relay that moves the same packets unread (the floor)."""
import sys

import lab

RATES, SECONDS = (1000, 5000, 9000), 2


def check_routes(runs):
    """A proxy that left the dialog did less than was asked."""
    for who, taken in runs.items():
        if who != "floor" and any(run["record_routed"] + run["bad"] < run["done"] for run in taken):
            raise lab.Broken(f"{who} did not record its route in every call")


def measure(report):
    callee = lab.free_port()
    starts = {"tandem": lab.tandem, **lab.peers("proxy.cfg"), "floor": lambda: lab.relay(callee)}
    for rate in RATES:
        with lab.running(starts) as servers:
            runs = lab.rounds(servers, lambda server, rate=rate: server.load("call", rate, rate * SECONDS, "--callee", callee))
        report.costs(f"call at {rate}/s", runs, transport="udp", workers=1, record_route=True)
        check_routes(runs)


sys.exit(lab.main("proxy", __doc__, measure))
