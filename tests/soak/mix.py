"""What a soak offers, all of it at once: kinds of sessions, each a process of its own that writes each interval, and the end, in JSON Lines; who is
called; and SIPp as a witness of some of the calls. Peers come from 127.0.1.0/24, accounts from 127.0.0.1, strangers from 127.0.9.1."""
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from typing import NamedTuple

import lab
from server import free_port, is_bound, wait_for
from sipp import Sipp

HERE = os.path.dirname(os.path.abspath(__file__))
TANDEM = os.path.join(lab.BUILD, "tandem")
DOMAIN, PASSWORD, ACCOUNTS = "soak.test", "soak", 200
LAST_S = 75  # the longest session, after the last one has begun
PEER, CALLED, WITNESS = "--local udp:127.0.1.1:0", "127.0.1.2", "127.0.1.3"


class Kind(NamedTuple):
    """`share`: of all sessions. `lasts`: the seconds that its sessions spend waiting, so that how long they take is no latency."""
    name: str
    share: float
    words: str
    lasts: float = 0


KINDS = [
    Kind("registrations of accounts", 22, "register sip:acc@{domain} --server {udp} --users 100 --expires 300"),
    Kind("registrations of peers, TCP", 10, "register sip:peer@{domain} --server {tcp} --local tcp:127.0.1.1:0 --ports 4 --users 100 --expires 300"),
    Kind("calls of peers, UDP", 20, "call sip:trunk@{domain} --server {udp} " + PEER + " --answer --register --users 50 --expires 86400"),
    Kind("calls of accounts, TCP", 6, "call sip:acc@{domain} --server {tcp} --answer --register --first 100 --users 50 --ports 4 --expires 86400"),
    Kind("calls of accounts, TLS", 6, "call sip:acc@{domain} --server {tls} --ca {ca} --answer --register --first 150 --users 50 --ports 4 --expires 86400"),
    Kind("calls that last", 6, "call sip:held@{domain} --server {udp} " + PEER + " --answer --register --users 50 --expires 86400 --ring 1 --hold 20", 21),
    Kind("calls cancelled at once", 3, "run {here}/gives_up.xml sip:x@{ringing} --server {udp} " + PEER + " --hold 0.2", 0.2),
    Kind("calls that nobody answers", 2, "run {here}/gives_up.xml sip:x@{ringing} --server {udp} " + PEER + " --hold 10", 10),
    Kind("calls to a phone that is dead", 0.5, "run {here}/expects_408.xml sip:x@{dead} --server {udp} " + PEER + " --timeout 60", 32),
    Kind("calls refused by SIPp", 4, "run {here}/expects_486.xml sip:x@{busy} --server {udp} " + PEER),
    Kind("MESSAGE to SIPp", 6, "message sip:x@{mailbox} --server {udp} " + PEER),
    Kind("subscriptions", 2, "subscribe sip:x@{notifier} --server {udp} " + PEER),
    Kind("OPTIONS of accounts, WebSocket", 5, "options sip:{domain} --server {ws} --users 50 --ports 4"),
]
SIPP_SHARE, COMING_SHARE = 4, 2
TOTAL = sum(kind.share for kind in KINDS) + SIPP_SHARE + COMING_SHARE
COMING, SIPP = "connections that come and go", "calls of SIPp, by SIPp"
STRANGE_RATE = 5  # packets and connections of strangers a second


class Offer:
    """One process that offers a kind; what it has said so far."""

    def __init__(self, kind, command, folder):
        self.kind, self.end, self.errors = kind, None, ""
        self.path = os.path.join(folder, kind.name.replace(" ", "_") + ".jsonl")
        self.read_to, self.last_s = 0, 0.0
        with open(self.path, "wb") as out, open(self.path + ".err", "wb") as err:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                                            env={**os.environ, "TANDEM_PASSWORD": PASSWORD})

    def news(self):
        """What became of its sessions since this was asked last: whole lines only."""
        with open(self.path, "rb") as f:
            f.seek(self.read_to)
            text, _, _ = f.read().rpartition(b"\n")
        self.read_to += len(text) + bool(text)
        rows = [json.loads(line) for line in text.splitlines()]
        self.end = next((row for row in rows if row["event"] == "end"), self.end)
        rows = [row for row in rows if row["event"] == "interval"]
        if not rows:
            return None
        span, self.last_s = rows[-1]["seconds"] - self.last_s, rows[-1]["seconds"]
        told = {"per_s": round(sum(row["succeeded_per_s"] for row in rows) / len(rows), 3), "failed": sum(row["failed"] for row in rows)}
        timed = [row for row in rows if row["p99_ms"] > 0]
        if timed and not self.kind.lasts and span > 0:
            told.update(p50_ms=max(row["p50_ms"] for row in timed), p99_ms=max(row["p99_ms"] for row in timed))
        return told

    def said(self):
        with open(self.path + ".err", encoding="utf-8", errors="replace") as f:
            return f.read()[-500:].strip()

    def total(self):
        """Once it has ended. What was cut off because it was told to end has not failed."""
        self.news()
        end = self.end or {"started": 0, "succeeded": 0, "failures": [{"cause": f"no report: {self.said()}", "count": 1}]}
        failures = {" ".join(str(failure[key]) for key in ("cause", "status", "method") if key in failure): failure["count"]
                    for failure in end["failures"] if failure["cause"] != "stopped"}
        return {"started": end["started"], "succeeded": end["succeeded"], "failures": failures, "sent_again": end.get("retransmitted", 0),
                "asked": end.get("asked"), "offered": end.get("offered"), "status": self.process.returncode}


class Witness:
    """SIPp calling SIPp through the server, told as an Offer is."""

    def __init__(self, caller, callee):
        self.kind, self.caller, self.callee, self.process = Kind(SIPP, SIPP_SHARE, ""), caller, callee, caller.process
        self.before, self.at = (0, 0), time.monotonic()

    def counted(self):
        row = self.caller.last_row()
        return int(row.get("SuccessfulCall(C)") or 0), int(row.get("FailedCall(C)") or 0)

    def news(self):
        now, done = time.monotonic(), self.counted()
        told = {"per_s": round((done[0] - self.before[0]) / (now - self.at), 3), "failed": done[1] - self.before[1]}
        self.before, self.at = done, now
        return told

    def total(self):
        ok, failed = self.counted()
        row, refused = self.caller.last_row(), int(self.callee.last_row().get("FailedCall(C)") or 0)
        failures = {"as the caller says": failed, "as the callee says": refused}
        return {"started": int(row.get("TotalCallCreated") or 0), "succeeded": ok, "failures": {why: n for why, n in failures.items() if n},
                "sent_again": int(row.get("Retransmissions(C)") or 0), "asked": None, "offered": None, "status": self.process.returncode}


class Mix:
    """All kinds at `rate` sessions a second in all for `seconds`, to a server whose listeners are `places`; but for those whose sessions would take
    more than half of that time. Ends with the `with`."""

    def __init__(self, places, folder, rate, seconds, every):
        self.folder, self.rate, self.seconds, self.every = folder, rate, seconds, every
        self.kinds = [kind for kind in KINDS if kind.lasts <= seconds / 2]
        self.stack, self.offers = contextlib.ExitStack(), []
        self.places = {**places, "domain": DOMAIN, "here": HERE}
        os.makedirs(folder, exist_ok=True)

    def __enter__(self):
        with contextlib.ExitStack() as undone:
            undone.callback(self.stack.close)
            self._start_called()
            for kind in self.kinds:
                self._offer(kind, [TANDEM, "load", *kind.words.format(**self.places).split(), "--json", "--every", str(self.every),
                                   "--rate", f"{self._rate(kind.share):.3f}", "--for", str(self.seconds)])
            self._offer(Kind(COMING, COMING_SHARE, ""), [sys.executable, os.path.join(HERE, "strangers.py"), self.places["tcp"], self.places["tls"],
                                                         self.places["ca"], f"{self._rate(COMING_SHARE):.3f}", str(STRANGE_RATE), str(self.seconds),
                                                         str(self.every)])
            self._start_witness()
            undone.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def _rate(self, share):
        return self.rate * share / TOTAL

    def _offer(self, kind, command):
        offer = Offer(kind, on_second_cpu(command), self.folder)
        self.stack.callback(end, offer.process)
        self.offers.append(offer)

    def _sipp(self, scenario, *options, host=CALLED):
        callee = self.stack.enter_context(Sipp(scenario, free_port(host), *options, host=host))
        return f"{host}:{callee.port}", callee

    def _start_called(self):
        """Who is called at an address, without a registration."""
        for name, words in (("ringing", "answer --ring 3600"), ("notifier", f"run {HERE}/notifier.xml")):
            port = free_port(CALLED)
            self.places[name] = f"{CALLED}:{port}"
            command = [TANDEM, "load", *words.split(), "--local", f"udp:{self.places[name]}", "--json", "--every", "3600"]
            offer = Offer(Kind(name, 0, words), on_second_cpu(command), self.folder)
            self.stack.callback(end, offer.process)
            wait_for(lambda port=port: is_bound(port), 20, f"{name} does not listen")
        dead = self.stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        dead.bind((CALLED, 0))
        self.places["dead"] = f"{CALLED}:{dead.getsockname()[1]}"
        self.places["busy"], _ = self._sipp("busy.xml")
        self.places["mailbox"], _ = self._sipp("message_callee.xml")

    def _start_witness(self):
        """At least one call in ten seconds; the server is its outbound proxy."""
        place, callee = self._sipp("callee.xml")
        tenths = max(1, round(10 * self._rate(SIPP_SHARE)))
        caller = self.stack.enter_context(Sipp("caller.xml", free_port(WITNESS), "-rsa", self.places["udp"].partition(":")[2], "-s", "witness",
                                               "-r", str(tenths), "-rp", "10000", "-m", str(max(1, round(tenths * self.seconds / 10))),
                                               host=WITNESS, remote=place))
        self.offers.append(Witness(caller, callee))

    def news(self):
        told = {offer.kind.name: offer.news() for offer in self.offers}
        return {name: row for name, row in told.items() if row}

    def is_over(self):
        return all(offer.process.poll() is not None for offer in self.offers)

    def wait(self, seconds):
        """Until all sessions have ended, or so long; who has not ended by then is ended."""
        until = time.monotonic() + seconds
        while not self.is_over() and time.monotonic() < until:
            time.sleep(0.1)
        self.stop()

    def stop(self):
        """Those that have not ended end now, all at once."""
        for offer in self.offers:
            if offer.process.poll() is None:
                offer.process.terminate()
        for offer in self.offers:
            end(offer.process)

    def totals(self):
        return {offer.kind.name: offer.total() for offer in self.offers}


def on_second_cpu(command):
    return ["taskset", "-c", str(lab.cpus()[1]), *command]


def end(process):
    """Asked, then made to."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        if process.poll() is None:
            process.terminate()
        process.wait(10)
    if process.poll() is None:
        process.kill()
        process.wait()
