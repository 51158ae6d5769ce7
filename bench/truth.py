"""What `tandem load` and SIPp say of the same calls: offered at the same rate, by turns, through our server and through Kamailio, to one callee that
rings for 50 ms. A figure is the mean time from INVITE to 200; calls that were lost and requests that were sent again are told with it, as the
generator and as the callee counts them. SIPp's clock ticks every 4 ms."""
import contextlib
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

import lab
from generators import SIPP, told_last

RATES, SECONDS, RING_MS = (1000, 3000), 5, 50
SCENARIO = os.path.join(os.path.dirname(lab.HERE), "tests", "e2e", "sipp", "caller.xml")
TANDEM = os.path.join(lab.BUILD, "tandem")


@contextlib.contextmanager
def callee():
    """Its port, and a list that has what it counted once it has ended."""
    port, counted = lab.free_port(), []
    process = subprocess.Popen(["taskset", "-c", str(lab.cpus()[1]), TANDEM, "load", "answer", "--local", f"udp:127.0.0.1:{port}", "--ring",
                                str(RING_MS / 1000), "--json"], stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        yield port, counted
    finally:
        process.terminate()
        counted.append(json.loads(process.communicate()[0].splitlines()[-1]))


def on_second_cpu(command, folder):
    return subprocess.run(["taskset", "-c", str(lab.cpus()[1]), *command], capture_output=True, text=True, timeout=lab.LOAD_S, check=False, cwd=folder).stdout


def tandem(server, port, rate, count, folder):
    end = json.loads(on_second_cpu([TANDEM, "load", "call", f"sip:service@127.0.0.1:{port}", "--server", f"udp:127.0.0.1:{server.port}", "--rate", str(rate),
                                    "--count", str(count), "--json"], folder).splitlines()[-1])
    row = next(row for row in end["latencies"] if row["name"] == "INVITE 200")
    return {"done": end["succeeded"], "again": end["retransmitted"], "mean": row["mean_ms"], "p50": row["p50_ms"], "p99": row["p99_ms"]}


def sipp(server, port, rate, count, folder):
    said = on_second_cpu(["sipp", "-sf", SCENARIO, f"127.0.0.1:{port}", "-rsa", f"127.0.0.1:{server.port}", "-i", "127.0.0.1", "-p", str(lab.free_port()),
                          "-s", "service", "-r", str(rate), "-m", str(count), "-l", str(count), "-nostdin", "-buff_size", "4194304", "-trace_rtt",
                          "-rtt_freq", "1"], folder)
    path = glob.glob(os.path.join(folder, "*_rtt.csv"))[0]
    with open(path, encoding="latin-1") as f:
        times = sorted(float(line.split(";")[1]) for line in f if line[0].isdigit())
    os.unlink(path)
    return {"done": int(told_last(r"Successful call\s*\|[^|]*\|\s*(\d+)", said)),
            "again": int(sum(told_last(rf"{method} -+>\s*\d+\s+(\d+)", said) for method in ("INVITE", "BYE"))),
            "mean": statistics.fmean(times), "p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}


def once(server, who, rate, folder):
    busy, clock = lab.busy_s(), os.times()
    with callee() as (port, counted):
        run = who(server, port, rate, rate * SECONDS, folder)
    after = os.times()
    mine = after.children_user + after.children_system - clock.children_user - clock.children_system
    run["came"], run["repeated"] = counted[0]["started"], counted[0]["repeated"]
    run["foreign"] = max(0.0, lab.busy_s() - busy - mine) / (os.cpu_count() * (after.elapsed - clock.elapsed))
    return run


def conditions(runs, rate):
    return {"runs": len(runs), "rate": rate, "count": rate * SECONDS, "mean_ms": [round(run["mean"], 2) for run in runs],
            "p50_us": round(lab.median(runs, "p50") * 1000), "p99_us": round(lab.median(runs, "p99") * 1000),
            "lost": [rate * SECONDS - run["done"] for run in runs], "sent_again": [run["again"] for run in runs],
            "came": [run["came"] for run in runs], "came_again": [run["repeated"] for run in runs],
            "foreign_cpu_share": [round(run["foreign"], 3) for run in runs], **lab.machine()}


def measure(report):
    if not shutil.which("sipp"):
        raise lab.Broken("SIPp is not installed")
    whos = {"tandem": tandem, SIPP: sipp}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, lab.running({"tandem serve": lab.tandem, **lab.peers("proxy.cfg")}) as servers:
        for name, server in servers.items():
            for rate in RATES:
                runs = lab.rounds(whos, lambda who, server=server, rate=rate: once(server, who, rate, folder), more=0)
                report.figures(f"INVITE to 200 at {rate}/s through {name}", "ms", {who: lab.median(kept, "mean") for who, kept in runs.items()},
                               {who: conditions(kept, rate) for who, kept in runs.items()})


if __name__ == "__main__":
    sys.exit(lab.main("truth", __doc__, measure))
