"""Writes figures into the tables of docs/performance.md: ./dev bench --json >FILE; python3 bench/table.py FILE
A table stands between the lines `<!-- table NAME -->` and `<!-- end -->`; a measurement that FILE lacks keeps its table."""
import json
import os
import re
import sys

import lab

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "docs", "performance.md")
PLACES = {"us": 1, "ms": 0, "bytes": 0, "1/cpu-s": 0}


def grid(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)] + rows
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def number(figure, places=None):
    return f"{figure['value']:,.{PLACES[figure['unit']] if places is None else places}f}"


def parse(figures):
    """A row a parser and depth, a column a message."""
    whats = [figure["what"].rpartition(" ") for figure in figures]
    messages = list(dict.fromkeys(message for _, _, message in whats))
    cells = {}
    for figure, (depth, _, message) in zip(figures, whats):
        cells.setdefault((figure["who"], depth), {})[message] = figure
    rows = [[f"{who}, {depth}"] + [number(row[m], 2) if m in row else "" for m in messages] +
            [f"{row[messages[0]]['allocations']:.0f}"] for (who, depth), row in cells.items()]
    sizes = {figure["what"].rpartition(" ")[2]: figure["bytes"] for figure in figures}
    return grid(["µs a message"] + [f"{m} ({sizes[m]} bytes)" for m in messages] + [f"allocations, {messages[0]}"], rows)


def transactions(figures):
    return grid(["transactions", "a CPU-second"], [[figure["what"], number(figure)] for figure in figures])


def spread(figure):
    if figure["unit"] != "us":
        return ""
    return f"{min(figure['conditions']['us']):.1f}–{max(figure['conditions']['us']):.1f}"


def server(figures):
    """A row a figure, with what must be known to believe it."""
    head = ["what", "who", "median", "unit", "lowest–highest run", "of Kamailio's", "latency p50 · p99 µs", "lost", "others' share"]
    rows = []
    for figure in figures:
        told, ratio = figure["conditions"], figure["ratio_to_kamailio"]
        rows.append([figure["what"], figure["who"], number(figure), figure["unit"].replace("us", "µs CPU"), spread(figure),
                     "" if ratio is None else f"{ratio:.2f}", f"{told['p50_us']:,} · {told['p99_us']:,}", str(sum(told["lost"])),
                     f"{100 * max(told['foreign_cpu_share']):.0f} %"])
    if any("bar" in figure["conditions"] for figure in figures):
        head.append("at most")
        rows = [row + [lab.bar_text(figure["conditions"])] for row, figure in zip(rows, figures)]
    return grid(head, rows)


TABLES = {"parse": parse, "transactions": transactions, "proxy": server, "register": server, "options": server}


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as f:
        figures = [json.loads(line) for line in f if line.startswith("{")]
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    for name, table in TABLES.items():
        mine = [figure for figure in figures if figure["bench"] == name]
        if mine:
            page = re.sub(rf"(<!-- table {name} -->\n).*?(<!-- end -->)", lambda m, t=table(mine): m[1] + t + m[2], page, flags=re.S)
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(page)
    return 0


sys.exit(main())
