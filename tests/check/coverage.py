"""What the tests of a build with coverage reached: a table by folder, and each line that none reached of the folders that
must be reached whole. Usage: coverage.py BUILD [FOLDER…]; with folders of src/, all unreached lines of these."""
import collections
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WHOLE = ("dialog", "msg", "tx")
OF_THE_BUILD = "gen_"  # programs that make headers
OBJECTS_AT_ONCE = 100


def objects(build):
    """What the compiler wrote of each object that was made of src/, whichever program holds it."""
    for where, _, names in os.walk(build):
        yield from (os.path.join(where, name) for name in names if name.endswith(".gcno"))


def reports(build):
    """What gcov says of each object."""
    names = sorted(os.path.relpath(name, build) for name in objects(build))
    for i in range(0, len(names), OBJECTS_AT_ONCE):
        said = subprocess.run(["gcov", "--json-format", "--stdout", *names[i:i + OBJECTS_AT_ONCE]], cwd=build,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
        yield from (json.loads(line) for line in said.splitlines() if line.startswith("{"))


def count(build):
    """{path from src/: {line: how often}}: a header's lines and those of shared sources are in many objects."""
    counts = collections.defaultdict(collections.Counter)
    for report in reports(build):
        for file in report["files"]:
            path = os.path.join(report["current_working_directory"], file["file"])
            path = os.path.relpath(os.path.normpath(path), os.path.join(ROOT, "src"))
            if not path.startswith("..") and not os.path.basename(path).startswith(OF_THE_BUILD):
                for line in file["lines"]:
                    counts[path][line["line_number"]] += line["count"]
    return counts


def folder_of(path):
    return path.split("/")[0]


def print_table(counts):
    lines, reached = collections.Counter(), collections.Counter()
    for path, of_file in counts.items():
        lines[folder_of(path)] += len(of_file)
        reached[folder_of(path)] += sum(n > 0 for n in of_file.values())
    print(f"{'folder':<12} {'lines':>7} {'unreached':>10} {'reached':>9}")
    for name in sorted(lines):
        print(f"{name:<12} {lines[name]:>7} {lines[name] - reached[name]:>10} {reached[name] / lines[name]:>9.1%}")
    print(f"{'all':<12} {lines.total():>7} {lines.total() - reached.total():>10} "
          f"{reached.total() / max(lines.total(), 1):>9.1%}")


def print_unreached(path, of_file):
    with open(os.path.join(ROOT, "src", path), encoding="utf-8") as file:
        text = file.read().split("\n")
    for line in sorted(line for line, n in of_file.items() if n == 0):
        print(f"src/{path}:{line}: {text[line - 1].strip()}")


def main():
    build, shown = sys.argv[1], {*WHOLE, *sys.argv[2:]}
    counts = count(build)
    print_table(counts)
    for path in sorted(counts):
        if folder_of(path) in shown:
            print_unreached(path, counts[path])
    missing = sum(n == 0 for path, of_file in counts.items() if folder_of(path) in WHOLE for n in of_file.values())
    seen = {folder_of(path) for path in counts}
    print(f"{missing} lines of {', '.join(WHOLE)} unreached")
    sys.exit(1 if missing or not seen.issuperset(WHOLE) else 0)


main()
