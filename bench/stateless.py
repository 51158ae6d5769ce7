"""CPU time of a call through a stateless proxy with Record-Route: INVITE, 180, 200, ACK, BYE, 200, with nothing kept. Beside Kamailio, and
beside a relay that moves the same packets unread (the floor)."""
import sys

import lab

RATES, SECONDS = (1000, 5000, 9000), 2


def measure(report):
    callee = lab.free_port()
    with lab.configured("proxy: {mode: stateless}") as config:
        starts = {"tandem": lambda: lab.tandem(config=config), **lab.peers("stateless.cfg"), "floor": lambda: lab.relay(callee)}
        for rate in RATES:
            with lab.running(starts) as servers:
                runs = lab.rounds(servers, lambda server, rate=rate: server.load("call", rate, rate * SECONDS, "--callee", callee))
            report.costs(f"call at {rate}/s", runs, transport="udp", workers=1, record_route=True)


sys.exit(lab.main("stateless", __doc__, measure))
