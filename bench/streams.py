"""CPU time of a call through a transaction-stateful proxy with Record-Route over TCP: the caller has sixteen connections to the server, the
server one to the callee. Beside Kamailio."""
import sys

import lab

RATES, SECONDS = (1000, 5000, 9000), 2


def measure(report):
    callee = lab.free_port()
    starts = {"tandem": lambda: lab.tandem(transport="tcp"), **lab.peers("proxy.cfg", tcp=True)}
    for rate in RATES:
        with lab.running(starts) as servers:
            runs = lab.rounds(servers, lambda server, rate=rate: server.load("call", rate, rate * SECONDS, "--callee", callee, "--tcp"))
        report.costs(f"call over TCP at {rate}/s", runs, transport="tcp", workers=1, record_route=True)
        if any(run["record_routed"] < run["done"] for taken in runs.values() for run in taken):
            raise lab.Broken("a proxy left the dialog")


sys.exit(lab.main("streams", __doc__, measure))
