"""Tells what measurements found, JSON Lines on its input: prints a line a figure, and with --write writes the tables of docs/performance.md.
A table stands between the lines `<!-- table NAME -->` and `<!-- end -->`. A measurement that does not come keeps its table, and its rows
of the targets."""
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys

import lab
import targets

PAGE = os.path.join(os.path.dirname(lab.HERE), "docs", "performance.md")
PLACES = {"us": 1, "ms": 0, "bytes": 0, "1/cpu-s": 0, "calls/s": 0, "calls": 0, "instructions": 0, "%": 1, "x": 2}
UNITS = {"us": "µs", "1/cpu-s": "a CPU-second", "x": "times"}


def grid(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)] + rows
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def number(figure, places=None):
    return f"{figure['value']:,.{PLACES.get(figure['unit'], 1) if places is None else places}f}"


# --- the tables ---


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


def spread(told):
    return f"{min(told['us']):.1f}–{max(told['us']):.1f}" if told.get("us") else ""


# What is known of a run beside its figure: a column where any figure has it.
COLUMNS = {
    "of Kamailio's": lambda told: f"{told['ratio']:.2f}" if told.get("ratio") else "",
    "lowest–highest run": spread,
    "latency p50 · p99 µs": lambda told: f"{told['p50_us']:,} · {told['p99_us']:,}" if told.get("p99_us") else "",
    "lost": lambda told: str(sum(told["lost"])) if "lost" in told else "",
    "server's CPU": lambda told: f"{100 * told['server_cpu_share']:.0f} %" if "server_cpu_share" in told else "",
    "others' share": lambda told: f"{100 * max(told['foreign_cpu_share']):.0f} %" if "foreign_cpu_share" in told else "",
}


def told_of(figure):
    return {**figure.get("conditions", {}), "ratio": figure.get("ratio_to_kamailio")}


def server(figures):
    """A row a figure, with what must be known to believe it."""
    known = [name for name, tell in COLUMNS.items() if any(tell(told_of(figure)) for figure in figures)]
    rows = [[figure["what"], figure["who"], number(figure), UNITS.get(figure["unit"], figure["unit"])] + [COLUMNS[name](told_of(figure)) for name in known]
            for figure in figures]
    return grid(["what", "who", "median", "unit"] + known, rows)


def cost(figures):
    """A row a place, a column an item; and their flame graphs."""
    parts = [(*figure["what"].split(": ", 1), number(figure)) for figure in figures]
    items = list(dict.fromkeys(item for item, _, _ in parts))
    cells = {(place, item): value for item, place, value in parts}
    rows = [[place] + [cells.get((place, item), "") for item in items] for place in dict.fromkeys(place for _, place, _ in parts)]
    pictures = dict.fromkeys(os.path.basename(figure["conditions"]["picture"]) for figure in figures if "picture" in figure["conditions"])
    return grid(["µs of"] + [f"a {item}" for item in items], rows) + "".join(f"\n![{name}](cost/{name})\n" for name in pictures)


DRAWN = {"parse": parse, "transactions": transactions, "cost": cost}


# --- the page ---


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition("\n")[0].strip()
    except OSError:
        return ""


def machine():
    """What a figure depends on, in one line."""
    cpu = re.search(r"^model name\s*: (.*)$", lab.read("/proc/cpuinfo"), re.M)
    governor = lab.read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").strip()
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return ", ".join([f"{os.cpu_count()} CPUs, {cpu[1] if cpu else platform.machine()}", f"governor {governor or 'unknown'}", f"Linux {platform.release().partition('-')[0]}",
                      system, first_line("cc", "--version"), first_line(os.path.join(lab.BUILD, "tandem"), "--version")])


def caption(name, load):
    return f"\n`./dev bench {name}`, {datetime.date.today()}: {machine()}; load average {load:.1f} as it began.\n"


def keep_pictures(figures):
    folder = os.path.join(os.path.dirname(PAGE), "cost")
    for path in {figure["conditions"]["picture"] for figure in figures if "picture" in figure.get("conditions", {})}:
        os.makedirs(folder, exist_ok=True)
        shutil.copy(path, folder)


def write(found, load):
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    for name, figures in found.items():
        keep_pictures(figures)
        text = DRAWN.get(name, server)(figures) + caption(name, load)
        page = re.sub(rf"(<!-- table {name} -->\n).*?(<!-- end -->)", lambda m, text=text: m[1] + text + m[2], page, flags=re.S)
    page = re.sub(r"(<!-- table targets -->\n)(.*?)(<!-- end -->)", lambda m: m[1] + grid(targets.HEAD, targets.rows(found, m[2])) + m[3], page, flags=re.S)
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(page)


# --- the terminal ---


def line(figure):
    known = [f"{name} {tell(told_of(figure))}" for name, tell in COLUMNS.items() if tell(told_of(figure))]
    return f"{figure['who']:<22} {figure['what']:<36} {number(figure, 2 if figure['unit'] == 'us' else None):>10} {figure['unit']:<12}  {'; '.join(known)}".rstrip()


def main():
    if sys.argv[1:] not in ([], ["--write"]):
        print(__doc__, file=sys.stderr)
        return 2
    found, load = {}, os.getloadavg()[0]
    for figure in map(json.loads, sys.stdin):
        found.setdefault(figure["bench"], []).append(figure)
        print(line(figure), flush=True)
    for target, (measured, met) in targets.judged(found):
        print(f"target: {target.what}: {target.bar}: {measured}: {'met' if met else 'not met'}")
    if sys.argv[1:]:
        write(found, load)
    return 0


sys.exit(main())
