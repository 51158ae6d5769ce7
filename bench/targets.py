"""What the figures shall reach: the table at the head of docs/performance.md. A row knows in which figures it is found; one that this run
did not measure stays on the page as it is."""
import collections

HEAD = ["what", "at most, or at least", "aim", "measured", "met"]
# judge(figures) is (what was measured, whether that is enough), or None: the figures lack it.
Target = collections.namedtuple("Target", "what bar aim bench judge")


def pick(figures, what, who="tandem"):
    return next((figure["value"] for figure in figures if figure["what"] == what and figure["who"].startswith(who)), None)


def each(figures, whats, judge):
    """The judgements of several figures as one; None where one lacks."""
    told = [judge(figures, what) for what in whats]
    return None if None in told else (" · ".join(text for text, _ in told), all(met for _, met in told))


def value(*whats, most=float("inf"), least=0, form="{:,.0f}"):
    def judge(figures, what):
        found = pick(figures, what)
        return None if found is None else (form.format(found), least <= found <= most)
    return lambda figures: each(figures, whats, judge)


def ratio(*whats, **bars):
    """Beside others of the same run: kamailio=(least, most), floor=(least, most)."""
    def judge(figures, what):
        ours, others = pick(figures, what), {who: pick(figures, what, who) for who in bars}
        if ours is None or not all(others.values()):
            return None
        if min(others.values()) < 0:  # less than what was taken off as the floor's: there is no ratio
            return f"{ours:,.0f} where " + ", ".join(f"{NAMES[who]} is {other:,.0f}" for who, other in others.items()), False
        parts = {who: ours / other for who, other in others.items()}
        return (", ".join(f"{part:.2f} of {NAMES[who]}" for who, part in parts.items()),
                all(bars[who][0] <= part <= bars[who][1] for who, part in parts.items()))
    return lambda figures: each(figures, whats, judge)


def grown(*whats, most):
    """The last figure whose name begins so, beside the first."""
    def judge(figures, what):
        found = [figure["value"] for figure in figures if figure["what"].startswith(what)]
        return (f"{found[-1] / found[0]:.2f}", found[-1] <= most * found[0]) if len(found) > 1 else None
    return lambda figures: each(figures, whats, judge)


NAMES = {"kamailio": "Kamailio's", "floor": "the floor's"}
MANY = float("inf")


def at(what, *rates):
    return [f"{what} at {rate}/s" for rate in rates]


INVITE = "a_invite.sip"
TARGETS = [
    Target("index and routing headers of an INVITE of 831 bytes", "0.45 µs", "0.30 µs", "parse",
           value(f"index+proxy headers {INVITE}", most=0.45, form="{:.2f} µs")),
    Target("every header of it decoded", "0.71 µs", "0.6 µs", "parse", value(f"index+all headers {INVITE}", most=0.71, form="{:.2f} µs")),
    Target("instructions for a routed decision", "4,000", "3,000", "instructions",
           value("what is decided of a request of a dialog: read and checked, its Route taken, its next hop found", most=4000)),
    Target("transactions created, completed and freed in a CPU-second", "at least 1,000,000", "", "transactions",
           value("non-INVITE, 200, UDP", "INVITE, 486 and ACK, UDP", "INVITE, 200, UDP", least=1000000)),
    Target("a call through the proxy at 1,000 · 5,000 · 9,000/s", "0.55 of Kamailio's CPU time, 1.35 of the floor's", "below the floor", "proxy",
           ratio(*at("call", 1000, 5000, 9000), kamailio=(0, 0.55), floor=(0, 1.35))),
    Target("the same without state", "0.65 of Kamailio's", "below the floor", "stateless", ratio(*at("call", 1000, 5000, 9000), kamailio=(0, 0.65))),
    Target("most calls a second on one core without a loss", "at least 2 times Kamailio's", "25,000", "capacity",
           ratio("most calls without a loss", kamailio=(2, MANY))),
    Target("latency added to the way of INVITE and 200, p99 at half of that", "half of Kamailio's", "200 µs", "capacity",
           ratio("latency added, p99", kamailio=(0, 0.5))),
    Target("OPTIONS at 20,000 · 80,000/s", "1.15 of the floor's CPU time", "", "options", ratio(*at("OPTIONS", 20000, 80000), floor=(0, 1.15))),
    Target("a registration that lasts, at 30,000/s, beside Kamailio's in memory", "0.7 of its CPU time", "11 µs", "register",
           ratio(*at("insert", 30000), *at("refresh", 30000), kamailio=(0, 0.7))),
    Target("the same with a digest round, at 8,000/s", "0.7 of its CPU time", "24 µs", "register", ratio(*at("digest round", 8000), kamailio=(0, 0.7))),
    Target("two workers beside one, by CPU time a call", "at least 1.8 times", "", "workers", value("two workers beside one", least=1.8, form="{:.2f}")),
    Target("goodput at three times capacity, of capacity", "at least 90 %", "", "overload", value("goodput at three times", least=90, form="{:.0f} %")),
    Target("calls lost then of those that were begun", "none", "", "overload", value("calls lost of those begun", most=0)),
    Target("memory of a call that is over, while its transactions linger", "5,000 bytes", "", "linger", value("a call that is over, of 50000", most=5000)),
    Target("a request within a call, of many that stand beside of 1,000", "1.5 times", "", "held", grown("INFO within a call", most=1.5)),
    Target("a new registration · a refresh · OPTIONS to a user, of many bindings beside 10,000", "1.5 times", "", "scale",
           grown("new registration", "refresh", "OPTIONS to a user", most=1.5)),
    Target("p99 of others while a million bindings end, beside before", "2 times", "", "scale", grown("p99", most=2)),
    Target("start to the first answer, without bindings", "50 ms", "", "scale", value("start without bindings", most=50)),
]


def judged(found):
    """(target, judgement) of those that these figures speak of, {bench: figures}."""
    for target in TARGETS:
        told = target.bench in found and target.judge(found[target.bench])
        if told:
            yield target, told


def rows(found, table):
    """The rows of the page's table: of these figures, else as they stand there; rows that are nobody's here stay, behind."""
    old = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()[2:]]
    kept, new = {row[0]: row for row in old}, dict((target.what, told) for target, told in judged(found))
    made = []
    for target in TARGETS:
        if target.what in new:
            measured, met = new[target.what]
        else:
            measured, met = kept.get(target.what, ["", "", "", "not yet", "?"])[3:]
        met = met if isinstance(met, str) else "yes" if met else "no"
        made.append([target.what, target.bar, target.aim, measured, met])
    names = {target.what for target in TARGETS}
    return made + [row for row in old if row[0] not in names]
