"""CPU time of the generators themselves: what offering a call costs `tandem load` and SIPp, at the same rates, to the same callee."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import lab

RATES, SECONDS = (1000, 4000, 10000), 3


def callee():
    """Takes calls on the first CPU."""
    port = lab.free_port()
    return lab.Server("callee", [os.path.join(lab.BUILD, "tandem"), "load", "answer", "--local", f"udp:127.0.0.1:{port}"], port, True)


def taken(command, folder):
    """What it said, its CPU seconds, and the share of the machine that neither it nor the callee used."""
    before = os.times()
    done = subprocess.run(["taskset", "-c", str(lab.cpus()[1]), *command], capture_output=True, text=True, timeout=lab.LOAD_S, check=False, cwd=folder)
    after = os.times()
    return done.stdout, after.children_user + after.children_system - before.children_user - before.children_system


def tandem(port, rate, folder):
    said, cpu = taken([os.path.join(lab.BUILD, "tandem"), "load", "call", f"sip:service@127.0.0.1:{port}", "--rate", str(rate),
                       "--count", str(rate * SECONDS), "--json"], folder)
    end = json.loads(said.splitlines()[-1])
    rows = {row["name"]: row for row in end["latencies"]}
    return {"cpu": cpu, "done": end["succeeded"], "achieved": end["offered"], "p50": rows["established"]["p50_ms"] * 1000,
            "p99": rows["established"]["p99_ms"] * 1000}


def sipp(port, rate, folder):
    count, said = rate * SECONDS, ""
    said, cpu = taken(["sipp", "-sn", "uac", f"127.0.0.1:{port}", "-i", "127.0.0.1", "-p", str(lab.free_port()), "-r", str(rate), "-m", str(count),
                       "-l", str(count), "-nostdin", "-buff_size", "4194304"], folder)
    ok = [int(n) for n in re.findall(r"Successful call\s*\|[^|]*\|\s*(\d+)", said)]
    seconds = [float(n) for n in re.findall(r"Call Rate\s*\|[^|]*\|\s*([\d.]+) cps", said)]
    return {"cpu": cpu, "done": ok[-1] if ok else 0, "achieved": seconds[-1] if seconds else 0, "p50": 0, "p99": 0}


def once(server, who, rate, folder):
    busy, theirs = lab.busy_s(), lab.cpu_ns(server.pids)
    run = who(server.port, rate, folder)
    run["callee"] = (lab.cpu_ns(server.pids) - theirs) / 1e9
    run["us"] = run["cpu"] * 1e6 / max(1, run["done"])
    run["foreign"] = max(0.0, lab.busy_s() - busy - run["cpu"] - run["callee"]) / (os.cpu_count() * SECONDS)
    return run


def measure(report):
    if not shutil.which("sipp"):
        raise lab.Broken("SIPp is not installed")
    whos = {"tandem": tandem, "sipp 3.6.1": sipp}
    with callee() as server, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for rate in RATES:
            runs = lab.rounds(whos, lambda who, rate=rate: once(server, who, rate, folder))
            base = lab.median(runs["sipp 3.6.1"], "us")
            told = {who: {"runs": len(kept), "us": [round(run["us"], 1) for run in kept], "rate": rate, "count": rate * SECONDS,
                          "achieved": round(lab.median(kept, "achieved")), "lost": [rate * SECONDS - run["done"] for run in kept],
                          "p50_us": round(lab.median(kept, "p50")), "p99_us": round(lab.median(kept, "p99")),
                          "ratio_to_sipp": round(lab.median(kept, "us") / base, 3),
                          "foreign_cpu_share": [round(run["foreign"], 3) for run in kept], **lab.machine()} for who, kept in runs.items()}
            report.figures(f"call offered at {rate}/s", "us", {who: lab.median(kept, "us") for who, kept in runs.items()}, told)


sys.exit(lab.main("generators", __doc__, measure))
