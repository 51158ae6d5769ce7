"""CPU time of a call that the server follows (mode `call`, with session timers asked for), beside one that it passes on with transactions alone."""
import os
import sys
import tempfile

import lab

RATES, SECONDS = (1000, 5000), 2


def measure(report):
    callee = lab.free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "follow.yaml")
        with open(path, "w", encoding="ascii") as f:
            f.write("proxy: {mode: call, call_time: 4h, calls: 100000, session_expires: 30m}\n")
        starts = {"tandem": lab.tandem, "tandem, mode call": lambda: lab.tandem(config=path)}
        for rate in RATES:
            with lab.running(starts) as servers:
                runs = lab.rounds(servers, lambda server, rate=rate: server.load("call", rate, rate * SECONDS, "--callee", callee))
            report.costs(f"call at {rate}/s", runs, transport="udp", workers=1)


sys.exit(lab.main("calls", __doc__, measure))
