"""What a soak has to tell: as text, and as the section of docs/reliability.md between `<!-- soak -->` and `<!-- end -->`, with its pictures."""
import os
import re
import shutil
import statistics

import paths
import picture
from verdict import loaded, p99s

DOCS = os.path.join(paths.ROOT, "docs")
PAGE, PICTURES = os.path.join(DOCS, "reliability.md"), os.path.join(DOCS, "soak")
MET = {True: "yes", False: "no", None: "too short to say"}
CAPTIONS = {"soak-memory.svg": "memory, descriptors and what the server holds", "soak-latency.svg": "latency of each kind of session",
            "soak-work.svg": "sessions, CPU and transactions"}


def duration(seconds):
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} s"


def cpu_shares(samples):
    """Of a core: the server, the load, everybody else on the machine."""
    first, last = samples[0], samples[-1]
    span = max(last["at"] - first["at"], 1e-9)
    server, loads = ((last[key] - first[key]) / 1e9 / span for key in ("cpu_ns", "loads_ns"))
    return server, loads, max(0.0, (last["busy_s"] - first["busy_s"]) / span - server - loads)


def conditions(result):
    samples = loaded(result)
    lines = [f"`{result['command']}`, {result['when']}: {result['rate']:.0f} sessions a second for {duration(samples[-1]['at'] if samples else 0)}" +
             (" (cut short)" if result["cut"] else "") +
             (f", {100 * result['share']:.0f} % of the {result['capacity']:.0f} that it takes here" if result["capacity"] else "") + "."]
    if len(samples) > 1:
        server, loads, others = cpu_shares(samples)
        machine = result["machine"]
        lines.append(f"Linux {machine['kernel']}, {machine['architecture']}, {machine['cpus']} CPUs; the server, two workers on one CPU, took {100 * server:.0f} % of it, "
                     f"the load {100 * loads:.0f} % of another, and others on the machine {100 * others:.0f} % of a CPU.")
    return " ".join(lines)


def kinds(result):
    """A row a kind: its name, sessions, failed, sent again, median p50 and p99 of the intervals."""
    rows = []
    for name, total in result["kinds"].items():
        p50s = [s["kinds"][name]["p50_ms"] for s in loaded(result) if "p50_ms" in s["kinds"].get(name, {})]
        parts = p99s(result, name)
        rows.append([name, f"{total['started']:,}", f"{sum(total['failures'].values()):,}", f"{total['sent_again']:,}",
                     f"{statistics.median(p50s):.1f}" if p50s else "", " · ".join(f"{ms:.1f}" for ms in parts)])
    return rows


KINDS_HEAD = ["kind", "sessions", "failed", "sent again", "p50 ms", "p99 ms by quarters"]
VERDICT_HEAD = ["what", "seen", "asked", "met"]


def verdicts(result):
    return [[v["what"], v["seen"], v["asked"], MET[v["met"]]] for v in result["verdicts"] if not v["what"].startswith("p99 of ")] + latency_row(result)


def latency_row(result):
    """All kinds in one line."""
    judged = [v for v in result["verdicts"] if v["what"].startswith("p99 of ")]
    bad = [v for v in judged if v["met"] is False]
    if not judged:
        return []
    worst = "; ".join(f"{v['what']}: {v['seen']}" for v in bad) or f"all {len(judged)} kinds"
    return [["p99 of each kind, by quarters", worst, judged[0]["asked"], MET[None if judged[0]["met"] is None else not bad]]]


def columns(head, rows):
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [head, *rows])


def grid(head, rows, right=()):
    lines = [head, ["---:" if i in right else "---" for i in range(len(head))], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def text(result):
    return "\n\n".join([conditions(result), columns(KINDS_HEAD, kinds(result)), columns(VERDICT_HEAD, verdicts(result))])


def section(result):
    pictures = "\n".join(f"![{CAPTIONS[name]}](soak/{name})" for name in picture.PICTURES)
    return "\n".join([conditions(result), "", grid(VERDICT_HEAD, verdicts(result)), grid(KINDS_HEAD, kinds(result), right=range(1, 6)), pictures, ""])


def write(result, folder):
    os.makedirs(PICTURES, exist_ok=True)
    for name in picture.PICTURES:
        shutil.copy(os.path.join(folder, name), PICTURES)
    with open(PAGE, encoding="utf-8") as f:
        whole = f.read()
    whole = re.sub(r"(<!-- soak -->\n).*?(<!-- end -->)", lambda m: m[1] + section(result) + m[2], whole, flags=re.S)
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(whole)
