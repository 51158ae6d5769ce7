"""What the measurements of whole servers share: starting a server on a CPU of its own, loading it from another, reading its CPU time
and memory, repeating, comparing, printing. Everything on loopback, everything bounded, only own processes ended."""
import argparse
import contextlib
import json
import os
import platform
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(HERE), os.environ.get("TANDEM_BENCH_BUILD", "build-bench"))
TICKS = os.sysconf("SC_CLK_TCK")
RUNS = 3
# Runs of a round in which others used more than this share of the machine are taken again, so many rounds at most.
FOREIGN_MAX, MORE_ROUNDS = 0.06, 2
START_S, STOP_S, LOAD_S = 15, 10, 60


class Broken(Exception):
    """Something could not run."""


def cpus():
    """The server's CPU and the generator's."""
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) < 2:
        raise Broken("server and generator need a CPU each; there is one")
    return mine[0], mine[1]


def free_port():
    """Of both kinds."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            udp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                tcp.bind(udp.getsockname())
                return udp.getsockname()[1]


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except OSError:
        return ""


def tree(pid):
    """This process and all below it."""
    below, found, left = {}, [], [pid]
    for name in filter(str.isdigit, os.listdir("/proc")):
        stat = read(f"/proc/{name}/stat")
        if stat:
            below.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(name))
    while left:
        found.append(left.pop())
        left += below.get(found[-1], [])
    return found


def cpu_ns(pids):
    """Nanoseconds on a CPU of all threads that live."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                total += int((read(f"/proc/{pid}/task/{thread}/schedstat") or "0").split()[0])
    return total


def pss_bytes(pids):
    lines = [line for pid in pids for line in read(f"/proc/{pid}/smaps_rollup").splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def busy_s():
    """CPU seconds that the whole machine has worked."""
    ticks = [int(n) for n in read("/proc/stat").splitlines()[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / TICKS


class Server:
    """A server under test, pinned to the first CPU. Ends with the `with`."""

    def __init__(self, who, command, port, says_ready, prepare=None):
        self.who, self.port, self.says_ready = who, port, says_ready
        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        if prepare:
            prepare(self.folder.name)
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.command = ["taskset", "-c", str(cpus()[0])] + [part.replace("@FOLDER@", self.folder.name) for part in command]
        self._start()

    def _start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log)

    def restart(self):
        """Ends it and starts it on the same folder; the seconds until it is ready."""
        self._end()
        self.process.stdout.close()
        began = time.monotonic()
        self._start()
        self._wait_ready()
        self.pids = tree(self.process.pid)
        return time.monotonic() - began

    def __enter__(self):
        try:
            self._wait_ready()
        except Broken:
            self.__exit__()
            raise
        self.pids = tree(self.process.pid)
        return self

    def __exit__(self, *_):
        pids = tree(self.process.pid) if self.process.poll() is None else []
        self._end()
        for pid in pids[1:]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.process.stdout.close()
        self.log.close()
        self.folder.cleanup()

    def _end(self):
        """Asked twice: the second time there is nothing to finish for anyone."""
        deadline = time.monotonic() + STOP_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _wait_ready(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self._said_ready() if self.says_ready else self._answers():
                return
        self.log.seek(0)
        text = self.log.read().decode(errors="replace")[-2000:]
        raise Broken(f"{self.who} did not start\n{text}")

    def _said_ready(self):
        if not select.select([self.process.stdout], [], [], 0.1)[0]:
            return False
        return self.process.stdout.readline().startswith(b"ready")

    def _answers(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(0.05)
            name, me = uuid.uuid4().hex, s.getsockname()[1]
            request = (f"OPTIONS sip:127.0.0.1:{self.port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{me};branch=z9hG4bK{name};rport\r\n"
                       f"Max-Forwards: 1\r\nFrom: <sip:bench@127.0.0.1>;tag={name}\r\nTo: <sip:127.0.0.1:{self.port}>\r\n"
                       f"Call-ID: {name}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
            try:
                s.sendto(request.encode(), ("127.0.0.1", self.port))
                return s.recv(4096).startswith(b"SIP/2.0 ")
            except OSError:
                time.sleep(0.02)
                return False

    def pss(self):
        return pss_bytes(self.pids)

    def load(self, case, rate, count, *more):
        """Offers load from the second CPU; what the generator says, with the server's CPU time an item and the share of the
        machine that others used."""
        command = ["taskset", "-c", str(cpus()[1]), os.path.join(BUILD, "bench", "load"), case, "--server", str(self.port),
                   "--rate", str(rate), "--count", str(count), *map(str, more)]
        cpu, busy, clock = cpu_ns(self.pids), busy_s(), time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=LOAD_S, check=False)
        cpu, busy, clock = cpu_ns(self.pids) - cpu, busy_s() - busy, time.monotonic() - clock
        if not done.stdout:
            raise Broken(f"the generator: {done.stderr.strip()}")
        told = json.loads(done.stdout)
        told["p50"], told["p99"] = told["latency_us"]["p50"], told["latency_us"]["p99"]
        told["us"] = cpu / 1e3 / max(1, told["done"])
        told["server_share"] = cpu / 1e9 / clock
        told["foreign"] = max(0.0, busy - cpu / 1e9 - told["cpu_s"]) / (os.cpu_count() * clock)
        return told


def tandem(domain=None, lasting=False, accounts=(), roads=("udp",), config=None):
    """`lasting`: in a data folder. Accounts, lines of an AOR and a password, are in it, too. The server's port is that of roads[0]."""
    port = free_port()
    command = [os.path.join(BUILD, "tandem"), "serve", "--workers", "1", "--listen", f"{roads[0]}:127.0.0.1:{port}"]
    command += [word for road in roads[1:] for word in ("--listen", f"{road}:127.0.0.1:{free_port()}")]
    command += ["--config", config] if config else []
    command += ["--domain", domain] if domain else []
    command += ["--data", "@FOLDER@"] if lasting or accounts else []
    return Server("tandem", command, port, True, lambda folder: add_accounts(folder, accounts))


def add_accounts(folder, lines):
    if lines:
        subprocess.run([os.path.join(BUILD, "tandem"), "user", "import", "--data", folder], input="\n".join(lines), text=True,
                       stdout=subprocess.DEVNULL, check=True)


def kamailio_program():
    return shutil.which("kamailio") or shutil.which("kamailio", path="/usr/sbin:/usr/local/sbin")


def kamailio_name():
    words = subprocess.run([kamailio_program(), "-v"], capture_output=True, text=True, check=False).stdout.split()
    return f"kamailio {words[words.index('kamailio') + 1]}"


def kamailio(configuration, road="udp", cert=None):
    """One child and the fast allocator; Debian's default, the debugging one, costs several times as much."""
    port = free_port()
    words = {"udp": [], "tcp": ["WITH_TCP"], "tls": ["WITH_TCP", "WITH_TLS"], "ws": ["WITH_TCP", "WITH_WS"]}[road]
    words += [f'CERT="{cert}"'] if cert else []
    streams = ["-l", f"{'tls' if road == 'tls' else 'tcp'}:127.0.0.1:{port}"] if words else []
    command = [kamailio_program(), "-f", os.path.join(HERE, "kamailio", configuration), "-l", f"udp:127.0.0.1:{port}", *streams,
               *(word for name in words for word in ("-A", name)), "-n", "1", "-b", "4194304", "-m", "2048", "-M", "64", "-x", "fm", "-X", "fm",
               "-DD", "-E", "-w", "@FOLDER@", "-Y", "@FOLDER@"]
    return Server(kamailio_name(), command, port, False)


@contextlib.contextmanager
def certificate(name):
    """A folder with the certificate and key NAME.pem (ECDSA P-256) and their authority's ca.pem, as `tandem cert` makes them."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        subprocess.run([os.path.join(BUILD, "tandem"), "cert", "--out", folder, name], check=True, stdout=subprocess.DEVNULL)
        yield folder


def relay(callee_port):
    port = free_port()
    return Server("floor", [os.path.join(BUILD, "bench", "relay"), str(port), str(callee_port)], port, True)


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def peers(configuration, road="udp", cert=None):
    """{who: start} of the peers that are installed."""
    if not kamailio_program():
        say("kamailio is not installed; measured without it")
        return {}
    return {kamailio_name(): lambda: kamailio(configuration, road, cert)}


def is_clean(run):
    return run["foreign"] <= FOREIGN_MAX


@contextlib.contextmanager
def running(starts):
    """{who: server} of {who: start}, all running side by side."""
    with contextlib.ExitStack() as stack:
        yield {who: stack.enter_context(start()) for who, start in starts.items()}


def rounds(servers, once, warming=1, more=MORE_ROUNDS):
    """Takes turns: {who: runs} of once(server) for {who: server}: rounds whose figures are dropped, RUNS rounds, and some more for a
    server that lacks clean runs. The cleanest RUNS of each are kept, in their order."""
    for _ in range(warming):
        for server in servers.values():
            once(server)
    runs = {who: [] for who in servers}
    for number in range(RUNS + more):
        for who, server in servers.items():
            if number < RUNS or sum(map(is_clean, runs[who])) < RUNS:
                runs[who].append(once(server))
    for who, taken in runs.items():
        kept = sorted(taken, key=lambda run: run["foreign"])[:RUNS]
        runs[who] = [run for run in taken if run in kept]
    return runs


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def machine():
    return {"cpus": os.cpu_count(), "architecture": platform.machine(), "kernel": platform.release()}


def conditions(runs, **more):
    """What must be known to read the figure."""
    return {"runs": len(runs), "us": [round(run["us"], 2) for run in runs], "rate": runs[0]["rate"], "count": runs[0]["count"],
            "achieved": round(median(runs, "achieved")), "lost": [run["lost"] for run in runs], "bad": [run["bad"] for run in runs],
            "p50_us": round(median(runs, "p50")), "p99_us": round(median(runs, "p99")),
            "server_cpu_share": round(median(runs, "server_share"), 3),
            "foreign_cpu_share": [round(run["foreign"], 3) for run in runs], **more, **machine()}


def bar_of(figure, most):
    """What is asked of a figure, and whether it is met; None: nothing is asked, or there is none."""
    return None if figure is None or most is None else {"most": most, "met": figure <= most}


def bar_text(told):
    bar = told.get("bar")
    return f"{bar['most']:g}: {'met' if bar['met'] else 'not met'}" if bar else ""


class Report:
    """Prints what is measured, as JSON Lines or as a table, and remembers whether all went well."""

    def __init__(self, bench, as_json):
        self.bench, self.as_json, self.failed = bench, as_json, False

    def figures(self, what, unit, values, told, most=None, most_ratio=None):
        """One figure for each of {who: value}, with the ratio to Kamailio's; told: {who: conditions}. A bar, of the value or of
        the ratio, is Tandem's alone."""
        base = next((value for who, value in values.items() if who.startswith("kamailio")), None)
        for who, value in values.items():
            ratio = round(value / base, 3) if base else None
            bar = bar_of(value, most) or bar_of(ratio, most_ratio) if who == "tandem" else None
            self._print(who, what, value, unit, ratio, {**told[who], **({"bar": bar} if bar else {})})

    def plain(self, what, unit, values, told, most=None):
        """Figures that the load generator has no part in: nothing of theirs is lost or late."""
        none = {"p50_us": 0, "p99_us": 0, "lost": [0], "foreign_cpu_share": [0.0]}
        self.figures(what, unit, values, {who: {**none, **more} for who, more in told.items()}, most=most)

    def costs(self, what, runs, most_ratio=None, **more):
        """CPU time an item, of {who: runs}; calls that Tandem lost are a failure."""
        self.figures(what, "us", {who: median(taken, "us") for who, taken in runs.items()},
                     {who: conditions(taken, **more) for who, taken in runs.items()}, most_ratio=most_ratio)
        for run in runs["tandem"]:
            if run["lost"] or run["bad"]:
                say(f"tandem, {what}: {run['lost']} lost, {run['bad']} bad (status {run['bad_status']})")
                self.failed = True

    def _print(self, who, what, value, unit, ratio, told):
        if self.as_json:
            line = json.dumps({"bench": self.bench, "who": who, "what": what, "value": round(value, 2), "unit": unit,
                               "ratio_to_kamailio": ratio, "conditions": told}, separators=(",", ":"))
        else:
            beside = f"{ratio:6.2f} of kamailio's" if ratio is not None else " " * 20
            line = (f"{who:<16} {what:<38} {value:9.2f} {unit:<5} {beside}  p50 {told['p50_us']:>5} us  p99 {told['p99_us']:>6} us  "
                    f"lost {sum(told['lost'])}  others' share {max(told['foreign_cpu_share']):.2f}"
                    f"{'  at most ' + bar_text(told) if 'bar' in told else ''}")
        print(line, flush=True)


def two_ways(bench, about, other, configuration):
    """The script of a bench that takes the CPU time of calls beside that of calls by `other`, a server with this configuration."""
    def measure(report):
        callee = free_port()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "other.yaml")
            with open(path, "w", encoding="ascii") as f:
                f.write(configuration + "\n")
            starts = {"tandem": tandem, other: lambda: tandem(config=path)}
            for rate in (1000, 5000):
                with running(starts) as servers:
                    runs = rounds(servers, lambda server, rate=rate: server.load("call", rate, rate * 2, "--callee", callee))
                report.costs(f"call at {rate}/s", runs, transport="udp", workers=1)
    return main(bench, about, measure)


def main(bench, about, measure):
    """Runs measure(report) for a script's main; returns the exit status."""
    parser = argparse.ArgumentParser(prog=f"./dev bench {bench}", description=about)
    parser.add_argument("--json", action="store_true", help="JSON Lines, an object a figure")
    report = Report(bench, parser.parse_args().json)
    try:
        measure(report)
    except (Broken, OSError, subprocess.SubprocessError) as error:
        say(f"{bench}: {error}")
        return 1
    return 1 if report.failed else 0
