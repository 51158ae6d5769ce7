#!/usr/bin/env python3
"""Counts the instructions of each path of paths.c by callgrind and compares them with the baseline: 3 % more, or fewer, and the
baseline has to say so. Usage: gate.py PATHS BASELINE [--write]

What the library does is counted, the C library's part included; what writes the messages and keeps the answers is not."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Two runs, of which the difference is taken: what happens once is in both.
FEW, MANY = 300, 900
MOST_CHANGE = 0.03
ELEMENT = ["element_datagram", "element_output", "element_store_answered", "element_time", "element_note", "element_ended"]
# None of these calls another one.
DECISION = ["msg_new", "msg_check_essential", "proxy_inspect", "hop_of"]
COUNTED = {"index": ["read_message*"], "decode": ["read_message*"], "decision": DECISION}
PATHS = ["index", "decode", "options", "register", "decision", "routed", "call", "stateless", "followed"]
HEAD = "# Instructions of one turn of each path of paths.c, {}; written by gate.py --write.\n"


def instructions(program, path, turns):
    with tempfile.NamedTemporaryFile(prefix="gate-") as out:
        toggles = [f"--toggle-collect={name}" for name in COUNTED.get(path, ELEMENT)]
        # Meson asks the C library to fill what it hands out, which would count.
        plain = {name: value for name, value in os.environ.items() if name != "MALLOC_PERTURB_"}
        subprocess.run(["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out.name}", *toggles, program, path, str(turns)],
                       check=True, env=plain)
        with open(out.name, encoding="utf-8") as told:
            return int(re.search(r"^(?:totals|summary): (\d+)", told.read(), re.M).group(1))


def compiler_of(program):
    """As the compiler itself has noted it; the C library's start-up code bears gcc's name whoever compiled the rest."""
    with open(program, "rb") as binary:
        notes = binary.read()
    clang = re.search(rb"clang version ([\d.]+)", notes)
    gcc = re.search(rb"GCC: \([^)]*\) ([\d.]+)", notes)
    return f"clang {clang.group(1).decode()}" if clang else f"gcc {gcc.group(1).decode()}" if gcc else "an unknown compiler"


def count(program):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {path: [pool.submit(instructions, program, path, turns) for turns in (FEW, MANY)] for path in PATHS}
    return {path: round((many.result() - few.result()) / (MANY - FEW)) for path, (few, many) in jobs.items()}


def read(baseline):
    with open(baseline, encoding="utf-8") as lines:
        head = lines.readline()
        return head, {path: int(n) for path, n in (line.split() for line in lines)}


def write(baseline, counted, compiler):
    with open(baseline, "w", encoding="utf-8") as out:
        out.write(HEAD.format(compiler))
        out.writelines(f"{path} {n}\n" for path, n in counted.items())


def compare(counted, expected):
    """Prints TAP; whether all is as it was."""
    good = True
    print(f"1..{len(PATHS)}")
    for i, path in enumerate(PATHS, 1):
        change = counted[path] / expected[path] - 1
        same = abs(change) <= MOST_CHANGE
        good = good and same
        print(f"{'ok' if same else 'not ok'} {i} - {path}: {counted[path]} instructions where {expected[path]} are expected ({change:+.1%})")
    return good


def main():
    program, baseline, *rest = sys.argv[1:]
    compiler = compiler_of(program)
    if not shutil.which("valgrind"):
        print("1..0 # SKIP valgrind is not installed")
        return 0
    if rest == ["--write"]:
        write(baseline, count(program), compiler)
        return 0
    head, expected = read(baseline)
    if head != HEAD.format(compiler):
        print(f"1..0 # SKIP the baseline is not of {compiler}")
        return 0
    return 0 if compare(count(program), expected) else 1


sys.exit(main())
