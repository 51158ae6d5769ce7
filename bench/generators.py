"""CPU time of the generators themselves, of who calls and of who answers: `tandem load` and SIPp at the same rates to the same callee, and as
fast as one CPU for each lets them, to each other and among themselves."""
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

import lab

RATES, SECONDS = (1000, 4000, 10000), 3
AT_ONCE, COUNT = 200, 40000
SIPP = "sipp 3.6.1"


def tandem_answers():
    """Takes calls on the first CPU."""
    port = lab.free_port()
    return lab.Server("callee", [os.path.join(lab.BUILD, "tandem"), "load", "answer", "--local", f"udp:127.0.0.1:{port}"], port, True)


def sipp_answers():
    port = lab.free_port()
    return lab.Server("callee", ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-aa", "-nostdin", "-buff_size", "4194304"], port, False)


def taken(command, folder):
    """What it said, and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["taskset", "-c", str(lab.cpus()[1]), *command], capture_output=True, text=True, timeout=lab.LOAD_S, check=False, cwd=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tandem(port, how, count, folder):
    how = ["--rate", str(how["rate"])] if "rate" in how else ["--concurrent", str(how["at_once"])]
    said, cpu = taken([os.path.join(lab.BUILD, "tandem"), "load", "call", f"sip:service@127.0.0.1:{port}", *how, "--count", str(count), "--json"], folder)
    end = json.loads(said.splitlines()[-1])
    rows = {row["name"]: row for row in end["latencies"]}
    return {"cpu": cpu, "done": end["succeeded"], "again": end["retransmitted"], "achieved": end["offered"],
            "p50": rows["established"]["p50_ms"] * 1000, "p99": rows["established"]["p99_ms"] * 1000}


def told_last(pattern, said):
    found = re.findall(pattern, said)
    return float(found[-1]) if found else 0


def sipp(port, how, count, folder):
    how = ["-r", str(how["rate"]), "-l", str(count)] if "rate" in how else ["-r", "100000", "-l", str(how["at_once"])]
    said, cpu = taken(["sipp", "-sn", "uac", f"127.0.0.1:{port}", "-i", "127.0.0.1", "-p", str(lab.free_port()), *how, "-m", str(count), "-nostdin",
                       "-buff_size", "4194304"], folder)
    return {"cpu": cpu, "done": int(told_last(r"Successful call\s*\|[^|]*\|\s*(\d+)", said)),
            "again": int(sum(told_last(rf"{method} -+>\s*\d+\s+(\d+)", said) for method in ("INVITE", "BYE"))),
            "achieved": told_last(r"Call Rate\s*\|[^|]*\|\s*([\d.]+) cps", said), "p50": 0, "p99": 0}


def once(server, who, how, count, folder):
    busy, theirs, clock = lab.busy_s(), lab.cpu_ns(server.pids), os.times().elapsed
    run = who(server.port, how, count, folder)
    run["callee"] = (lab.cpu_ns(server.pids) - theirs) / 1e9
    run["us"], run["callee_us"] = (seconds * 1e6 / max(1, run["done"]) for seconds in (run["cpu"], run["callee"]))
    run["foreign"] = max(0.0, lab.busy_s() - busy - run["cpu"] - run["callee"]) / (os.cpu_count() * (os.times().elapsed - clock))
    return run


def conditions(runs, count, base, **more):
    return {"runs": len(runs), "us": [round(run["us"], 1) for run in runs], "callee_us": [round(run["callee_us"], 1) for run in runs], "count": count,
            "achieved": round(lab.median(runs, "achieved")), "lost": [count - run["done"] for run in runs], "sent_again": [run["again"] for run in runs],
            "p50_us": round(lab.median(runs, "p50")), "p99_us": round(lab.median(runs, "p99")), "ratio_to_sipp": round(lab.median(runs, "us") / base, 3),
            "foreign_cpu_share": [round(run["foreign"], 3) for run in runs], **more, **lab.machine()}


def at_rates(report, folder):
    whos = {"tandem": tandem, SIPP: sipp}
    with tandem_answers() as server:
        for rate in RATES:
            runs = lab.rounds(whos, lambda who, rate=rate: once(server, who, {"rate": rate}, rate * SECONDS, folder))
            base = lab.median(runs[SIPP], "us")
            report.figures(f"call offered at {rate}/s", "us", {who: lab.median(kept, "us") for who, kept in runs.items()},
                           {who: conditions(kept, rate * SECONDS, base, rate=rate) for who, kept in runs.items()})


def as_fast_as_it_goes(report, folder):
    """Each end on a CPU of its own. Calls a CPU-second of an end are what one CPU is enough for."""
    whos = {f"{caller} to {callee}": (call, server) for caller, call in (("tandem", tandem), (SIPP, sipp))
            for callee, server in (("tandem", tandem_answers), (SIPP, sipp_answers))}

    def take(pair):
        with pair[1]() as server:
            return once(server, pair[0], {"at_once": AT_ONCE}, COUNT, folder)

    runs = lab.rounds(whos, take)
    for end, key in (("calling", "us"), ("answering", "callee_us")):
        base = lab.median(runs[f"{SIPP} to {SIPP}"], key)
        report.figures(f"{end}, {AT_ONCE} calls at once", "us", {who: lab.median(kept, key) for who, kept in runs.items()},
                       {who: conditions(kept, COUNT, base, a_cpu_second=round(1e6 / lab.median(kept, key)),
                                        times_sipp=round(base / lab.median(kept, key), 2)) for who, kept in runs.items()})


def measure(report):
    if not shutil.which("sipp"):
        raise lab.Broken("SIPp is not installed")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        at_rates(report, folder)
        as_fast_as_it_goes(report, folder)


if __name__ == "__main__":
    sys.exit(lab.main("generators", __doc__, measure))
