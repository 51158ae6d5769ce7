"""The tables of docs/ that are made from the source: which RFC clause stands where, every limit,
every event of the log, every key of the configuration and of its entries, which header stands where, what
`tandem parse` finds. Compares them with
what is there, or writes them with --write."""
import os
import re
import sys

import source

TAG = re.compile(r"RFC (\d{4})((?:,? (?:and |section )?[A-F]?\d+(?:\.\d+)+|,? (?:and |section )?\d{1,2}\b(?!\d|/))+)")
CLAUSE = re.compile(r"[A-F]?\d+(?:\.\d+)*")
LIMIT = re.compile(r'^LIMIT\((\w+),\s*([^,]+),\s*"((?:[^"\\]|\\.)*)"\)', re.M)
EVENT = re.compile(r'^EVENT\(\w+, (\w+), "(\w+)", "((?:[^"\\]|\\.)*)"\)', re.M)
METRIC = re.compile(r'^(FIGURE|FAMILY)\((\w+), (\w+), [^"]*(?:"([\w, ]*)", )?"((?:[^"\\]|\\.)*)"\)$', re.M)
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
    for name, value, what in LIMIT.findall(joined("data/limits.def")):
        rows.append(f"| {name} | {value.strip()} | {what} |")
    return "\n".join(rows) + "\n"


def events():
    rows = ["# Events in the log", "", "Made from `data/log_events.def` by `./dev fmt`; `./dev check` compares. How they are "
            "written is in [operations.md](guide/operations.md).", "", "| event | level | what happened, and its fields |", "|---|---|---|"]
    with open(os.path.join(source.root(), "data/log_events.def"), encoding="utf-8") as f:
        for level, name, what in EVENT.findall(f.read()):
            rows.append(f"| `{name}` | {level.lower()} | {what} |")
    return "\n".join(rows) + "\n"


ENTRY = re.compile(r'^CONFIG\("([^"]+)", [\w.\[\]]+, (\w+), (\w+), (\w+), "([^"]*)", (\w+), "((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\)', re.M)
ITEM = re.compile(r'^ENTRY\((\w+), "([^"]+)", [\w.]+, (\w+), (\w+), (\w+), "([^"]*)", (\w+), "((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\)', re.M)
KEYS = ("<!-- keys: made from data/config.def by ./dev fmt -->\n", "<!-- end of keys -->\n")
UNITS = {"SECONDS": (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)),
         "MILLISECONDS": (("s", 1000), ("ms", 1))}
WORDS = {"NAMES": "list of names", "LISTENERS": "list of listeners", "BLOCKS": "list of addresses and blocks",
         "SERVERS": "list of addresses with port or without", "ORIGINS": "list of origins", "URL_PATH": "path of a URL",
         "ALGORITHMS": "list of SHA-512-256, SHA-256, MD5", "HOST": "name or address", "PATH": "path", "TEXT": "name",
         "ADDRESS": "address and port", "BOOL": "true, false", "AUTH": "auto, required, none",
         "TEXTS": "list of texts", "STATUSES": "list of statuses", "ROUTES": "list of routes", "SETS": "list of sets", "MEMBERS": "list of members",
         "GROUPS": "list of groups", "AGENTS": "list of agents", "ORDER": "all, in-order, in-turn, longest-idle",
         "CODE": "digits, letters, * and #",
         "LINE": "text", "LABEL": "name", "SWITCH": "true, false", "SERVE": "register, lookup, default",
         "ALLOW": "accounts, peers, anyone",
         "POLICY": "random, round-robin, least, call-id, user", "LEVEL": "error, warn, info, debug", "FORMAT": "text, logfmt, json",
         "FORK": "parallel, sequential, by_q", "MODE": "transaction, call, stateless", "CLIENTS": "no, ask, require", "TLS": "1.2, 1.3",
         "PING": "crlf, options"}


LISTS = ("NAMES", "LISTENERS", "SERVERS", "BLOCKS", "ORIGINS", "TEXTS", "STATUSES", "ROUTES", "SETS", "MEMBERS", "GROUPS", "AGENTS")


def duration(n, kind):
    if n == 0:
        return "0"
    unit, size = next((u for u in UNITS[kind] if n % u[1] == 0 and n >= u[1]), ("", 1))
    return f"{n // size}{unit}"


def kind_of(kind, least, most, values):
    low, high = (values[x] if x in values else int(x) for x in (least, most))
    if kind == "NUMBER":
        return f"number, {low} to {high}"
    if kind in UNITS:
        return f"duration, {duration(low, kind)} to {duration(high, kind)}"
    return WORDS[kind] + (f", at most {high}" if kind in LISTS else "")


def joined(name):
    """A table of data/ with each entry on one line."""
    with open(os.path.join(source.root(), name), encoding="utf-8") as f:
        text = re.sub(r'"\s*\n\s*"', "", f.read())
    return re.sub(r",\s*\n\s*", ", ", text)


def entries(values):
    """A table for each list whose entries have keys of their own."""
    rows, last = [], None
    for table, key, kind, least, most, preset, needed, what, example in ITEM.findall(joined("data/config_entries.def")):
        if table != last:
            rows += ["", f"### The keys of a {table}", "", "| key | value | default | meaning | example |", "|---|---|---|---|---|"]
            last = table
        preset = "needed" if needed == "NEEDED" else f"`{preset}`" if preset and preset != "no" else "none"
        example, what = (text.replace('\\"', '"').replace("|", "\\|") for text in (example, what))
        rows.append(f"| `{key}` | {kind_of(kind, least, most, values)} | {preset} | {what} | `{example}` |")
    return rows


def configuration():
    values = {"LIMIT_" + name: int(value) for name, value, _ in LIMIT.findall(joined("data/limits.def")) if value.strip().isdigit()}
    rows = ["", "| key | value | default | meaning | example |", "|---|---|---|---|---|"]
    for key, kind, least, most, preset, when, what, example in ENTRY.findall(joined("data/config.def")):
        preset = f"`{preset}`" if preset else "none"
        star = " \\*" if when == "RESTART" else ""
        example = example.replace('\\"', '"')
        rows.append(f"| `{key}`{star} | {kind_of(kind, least, most, values)} | {preset} | {what} | `{example}` |")
    rows += entries(values)
    with open(os.path.join(source.root(), "docs/configuration.md"), encoding="utf-8") as f:
        page = f.read()
    begin, end = page.index(KEYS[0]) + len(KEYS[0]), page.index(KEYS[1])
    return page[:begin] + "\n".join(rows) + "\n\n" + page[end:]


def metrics():
    rows = ["# Metrics", "", "Made from `data/metrics.def` by `./dev fmt`; `./dev check` compares. How to read them is in "
            "[operations.md](guide/operations.md).", "", "| family | type | labels | what it shows |", "|---|---|---|---|"]
    with open(os.path.join(source.root(), "data/metrics.def"), encoding="utf-8") as f:
        for kind, name, form, labels, what in METRIC.findall(f.read()):
            what = what.replace('\\"', '"')
            rows.append(f"| `{name}` | {form.lower()} | {labels or ('worker' if kind == 'FIGURE' else '')} | {what} |")
    return "\n".join(rows) + "\n"


RULE = re.compile(r'^RULE\((\w+), "([^"]*)", "([^"]*)", "([^"]*)"\)', re.M)
HEADER = re.compile(r'^HEADER\((\w+), "([^"]+)"', re.M)
METHOD = re.compile(r"^METHOD\((\w+)", re.M)
FINDING = re.compile(r'^FINDING\((\w+), "(\w+)", (\w+), "((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)", "(?:[^"\\]|\\.)*", "([^"]*)"\)', re.M)


def header_rules():
    methods = METHOD.findall(joined("data/methods.def"))
    names = dict(HEADER.findall(joined("data/headers.def")))
    rows = ["# Which header stands where", "", "Made from `data/header_rules.def` by `./dev fmt`; `./dev check` compares. It is what `tandem parse` goes by: the tables of "
            "RFC 3261 20 and of the methods' own RFCs side by side, then those of the extensions.", "",
            "Where: R requests, r responses, c copied from the request, else the statuses; nothing: any message. m mandatory, M should be there (m\\* in the RFCs), "
            "t should be there and must on a stream, \\* mandatory beside a body, c by circumstance, o optional, - not applicable; blank: the RFC of that method or header does not say.", "",
            "| header | where | " + " | ".join(methods) + " | RFC |", "|---" * (len(methods) + 3) + "|"]
    for header, where, cells, rfc in RULE.findall(joined("data/header_rules.def")):
        shown = [{"*": "\\*", ".": ""}.get(cell, cell) for cell in cells.split()]
        if len(shown) != len(methods):
            sys.exit(f"data/header_rules.def: {header} {where}: {len(shown)} cells for {len(methods)} methods")
        rows.append(f"| {names[header]} | {where.replace(',', ', ')} | " + " | ".join(shown) + f" | {rfc} |")
    return "\n".join(rows) + "\n"


def findings():
    rows = ["# Findings of tandem parse", "", "Made from `data/findings.def` by `./dev fmt`; `./dev check` compares. `tandem parse --explain CODE` says why. How to read them is in "
            "[parse.md](guide/parse.md).", "", "| code | severity | what is wrong | what to do | RFC |", "|---|---|---|---|---|"]
    for _, name, severity, what, remedy, rfc in FINDING.findall(joined("data/findings.def")):
        what, remedy = (text.replace('\\"', '"').replace("*", "\\*").replace("<>", "`<>`") for text in (what, remedy))
        rows.append(f"| `{name}` | {severity.lower()} | {what} | {remedy} | {rfc} |")
    return "\n".join(rows) + "\n"


def main():
    write = WRITE in sys.argv
    if write:
        sys.argv.remove(WRITE)
    report = source.Report()
    for name, made in (("docs/clauses.md", clauses()), ("docs/limits.md", limits()),
                       ("docs/log-events.md", events()), ("docs/metrics.md", metrics()), ("docs/headers.md", header_rules()), ("docs/findings.md", findings()), ("docs/configuration.md", configuration())):
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
