"""A strict reader of OpenMetrics text (version 1.0.0): what the specification forbids is an AssertionError."""
import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r"[a-zA-Z_][a-zA-Z0-9_]*"
SAMPLE = re.compile(rf'({NAME})(?:\{{((?:{LABEL}="(?:[^"\\\n]|\\[\\"n])*"(?:,(?!\}}))?)*)\}})? (\S+)$')
NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\+?Inf|NaN)$")
SUFFIXES = {"counter": {"_total", "_created"}, "gauge": {""}, "info": {"_info"}, "unknown": {""},
            "histogram": {"_bucket", "_count", "_sum", "_created"}}
ORDER = ["TYPE", "UNIT", "HELP"]


class Family:
    def __init__(self, name):
        self.name, self.type, self.unit, self.help, self.samples = name, "unknown", None, None, {}


def _labels(text):
    labels = re.findall(rf'({LABEL})="((?:[^"\\\n]|\\[\\"n])*)"', text or "")
    assert len({name for name, _ in labels}) == len(labels), f"a label twice: {text}"
    return tuple(sorted((name, re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value)) for name, value in labels))


def _check_histogram(family):
    buckets = [(float(dict(labels)["le"]), value) for (name, labels), value in family.samples.items() if name.endswith("_bucket")]
    assert buckets and buckets[-1][0] == math.inf, f"{family.name}: the last bucket is not +Inf"
    assert buckets == sorted(buckets) and len({le for le, _ in buckets}) == len(buckets), f"{family.name}: buckets"
    assert [value for _, value in buckets] == sorted(value for _, value in buckets), f"{family.name}: not cumulative"
    assert family.samples[(family.name + "_count", ())] == buckets[-1][1], family.name


def _metadata(families, order, line):
    match = re.match(rf"# (TYPE|UNIT|HELP) ({NAME}) (.*)$", line)
    assert match, f"no metadata: {line!r}"
    kind, name, text = match.groups()
    if not order or order[-1] != name:
        assert name not in families, f"{name} stands in two places"
        families[name] = Family(name)
        order.append(name)
    family = families[name]
    assert not family.samples, f"metadata behind samples: {line!r}"
    if kind == "TYPE":
        assert text in SUFFIXES and family.type == "unknown", line
        family.type = text
    elif kind == "UNIT":
        assert family.unit is None and name.endswith("_" + text), line
        family.unit = text
    else:
        assert family.help is None and not re.search(r'(?<!\\)(?:\\\\)*\\[^n\\"]', text), line
        family.help = text


def _sample(families, order, line):
    match = SAMPLE.match(line)
    assert match, f"no sample: {line!r}"
    name, labels, value = match.groups()
    assert NUMBER.match(value), f"no number: {line!r}"
    assert order, f"a sample before any family: {line!r}"
    family = families[order[-1]]
    assert name.startswith(family.name) and name[len(family.name):] in SUFFIXES[family.type], f"{line!r} in {family.name}"
    key = (name, _labels(labels))
    assert key not in family.samples, f"twice: {line!r}"
    family.samples[key] = float(value)
    if family.type in ("counter", "histogram"):
        assert float(value) >= 0, line


def parse(text):
    """The families by name."""
    assert text.endswith("# EOF\n") and text.count("# EOF") == 1, "the end is missing"
    assert "\r" not in text
    families, order = {}, []
    for line in text[:-len("# EOF\n")].splitlines():
        assert line, "an empty line"
        (_metadata if line.startswith("#") else _sample)(families, order, line)
    for family in families.values():
        assert family.help and family.samples, f"{family.name} has no help or no sample"
        if family.type == "histogram":
            _check_histogram(family)
    return families


def value(families, name, **labels):
    """The sum of the samples of this name that bear these labels."""
    wanted = set(labels.items())
    found = [v for family in families.values() for (sample, has), v in family.samples.items()
             if sample == name and wanted <= set(has)]
    assert found, f"no {name} {labels}"
    return sum(found)
