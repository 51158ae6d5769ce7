"""`./dev soak` in short: its mix runs, nothing of it fails, it tells what it has when it is cut short, and it notices what a soak is for."""
import contextlib
import copy
import json
import os
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import tap
from server import PROGRAM, wait_for

SOAK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "soak")
sys.path.insert(0, SOAK)
os.environ["TANDEM_BENCH_BUILD"] = os.path.dirname(os.path.abspath(PROGRAM))
import page  # noqa: E402
import verdict  # noqa: E402


@contextlib.contextmanager
def soaking(*words):
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([sys.executable, os.path.join(SOAK, "soak.py"), "--out", folder, *words], stdout=subprocess.PIPE, text=True)
        try:
            yield process, folder
        finally:
            process.kill()
            process.wait()


def result_in(folder):
    with open(os.path.join(folder, "result.json"), encoding="utf-8") as f:
        return json.load(f)


def what_is_not_met(result):
    return [v["what"] for v in verdict.judge(result) if v["met"] is False]


def has_latencies(sample):
    return any("p99_ms" in row for row in sample["kinds"].values())


def lasting_an_hour(result):
    """The same as if it had been longer: one interval's sample, in which sessions were measured, for each ten seconds."""
    longer = copy.deepcopy(result)
    longer["asked_s"], typical = 3600, next(filter(has_latencies, longer["samples"]))
    longer["samples"] = [{**copy.deepcopy(typical), "at": 10 * n} for n in range(1, 361)]
    return longer


def notices(result):
    """Each fault that a soak is for, one at a time, in a good result of an hour."""
    good = lasting_an_hour(result)
    assert what_is_not_met(good) == [], what_is_not_met(good)
    leaking, slowing, forgetting, failing, refusing = (copy.deepcopy(good) for _ in range(5))
    kind = next(name for name, row in good["samples"][-1]["kinds"].items() if "p99_ms" in row)
    for number, (leak, slow) in enumerate(zip(leaking["samples"], slowing["samples"])):
        leak["rss"] += number * 20000
        slow["kinds"][kind]["p99_ms"] = 5 + number / 10
    forgetting["after"].update(fds=good["before"]["fds"] + 1, server_transactions=1)
    failing["kinds"][kind]["failures"] = {"timeout": 1}
    refusing["after"]["refused_requests_total"] = 1
    seen = [" ".join(what_is_not_met(bad)) for bad in (leaking, slowing, forgetting, failing, refusing)]
    assert "memory" in seen[0] and kind in seen[1] and "descriptors" in seen[2] and "tables" in seen[2], seen
    assert seen[3:] == ["sessions that failed", "refused or lost, by its own count"], seen


def test_a_short_soak():
    with soaking("--minutes", "0.15", "--rate", "40") as (process, folder):
        said, _ = process.communicate(timeout=200)
        assert process.returncode == 0, said
        result = result_in(folder)
        assert not result["cut"] and all(total["succeeded"] > 0 for total in result["kinds"].values()), result["kinds"]
        for name in ("memory", "work", "latency"):
            xml.etree.ElementTree.parse(os.path.join(folder, f"soak-{name}.svg"))
        assert "| sessions that failed | 0 of " in page.section(result)
        notices(result)


def test_cut_short_it_tells_what_it_has():
    with soaking("--hours", "1", "--rate", "20") as (process, folder):
        samples = os.path.join(folder, "samples.jsonl")
        wait_for(lambda: os.path.exists(samples) and os.path.getsize(samples), 60, "no sample")
        process.send_signal(signal.SIGINT)
        said = os.path.join(folder, "said", "calls_of_peers,_UDP.jsonl")
        wait_for(lambda: '"end"' in open(said, encoding="utf-8").read(), 30, "the load goes on")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        result = result_in(folder)
        assert process.returncode in (0, 1) and result["cut"] and result["samples"], result
        assert "sessions that failed" not in what_is_not_met(result), result["kinds"]


if __name__ == "__main__":
    tap.run()
