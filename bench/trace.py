"""CPU time of a call whose messages are kept for `tandem trace`, as by default, beside one of which nothing is kept."""
import os
import sys
import tempfile

import lab

RATES, SECONDS = (1000, 5000), 2


def measure(report):
    callee = lab.free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bare.yaml")
        with open(path, "w", encoding="ascii") as f:
            f.write("trace: {memory: 0}\n")
        starts = {"tandem": lab.tandem, "tandem, nothing kept": lambda: lab.tandem(config=path)}
        for rate in RATES:
            with lab.running(starts) as servers:
                runs = lab.rounds(servers, lambda server, rate=rate: server.load("call", rate, rate * SECONDS, "--callee", callee))
            report.costs(f"call at {rate}/s", runs, transport="udp", workers=1)


sys.exit(lab.main("trace", __doc__, measure))
