"""Says of a soak whether the server was the same at its end as at its beginning. Each verdict names what was asked and what was seen."""
import statistics

from subject import NEVER, still_held

# A process has to have filled what is bounded (rings, pools, caches) before its growth means anything.
JUDGED_FROM_S = 1200
GROWTH_MOST, GROWTH_MOST_BYTES = 0.02, 1 << 20
SLOWER_MOST, LATENCY_LEAST_MS = 3, 10
OFFERED_LEAST = 0.98


def slope(points):
    """Of the line that fits best, per unit of x."""
    return statistics.linear_regression(*zip(*points)).slope if len(points) > 1 else 0.0


def quarters(samples):
    """The samples in four parts of equal time."""
    end = samples[-1]["at"] if samples else 0
    return [[s for s in samples if end * n / 4 < s["at"] <= end * (n + 1) / 4] for n in range(4)]


def loaded(result):
    """Samples of the time in which sessions began."""
    return [s for s in result["samples"] if s["at"] <= result["asked_s"]]


def entry(what, seen, asked, met):
    return {"what": what, "seen": seen, "asked": asked, "met": met}


def growth(result, name):
    """(bytes that the line through the last three quarters rises by, its middle)"""
    samples = loaded(result)
    points = [(s["at"], s[name]) for part in quarters(samples)[1:] for s in part]
    if len(points) < 2:
        return 0, 0
    return slope(points) * (points[-1][0] - points[0][0]), statistics.fmean(y for _, y in points)


def memory(result, name, title):
    rise, middle = growth(result, name)
    most = max(GROWTH_MOST * middle, GROWTH_MOST_BYTES)
    long_enough = loaded(result) and loaded(result)[-1]["at"] >= JUDGED_FROM_S * 0.99
    return entry(f"{title}: growth over the last three quarters, by the line that fits best", f"{rise / 2**20:+.2f} MiB of {middle / 2**20:.1f}",
                 f"at most {100 * GROWTH_MOST:.0f} % or {GROWTH_MOST_BYTES >> 20} MiB", rise <= most if long_enough else None)


def p99s(result, kind):
    """Of each quarter the middle one of the intervals' 99th percentiles."""
    parts = [[s["kinds"][kind]["p99_ms"] for s in part if "p99_ms" in s["kinds"].get(kind, {})] for part in quarters(loaded(result))]
    return [statistics.median(part) for part in parts if part]


def latency(result):
    long_enough = loaded(result) and loaded(result)[-1]["at"] >= JUDGED_FROM_S * 0.99
    verdicts = []
    for kind in result["kinds"]:
        taken = p99s(result, kind)
        if len(taken) == 4:
            met = max(taken) <= max(SLOWER_MOST * min(taken), LATENCY_LEAST_MS)
            verdicts.append(entry(f"p99 of {kind}, by quarters", " · ".join(f"{ms:.1f}" for ms in taken) + " ms",
                                  f"the slowest within {SLOWER_MOST} times the fastest, or {LATENCY_LEAST_MS} ms", met if long_enough else None))
    return verdicts


def sessions(result):
    failed = {f"{kind}: {why}": n for kind, total in result["kinds"].items() for why, n in total["failures"].items()}
    started = sum(total["started"] for total in result["kinds"].values())
    seen = f"{sum(failed.values())} of {started:,}" + "".join(f"; {why} {n}" for why, n in failed.items())
    rates = [total["offered"] / total["asked"] for total in result["kinds"].values() if total["asked"]]
    least = min(rates, default=0)
    return [entry("sessions that failed", seen, "none", started > 0 and not failed),
            entry("sessions begun, of those asked for", f"{100 * least:.1f} % or more of each kind", f"{100 * OFFERED_LEAST:.0f} %",
                  result["cut"] or least >= OFFERED_LEAST)]


def afterwards(result):
    before, after = result["before"], result["after"]
    if not after:
        return [entry("the server", "has ended", "lives", False)]
    held = still_held(after)
    counted = {name: after[name] for name in NEVER if after[name] > 0}
    gained = {what: after[key] - before[key] for what, key in (("descriptors", "fds"), ("threads", "threads"))}
    return [*(entry(f"{what} gained", f"{n:+d}", "none", n == 0) for what, n in gained.items()),
            entry("left in its tables", list_of(held), "nothing", not held),
            entry("refused or lost, by its own count", list_of(counted), "nothing", not counted),
            entry("errors in its log", str(len(result["complaints"])), "none", not result["complaints"])]


def list_of(counts):
    return ", ".join(f"{name} {n:g}" for name, n in counts.items()) or "nothing"


def judge(result):
    return [memory(result, "rss", "memory (RSS)"), *sessions(result), *afterwards(result), *latency(result)]


def is_good(verdicts):
    """What could not be judged, because the run was short, is not held against it."""
    return all(v["met"] is not False for v in verdicts)
