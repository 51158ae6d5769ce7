"""The tables of docs/ that are made from the source: which RFC clause stands where, every limit,
every event of the log. Compares them with
what is there, or writes them with --write."""
import os
import re
import sys

import source

TAG = re.compile(r"RFC (\d{4})((?:,? (?:and |section )?[A-F]?\d+(?:\.\d+)+|,? (?:and |section )?\d{1,2}\b(?!\d|/))+)")
CLAUSE = re.compile(r"[A-F]?\d+(?:\.\d+)*")
LIMIT = re.compile(r'^LIMIT\((\w+),\s*([^,]+),\s*"((?:[^"\\]|\\.)*)"\)', re.M)
EVENT = re.compile(r'^EVENT\(\w+, (\w+), "(\w+)", "((?:[^"\\]|\\.)*)"\)', re.M)
WRITE = "--write"


def order(clause):
    return [(0, int(part)) if part.isdigit() else (1, part) for part in clause.split(".")]


def places():
    """(rfc, clause) -> the files that name it, by what they are."""
    found = {}
    for path, lines in source.files("src", "include", "data", "tests", ends=(".c", ".h", ".def")):
        if path.startswith("tests/check"):
            continue
        kind = "tests" if path.startswith("tests") else "source"
        text = re.sub(r"\s*\n\s*\*?\s*", " ", "\n".join(lines))
        for tag in TAG.finditer(text):
            for clause in CLAUSE.findall(tag.group(2)):
                found.setdefault((tag.group(1), clause), {"source": set(), "tests": set()})[kind].add(path)
    return found


def short(paths):
    names = sorted(re.sub(r"^(src|include/tandem|tests/unit|tests)/", "", p) for p in paths)
    return " ".join(f"`{n}`" for n in names)


def clauses():
    rows = ["# Where each clause stands", "",
            "Made from the tags in the source by `./dev fmt`; `./dev check` compares. What is obeyed, what is chosen and what "
            "is not done is in [conformance.md](conformance.md).", "", "| RFC | clause | source | tests |", "|---|---|---|---|"]
    for (rfc, clause), kinds in sorted(places().items(), key=lambda item: (item[0][0], order(item[0][1]))):
        rows.append(f"| {rfc} | {clause} | {short(kinds['source'])} | {short(kinds['tests'])} |")
    return "\n".join(rows) + "\n"


def limits():
    rows = ["# Limits", "", "Made from `data/limits.def` by `./dev fmt`; `./dev check` compares.", "",
            "| limit | value | what it bounds |", "|---|---|---|"]
    with open(os.path.join(source.root(), "data/limits.def"), encoding="utf-8") as f:
        text = re.sub(r'"\s*\n\s*"', "", f.read())
    text = re.sub(r",\s*\n\s*", ", ", text)
    for name, value, what in LIMIT.findall(text):
        rows.append(f"| {name} | {value.strip()} | {what} |")
    return "\n".join(rows) + "\n"


def events():
    rows = ["# Events in the log", "", "Made from `data/log_events.def` by `./dev fmt`; `./dev check` compares. How they are "
            "written is in [operations.md](guide/operations.md).", "", "| event | level | what happened, and its fields |", "|---|---|---|"]
    with open(os.path.join(source.root(), "data/log_events.def"), encoding="utf-8") as f:
        for level, name, what in EVENT.findall(f.read()):
            rows.append(f"| `{name}` | {level.lower()} | {what} |")
    return "\n".join(rows) + "\n"


def main():
    write = WRITE in sys.argv
    if write:
        sys.argv.remove(WRITE)
    report = source.Report()
    for name, made in (("docs/clauses.md", clauses()), ("docs/limits.md", limits()),
                       ("docs/log-events.md", events())):
        path = os.path.join(source.root(), name)
        old = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                old = f.read()
        if old != made and write:
            with open(path, "w", encoding="utf-8") as f:
                f.write(made)
        elif old != made:
            report.say(name, 1, "is not what the source says: run ./dev fmt")
    report.done()


main()
