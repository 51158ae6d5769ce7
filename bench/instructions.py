"""Instructions of what a server does all day, as the gate of `./dev test` has counted and upholds them (tests/gate)."""
import os
import sys

import lab

BASELINE = os.path.join(os.path.dirname(lab.HERE), "tests", "gate", "instructions.txt")


def measure(report):
    with open(BASELINE, encoding="utf-8") as lines:
        head = next(lines)
        told = {"of": head.partition(", ")[2].partition(";")[0]}
        for path, count in map(str.split, lines):
            report.figures(path, "instructions", {"tandem": int(count)}, {"tandem": told})


sys.exit(lab.main("instructions", __doc__, measure))
