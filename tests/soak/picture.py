"""Draws what a soak has seen as SVG: some curves over time under one another, light, without a script, readable on white and in a browser alone."""
import math
import os
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, LINE, POINTS = 860, 190, 64, 26, 30, 30, 17, 200
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22")
MIB = 2**20


class Chart(NamedTuple):
    """`curves`: {name: [(seconds, value), …]}; `log`: the scale is logarithmic."""
    title: str
    curves: dict
    log: bool = False


def thinned(points):
    """At most POINTS of them: of neighbours the highest."""
    step = max(1, math.ceil(len(points) / POINTS))
    return [max(points[i:i + step], key=lambda point: point[1]) for i in range(0, len(points), step)]


def ticks_linear(most):
    step = 10 ** math.floor(math.log10(most / 2))
    step = next(step * times for times in (1, 2, 5, 10) if most / (step * times) <= 5)
    return [step * n for n in range(int(most / step) + 2)]


def ticks_log(least, most):
    return [10.0 ** n for n in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)]


def ticks_of(chart):
    values = [y for points in chart.curves.values() for _, y in points if y > 0 or not chart.log] or [1]
    if chart.log:
        return ticks_log(min(values), max(max(values), 1.01 * min(values)))
    return ticks_linear(max(max(values), 1e-3))


def minutes(last):
    """Ticks of the time, in seconds: about eight."""
    step = next((s for s in (5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800) if last / s <= 8), 86400)
    return [step * n for n in range(int(last / step) + 1)]


def clock(seconds):
    return f"{seconds // 3600}:{seconds // 60 % 60:02d} h" if seconds >= 3600 else f"{seconds // 60}:{seconds % 60:02d}"


class Scale:
    """Where a time and a value lie in a chart whose frame is `height` high."""

    def __init__(self, chart, last, height):
        self.ticks, self.log, self.last, self.height = ticks_of(chart), chart.log, max(last, 1), height

    def x(self, seconds):
        return LEFT + seconds / self.last * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        least, most = self.ticks[0], self.ticks[-1]
        if self.log:
            share = math.log10(max(value, least) / least) / math.log10(most / least)
        else:
            share = value / most
        return self.height * (1 - share)


def text(x, y, words, anchor="start", more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def frame(scale, last):
    parts = [f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{scale.y(tick):.1f}" y2="{scale.y(tick):.1f}" stroke="#ddd"/>' +
             text(LEFT - 8, scale.y(tick) + 4, f"{tick:g}", "end") for tick in scale.ticks]
    parts += [text(scale.x(at), scale.height + 18, clock(at), "middle") for at in minutes(last)]
    return parts


def legend(names):
    """Its lines of text, and how high they are."""
    parts, x, y = [], LEFT, LINE
    for number, name in enumerate(names):
        width = 26 + 7 * len(name)
        if x + width > WIDTH - RIGHT and x > LEFT:
            x, y = LEFT, y + LINE
        parts.append(f'<line x1="{x}" x2="{x + 14}" y1="{y - 4}" y2="{y - 4}" stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="3"/>')
        parts.append(text(x + 19, y, name))
        x += width
    return parts, y + LINE - 4


def chart_svg(chart, last, top):
    """(its parts, where the next one may begin)"""
    named, high = legend(chart.curves)
    scale = Scale(chart, last, HEIGHT)
    parts = [text(LEFT, top + 14, chart.title, more=' font-weight="bold"'), f'<g transform="translate(0 {top + 16})">', *named, "</g>",
             f'<g transform="translate(0 {top + TOP + high - 6})">', *frame(scale, last)]
    for number, points in enumerate(chart.curves.values()):
        path = " ".join(f"{scale.x(at):.1f},{scale.y(value):.1f}" for at, value in thinned(points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="1.5" stroke-linejoin="round"/>')
    return [*parts, "</g>"], top + TOP + high + HEIGHT + BOTTOM


def svg(charts, last):
    parts, top = [], 6
    for chart in charts:
        more, top = chart_svg(chart, last, top)
        parts += more
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}" font-family="sans-serif" font-size="12" '
            f'fill="#222">\n<rect width="{WIDTH}" height="{top}" fill="#fff"/>')
    return "\n".join([head, *parts, "</svg>"]) + "\n"


# --- what is drawn ---

def curve(samples, value):
    return [(s["at"], value(s)) for s in samples]


def rates(samples, counted):
    """Of a count that only grows, its growth a second."""
    pairs = zip(samples, samples[1:])
    return [(b["at"], max(0.0, counted(b) - counted(a)) / (b["at"] - a["at"])) for a, b in pairs if b["at"] > a["at"]]


def memory(samples):
    return [Chart("memory, MiB", {"PSS": curve(samples, lambda s: s["pss"] / MIB), "RSS": curve(samples, lambda s: s["rss"] / MIB),
                                  "data folder on disk": curve(samples, lambda s: s["data_bytes"] / MIB)}),
            Chart("held", {"descriptors": curve(samples, lambda s: s["fds"]), "connections": curve(samples, lambda s: s["connections"]),
                           "users with a record": curve(samples, lambda s: s["location_records"]),
                           "calls followed": curve(samples, lambda s: s["followed_calls"])})]


def work(samples):
    done = {"sessions done": curve(samples, lambda s: sum(row["per_s"] for row in s["kinds"].values()))}
    return [Chart("sessions a second", done),
            Chart("CPU, per cent of a core", {"the server": rates(samples, lambda s: s["cpu_ns"] / 1e7),
                                              "the load": rates(samples, lambda s: s["loads_ns"] / 1e7),
                                              "the whole machine": rates(samples, lambda s: s["busy_s"] * 100)}),
            Chart("transactions", {"server": curve(samples, lambda s: s["server_transactions"]),
                                   "client": curve(samples, lambda s: s["client_transactions"])})]


def latency(samples):
    kinds = dict.fromkeys(kind for s in samples for kind, row in s["kinds"].items() if "p99_ms" in row)
    return [Chart(f"{title} of each interval, ms", {kind: [(s["at"], s["kinds"][kind][key]) for s in samples if key in s["kinds"].get(kind, {})]
                                                    for kind in kinds}, log=True) for title, key in (("p50", "p50_ms"), ("p99", "p99_ms"))]


def draw(result, folder):
    """Three pictures of a result, into a folder."""
    samples = [s for s in result["samples"] if s["at"] <= result["asked_s"]]
    last = samples[-1]["at"] if samples else 0
    for name, charts in (("memory", memory), ("work", work), ("latency", latency)):
        with open(os.path.join(folder, f"soak-{name}.svg"), "w", encoding="utf-8") as f:
            f.write(svg(charts(samples), last))


PICTURES = ("soak-memory.svg", "soak-latency.svg", "soak-work.svg")
