"""Instructions of what a server does all day, as the gate of `./dev test` has counted and upholds them (tests/gate)."""
import os
import sys

import lab

PATHS = {"index": "an INVITE with an offer indexed, with what a proxy reads", "decode": "… every header decoded",
         "options": "OPTIONS answered", "register": "REGISTER, refreshed",
         "decision": "what is decided of a request of a dialog: read and checked, its Route taken, its next hop found",
         "routed": "a request of a dialog passed on by its Route, without state", "call": "a call through the proxy: six messages in, seven out",
         "stateless": "… without state", "followed": "… that the server follows"}
BASELINE = os.path.join(os.path.dirname(lab.HERE), "tests", "gate", "instructions.txt")


def measure(report):
    with open(BASELINE, encoding="utf-8") as lines:
        head = next(lines)
        told = {"of": head.partition(", ")[2].partition(";")[0]}
        for path, count in map(str.split, lines):
            report.figures(PATHS[path], "instructions", {"tandem": int(count)}, {"tandem": told})


sys.exit(lab.main("instructions", __doc__, measure))
