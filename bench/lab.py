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
START_S, STOP_S, LOAD_S = 60, 10, 60
ASK_S = 0.002  # how often a server that starts is asked


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


def children_s():
    """CPU seconds of the processes that ran and ended here."""
    now = os.times()
    return now.children_user + now.children_system


class Server:
    """A server under test, pinned to the first CPU, or to more. Ends with the `with`."""

    def __init__(self, who, command, port, says_ready, prepare=None, n_cpus=1):
        self.who, self.port, self.says_ready = who, port, says_ready
        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        if prepare:
            prepare(self.folder.name)
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.command = ["taskset", "-c", ",".join(map(str, cpus()[:n_cpus]))] + [part.replace("@FOLDER@", self.folder.name) for part in command]
        self._start()

    def _start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, start_new_session=True)

    def restart(self):
        """Ends it and starts it on the same folder; the seconds from its execution to its first 200, to an OPTIONS."""
        self._end()
        self.process.stdout.close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(ASK_S)
            began = time.monotonic()
            self._start()
            while not self._answers(s):
                if time.monotonic() - began > START_S:
                    raise Broken(f"{self.who} did not answer")
            seconds = time.monotonic() - began
        self._wait_ready()
        self.pids = tree(self.process.pid)
        return seconds

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
            if self._said_ready() if self.says_ready else self._answers_anew():
                return
        self.log.seek(0)
        text = self.log.read().decode(errors="replace")[-2000:]
        raise Broken(f"{self.who} did not start\n{text}")

    def _said_ready(self):
        if not select.select([self.process.stdout], [], [], 0.1)[0]:
            return False
        return self.process.stdout.readline().startswith(b"ready")

    def _answers_anew(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(0.05)
            return self._answers(s)

    def _answers(self, s):
        """Asks; has this socket an answer, to this request or one before, within its time?"""
        name, me = uuid.uuid4().hex, s.getsockname()[1]
        request = (f"OPTIONS sip:127.0.0.1:{self.port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{me};branch=z9hG4bK{name};rport\r\n"
                   f"Max-Forwards: 1\r\nFrom: <sip:bench@127.0.0.1>;tag={name}\r\nTo: <sip:127.0.0.1:{self.port}>\r\n"
                   f"Call-ID: {name}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
        try:
            s.sendto(request.encode(), ("127.0.0.1", self.port))
            return s.recv(4096).startswith(b"SIP/2.0 200 ")
        except OSError:
            time.sleep(s.gettimeout())
            return False

    def pss(self):
        return pss_bytes(self.pids)

    def beside(self, command):
        """What a generator on the second CPU says when it ends, and what meanwhile() tells."""
        def offer():
            done = subprocess.run(self.other_cpu(command), capture_output=True, text=True, timeout=LOAD_S, check=False)
            return done.stdout or done.stderr
        return self.meanwhile(offer)

    def other_cpu(self, command):
        return ["taskset", "-c", str(cpus()[1]), *map(str, command)]

    def meanwhile(self, offer):
        """What a generator says in the last line of what offer() returns; and the server's CPU seconds meanwhile, its share of a CPU, the
        generator's, and the share of the machine that others used."""
        cpu, busy, clock, own = cpu_ns(self.pids), busy_s(), time.monotonic(), children_s()
        text = offer()
        cpu, busy, clock, own = (cpu_ns(self.pids) - cpu) / 1e9, busy_s() - busy, time.monotonic() - clock, children_s() - own
        if not text.startswith("{"):
            raise Broken(f"the generator: {text.strip()}")
        told = json.loads(text.splitlines()[-1])
        own = own or told["cpu_s"]  # one that goes on has not ended as a child of ours
        return told, {"cpu": cpu, "elapsed": clock, "server_share": cpu / clock, "generator_share": own / clock,
                      "foreign": max(0.0, busy - cpu - own) / (os.cpu_count() * clock)}

    def generator(self, case, rate, count, *more):
        return [os.path.join(BUILD, "bench", "load"), case, "--server", self.port, "--rate", rate, "--count", count, *more]

    def load(self, case, rate, count, *more):
        """Offers load that is not repeated (bench/load.c)."""
        return each_us(*self.beside(self.generator(case, rate, count, *more)))

    @contextlib.contextmanager
    def holding(self, rate, count, *more):
        """Calls that stand within the `with`; yields what the generator says of them, and a function of a rate and a count that offers
        requests within them."""
        with subprocess.Popen(self.other_cpu(self.generator("held", rate, count, *more)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as process:
            def inside(rate, count):
                process.stdin.write(f"{rate} {count}\n")
                process.stdin.flush()
                return process.stdout.readline()
            stand = each_us(*self.meanwhile(process.stdout.readline))
            yield stand, lambda rate, count: each_us(*self.meanwhile(lambda: inside(rate, count)))

    def call_users(self, rate, seconds, *more):
        """Offers calls as users make them, who repeat what is not answered: `tandem load`, both ends."""
        told, taken = self.beside([os.path.join(BUILD, "tandem"), "load", "call", "sip:bob@127.0.0.1", "--server", f"udp:127.0.0.1:{self.port}", "--answer",
                                   "--rate", rate, "--for", seconds, "--json", *more])
        return {**told, **taken, "us": taken["cpu"] * 1e6 / max(1, told["succeeded"])}


def each_us(told, taken):
    """A load's figures, with the server's CPU time an item."""
    return {**told, **taken, "p50": told["latency_us"]["p50"], "p99": told["latency_us"]["p99"], "us": taken["cpu"] * 1e6 / max(1, told["done"])}


def tandem(domain=None, lasting=False, accounts=(), roads=("udp",), config=None, workers=1):
    """`lasting`: in a data folder. Accounts, lines of an AOR and a password, are in it, too. The server's port is that of roads[0]."""
    port = free_port()
    command = [os.path.join(BUILD, "tandem"), "serve", "--workers", str(workers), "--listen", f"{roads[0]}:127.0.0.1:{port}"]
    command += [word for road in roads[1:] for word in ("--listen", f"{road}:127.0.0.1:{free_port()}")]
    command += ["--config", config] if config else []
    command += ["--domain", domain] if domain else []
    command += ["--data", "@FOLDER@"] if lasting or accounts else []
    return Server("tandem", command, port, True, lambda folder: add_accounts(folder, accounts), n_cpus=workers)


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
def configured(text):
    """The path of a file with this configuration."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = os.path.join(folder, "tandem.yaml")
        with open(path, "w", encoding="ascii") as f:
            f.write(text + "\n")
        yield path


@contextlib.contextmanager
def certificate(name):
    """A folder with the certificate and key NAME.pem (ECDSA P-256) and their authority's ca.pem, as `tandem cert` makes them."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        subprocess.run([os.path.join(BUILD, "tandem"), "cert", "--out", folder, name], check=True, stdout=subprocess.DEVNULL)
        yield folder


def relay(*callee):
    """The floor, between the generator's two ends; without a callee's port it answers."""
    port = free_port()
    return Server("floor", [os.path.join(BUILD, "bench", "relay"), str(port), *map(str, callee)], port, True)


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


def highest(first, holds, near=1.04, most=60000):
    """holds(rate) of the highest rate for which it is true, within `near`: half as much again until it is not, then between."""
    good, bad, rate, kept = 0, None, first, None
    while rate <= most and (bad is None or bad > good * near):
        run = holds(rate)
        good, bad, kept = (rate, bad, run) if run else (good, rate, kept)
        rate = round((good * bad) ** 0.5 if good and bad else bad / 2 if bad else rate * 1.5)
    if not kept:
        raise Broken("no rate holds")
    return kept


def machine():
    return {"cpus": os.cpu_count(), "architecture": platform.machine(), "kernel": platform.release()}


def conditions(runs, **more):
    """What must be known to read the figure."""
    return {"runs": len(runs), "us": [round(run["us"], 2) for run in runs], "rate": runs[0]["rate"], "count": runs[0]["count"],
            "achieved": round(median(runs, "achieved")), "lost": [run["lost"] for run in runs], "bad": [run["bad"] for run in runs],
            "p50_us": round(median(runs, "p50")), "p99_us": round(median(runs, "p99")),
            "server_cpu_share": round(median(runs, "server_share"), 3),
            "foreign_cpu_share": [round(run["foreign"], 3) for run in runs], **more, **machine()}


class Report:
    """Prints what is measured, as JSON Lines, and remembers whether all went well."""

    def __init__(self, bench):
        self.bench, self.failed = bench, False

    def figures(self, what, unit, values, told):
        """One figure for each of {who: value}, with the ratio to Kamailio's; told: {who: conditions}."""
        base = next((value for who, value in values.items() if who.startswith("kamailio")), None)
        for who, value in values.items():
            ratio = round(value / base, 3) if base and base > 0 else None
            print(json.dumps({"bench": self.bench, "who": who, "what": what, "value": round(value, 3), "unit": unit, "ratio_to_kamailio": ratio,
                              "conditions": told[who]}, separators=(",", ":")), flush=True)

    def plain(self, what, unit, values):
        """Figures that the load generator has no part in."""
        self.figures(what, unit, values, {who: machine() for who in values})

    def costs(self, what, runs, **more):
        """CPU time an item, of {who: runs}; calls that Tandem lost are a failure."""
        self.figures(what, "us", {who: median(taken, "us") for who, taken in runs.items()},
                     {who: conditions(taken, **more) for who, taken in runs.items()})
        for run in runs["tandem"]:
            if run["lost"] or run["bad"]:
                say(f"tandem, {what}: {run['lost']} lost, {run['bad']} bad (status {run['bad_status']})")
                self.failed = True


def two_ways(bench, about, other, configuration):
    """The script of a bench that takes the CPU time of calls beside that of calls by `other`, a server with this configuration."""
    def measure(report):
        callee = free_port()
        with configured(configuration) as path:
            starts = {"tandem": tandem, other: lambda: tandem(config=path)}
            for rate in (1000, 5000):
                with running(starts) as servers:
                    runs = rounds(servers, lambda server, rate=rate: server.load("call", rate, rate * 2, "--callee", callee))
                report.costs(f"call at {rate}/s", runs, transport="udp", workers=1)
    return main(bench, about, measure)


def main(bench, about, measure, **counts):
    """Runs measure(report) for a script's main, with a keyword for each option that is a count and its default; returns the exit
    status."""
    parser = argparse.ArgumentParser(prog=f"./dev bench {bench}", description=about)
    for name, count in counts.items():
        parser.add_argument(f"--{name}", type=int, default=count, help=f"how many; {count} when not given")
    told = vars(parser.parse_args())
    report = Report(bench)
    try:
        measure(report, **told)
    except (Broken, OSError, subprocess.SubprocessError) as error:
        say(f"{bench}: {error}")
        return 1
    return 1 if report.failed else 0
