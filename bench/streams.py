"""CPU time of a call through a transaction-stateful proxy with Record-Route over streams: the caller has sixteen connections to the server,
by TCP, TLS (1.3, ECDSA P-256) or WebSocket, the server one to the callee, by TCP or TLS. Beside Kamailio."""
import os
import sys

import lab

SECONDS = 2
ROADS = {"tcp": (1000, 5000, 9000), "tls": (1000, 2000), "ws": (1000, 3000)}
NAMES = {"tcp": "TCP", "tls": "TLS", "ws": "WebSocket"}
# WebSocket is the caller's; there is no connection of ours to a callee who has one.
LISTENERS = {"tcp": ("tcp",), "tls": ("tls",), "ws": ("ws", "tcp")}


def compare(report, road, rate, cert, config):
    callee = lab.free_port()
    starts = {"tandem": lambda: lab.tandem(roads=LISTENERS[road], config=config), **lab.peers("proxy.cfg", road, cert)}
    with lab.running(starts) as servers:
        runs = lab.rounds(servers, lambda server: server.load("call", rate, rate * SECONDS, "--callee", callee, "--road", road, "--cert", cert))
    report.costs(f"call over {NAMES[road]} at {rate}/s", runs, transport=road, workers=1, record_route=True)
    if any(run["record_routed"] + run["bad"] < run["done"] for taken in runs.values() for run in taken):
        raise lab.Broken("a proxy left the dialog")


def measure(report):
    with lab.certificate("localhost") as folder:
        cert, config = f"{folder}/localhost.pem", os.path.join(folder, "tandem.yaml")
        with open(config, "w", encoding="ascii") as f:
            f.write(f"tls:\n  certificates: [{cert}]\n  verify: false\n")
        for road, rates in ROADS.items():
            for rate in rates:
                compare(report, road, rate, cert, config)


sys.exit(lab.main("streams", __doc__, measure))
