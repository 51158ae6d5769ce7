"""Sums up test runs by their logs: `N passed, N failed, N skipped`. Counts single tests, not programs. Usage: tally.py BUILD…"""
import json
import os
import re
import sys

# What cmocka and TAP print for one test.
PASSED = re.compile(r"^\[ +OK \] |^ok\b(?!.*# *SKIP)", re.M)
SKIPPED = re.compile(r"^\[ +SKIPPED \] |^(not )?ok\b.*# *SKIP", re.M | re.I)
FAILED = re.compile(r"^\[ +FAILED +\] |^not ok\b(?!.*# *SKIP)", re.M)
LAST_WORDS = 4
GOOD, SKIP = ("OK", "EXPECTEDFAIL"), "SKIP"


def count(entry):
    """(passed, failed, skipped) of one test program; one that died counts as a failure more."""
    out, result = entry.get("stdout", ""), entry["result"]
    passed, failed, skipped = (len(p.findall(out)) for p in (PASSED, FAILED, SKIPPED))
    if result == SKIP:
        return passed, failed, max(skipped, 1)
    if result not in GOOD:
        return passed, max(failed, 1), skipped
    if passed + failed + skipped == 0:
        return 1, 0, 0
    return passed, failed, skipped


def add_build(total, build):
    log = os.path.join(build, "meson-logs", "testlog.json")
    if not os.path.exists(log):
        print(f"{build}: no test has run")
        total[1] += 1
        return
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            counts = count(entry)
            for i in range(3):
                total[i] += counts[i]
            if counts[1]:
                print(f"{build}: {entry['name']}: {entry['result']}")
                # Of a seed that fails, its number and what is wrong stand there.
                for line in entry.get("stdout", "").splitlines()[-LAST_WORDS:]:
                    print("    " + line[:300])


def main():
    total = [0, 0, 0]
    for build in sys.argv[1:]:
        add_build(total, build)
    print("{} passed, {} failed, {} skipped".format(*total))
    sys.exit(1 if total[1] or not total[0] else 0)


main()
