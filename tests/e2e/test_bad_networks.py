"""Phones of one server on networks that lose, delay, reorder and repeat, over IPv4 and IPv6, beside phones on a good one: each call and
registration is done or has failed with a word, both ends count the same, nothing is left in the server, and nobody else notices."""
import contextlib
import json
import os
import signal
import subprocess
import tempfile

import impaired
import netns
import server as programs
import tap
from control import ctl
from server import Server, free_port, wait_for
from sipp import Sipp, register

US = {4: "198.18.1.1", 6: "2001:db8:18::1"}
CABLES = ((0, {"delay": 0.1, "jitter": 0.2, "repeats": 0.2}), (0.1, {"delay": 0.02, "jitter": 0.04, "repeats": 0.1}),
          (0.3, {"delay": 0.02, "jitter": 0.04, "repeats": 0.1}))
LEAKS = (0.05, 0.3)
CALLS, RATE, USERS = 80, 20, 20
TIMEOUT_S = 16  # after which a call that hears nothing has failed
T1_MS = 250  # the server's: half of the usual time until all is forgotten
LINGERS_S = 2 * 64 * T1_MS / 1000  # what nobody answers, and then what had to wait for it
# What a session that fails may have met: nobody answered, or the server said that nobody did. One that has not failed by itself when
# all others are over is stopped, and has not hung for longer than TIMEOUT_S.
CLEAR = {("timeout", None), ("status", 408), ("stopped", None)}


@contextlib.contextmanager
def serving():
    """A server of both families, and its folder."""
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "tandem.yaml")
        with open(config, "w", encoding="ascii") as f:
            f.write(f"proxy: {{mode: call}}\ntimers: {{t1: {T1_MS}ms}}\n")
        port = free_port(US[6])
        with Server("--config", config, "--data", folder, "--no-auth", "--listen", f"udp:[{US[6]}]:{port}", host=US[4], port=port) as server:
            yield server, folder


def at(server, family):
    return f"[{US[6]}]:{server.port}" if family == 6 else f"{US[4]}:{server.port}"


class Load:
    """`tandem load`, at the far end of a link or here."""

    def __init__(self, *words, link=None):
        command = [*(link.there.prefix() if link else ()), programs.PROGRAM, "load", *words, "--timeout", str(TIMEOUT_S), "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self):
        out, errors = self.process.communicate(timeout=120)
        ends = [json.loads(line) for line in out.splitlines() if line.startswith('{"event":"end"')]
        assert ends, f"{self.process.args}: {self.process.returncode} {errors}"
        return ends[-1]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.finish()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Phones:
    """At the far end of a link, by one family: one who calls, one who answers, and users who register."""

    def __init__(self, stack, server, link, family):
        self.stack, self.link, self.server = stack, link, at(server, family)
        self.name = f"{link.name} over IPv{family}"
        self.user = f"{link.device}x{family}"
        with link.there.inside():
            port = free_port(link.far[family])
        self.local = f"udp:[{link.far[6]}]:{port}" if family == 6 else f"udp:{link.far[4]}:{port}"
        self.may_fail = link.loss > 0.1
        self.enrolment = self._enrol()

    def _enrol(self):
        return self._load("register", f"sip:{self.user}@{self.server}", "--local", self.local, "--count", "1")

    def _load(self, *words):
        return self.stack.enter_context(Load(*words, link=self.link))

    def begin(self):
        """Once it is known where to call."""
        while self.enrolment.finish()["failed"]:
            self.enrolment = self._enrol()
        uri, words = f"sip:{self.user}@{self.server}", ("--rate", str(RATE), "--count", str(CALLS))
        self.answering = self._load("answer", "--local", self.local)
        self.answering.process.stdout.readline()
        self.calling = self._load("call", uri, "--hold", "0.5", *words)
        self.registering = self._load("register", f"sip:{self.user}x@{self.server}", "--users", str(USERS), *words)

    def check(self, folder):
        """How many calls failed."""
        calls, registrations = self.calling.finish(), self.registering.finish()
        called = self.answering.stop()
        tap.note(f"{self.name}: {calls['succeeded']} calls of {CALLS}, {calls['retransmitted'] + called['retransmitted']} sent again, "
                 f"{calls['repeated'] + called['repeated']} came again; {registrations['succeeded']} registrations of {CALLS}")
        for end in (calls, registrations, called):
            assert end["succeeded"] + end["failed"] <= end["started"] <= CALLS and end["unreadable"] == 0, (self.name, end)
            assert {(f["cause"], f.get("status")) for f in end["failures"]} <= CLEAR, (self.name, end)
            assert self.may_fail or end["failed"] == 0, (self.name, end)
        for end in (calls, registrations):
            assert end["succeeded"] + end["failed"] == CALLS, (self.name, end)
        # a BYE whose callee has given up waiting for it, or for its ACK, ends the caller's call well
        ended = called["started"] if self.may_fail else called["succeeded"]
        assert CALLS / 2 < calls["succeeded"] <= ended, (self.name, calls, called)
        known = len(ctl(folder, "registrations", f"{self.user}x"))
        assert known == USERS, (self.name, known, registrations)
        return calls["failed"]


class At:
    """What sipp.register wants to know of a server."""

    def __init__(self, addr):
        self.addr = addr


class SippCalls:
    """SIPp calls SIPp, both at the far end of a link."""

    def __init__(self, stack, server, link, family):
        self.link = link
        patience = ("-timeout", "100s", "-max_retrans", "12", "-max_invite_retrans", "12", "-max_non_invite_retrans", "12")
        where, host = At(at(server, family)), link.far[family]
        with link.there.inside():
            port = free_port(host)
            self.callee = stack.enter_context(Sipp("callee_patient.xml", port, *patience, host=host))
            register(where, "bob", port, local_port=free_port(host), host=host)
            self.caller = stack.enter_context(Sipp("caller_patient.xml", free_port(host), "-s", "bob", "-m", str(CALLS), "-r", str(RATE),
                                                   "-d", "8000", *patience, remote=where.addr, host=host))

    def check(self):
        got = self.caller.finish(100)
        tap.note(f"{self.link.name}, SIPp: {got}")
        assert got["ok"] == CALLS and got["failed"] == 0, f"{got}\n{self.caller.errors()}\n{self.callee.errors()}"


def test_phones_on_networks_of_all_kinds():
    impaired.need()
    with contextlib.ExitStack() as stack:
        cables = [stack.enter_context(impaired.Cable(loss=loss, **faults)) for loss, faults in CABLES]
        leaks = [stack.enter_context(impaired.Leak(loss)) for loss in LEAKS]
        server, folder = stack.enter_context(serving())
        sipp = SippCalls(stack, server, leaks[0], 6)
        phones = [Phones(stack, server, link, family) for link in cables + leaks for family in (4, 6)]
        for p in phones:
            p.begin()
        near = stack.enter_context(Load("call", f"sip:near@{at(server, 4)}", "--answer", "--register", "--users", "20", "--rate", "50", "--count", "600"))
        end = near.finish()
        assert end["succeeded"] == end["called"]["succeeded"] == 600 and end["failed"] == 0, end
        failed = sum(p.check(folder) for p in phones)
        sipp.check()
        assert all(min(link.lost) > 0 for link in cables + leaks if link.loss), [link.lost for link in cables + leaks]
        wait_for(lambda: not ctl(folder, "transactions"), LINGERS_S + 15, lambda: ctl(folder, "transactions"))
        # … but calls whose BYE nobody answered
        assert len(ctl(folder, "calls")) <= failed, (failed, ctl(folder, "calls"))


if __name__ == "__main__":
    netns.run(US.values())
