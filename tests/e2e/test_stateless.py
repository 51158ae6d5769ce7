"""The stateless mode (RFC 3261 16.11): one copy for one copy with nothing kept, so that a server that is killed in mid-call is missed by
nobody: the same branch goes out, whichever life it is."""
import os
import signal
import socket
import tempfile

import tap
from control import ctl
from phone import Phone
from server import Server, free_port, wait_for
from sipp import Sipp

CALLS = int(os.environ.get("TANDEM_E2E_STATELESS_CALLS", "400"))
TALK_MS = 4000  # a lost ACK is sent again well before the BYE


class Rules:
    """A configuration in a data folder that outlives its servers."""

    def __init__(self, text):
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        self.name = os.path.join(self.folder.name, "tandem.yaml")
        with open(self.name, "w", encoding="utf-8") as f:
            f.write(text)

    def server(self, *options):
        return Server("--config", self.name, "--data", self.folder.name, "--workers", "2", *options, port=self.port)


def phone(user, rules, stream=False, contact=None):
    if stream:
        return Phone(user, socket.create_connection(("127.0.0.1", rules.port), 10), ("127.0.0.1", rules.port))
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    return Phone(user, s, ("127.0.0.1", rules.port), contact=contact)


def kill(server):
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()


def branch(request):
    return next(p for p in request.all("Via")[0].split(";") if p.startswith("branch="))


class Caller(Phone):
    """Remembers what it sent, to send it again as RFC 3261 17.1.1.2 has it."""

    def send_bytes(self, data):
        self.sent = data
        super().send_bytes(data)


def caller(rules):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    return Caller("alice", s, ("127.0.0.1", rules.port))


def test_same_answers_after_a_restart_in_mid_call():
    """Killed between the INVITE and its retransmission, between INVITE and 200, between 200 and ACK, and before the BYE."""
    rules = Rules("proxy: {mode: stateless}\n")
    with caller(rules) as alice, phone("bob", rules) as bob:
        server = rules.server()
        assert bob.register("localhost").status == 200
        alice.invite("sip:bob@localhost", "call-1")
        first = bob.wait(lambda m: m.method == "INVITE")
        kill(server)
        server = rules.server()
        alice.send_bytes(alice.sent)
        second = bob.wait(lambda m: m.method == "INVITE")
        assert branch(first) == branch(second), f"{first.text}\n\n{second.text}"
        assert first.all("Record-Route") == second.all("Record-Route")
        bob.answer(first, 180)
        alice.wait(lambda m: m.status == 180)
        assert not alice.poll(lambda m: m.status == 100), "a 100 was made"
        kill(server)
        server = rules.server()
        bob.answer(first, 200)
        ok = alice.wait(lambda m: m.status == 200)
        assert len(ok.all("Via")) == 1, ok.text
        kill(server)
        server = rules.server()
        alice.within("ACK", ok, cseq=1)
        bob.wait(lambda m: m.method == "ACK")
        kill(server)
        with rules.server():
            alice.within("BYE", ok)
            bye = bob.wait(lambda m: m.method == "BYE")
            bob.answer(bye, 200)
            alice.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))


def test_a_failure_and_a_cancel_after_a_restart():
    """The CANCEL and the ACK to a 487 have their INVITE's branch in another life, too: Bob's transaction takes them."""
    rules = Rules("proxy: {mode: stateless}\n")
    with caller(rules) as alice, phone("bob", rules) as bob:
        server = rules.server()
        assert bob.register("localhost").status == 200
        alice.invite("sip:bob@localhost", "call-2")
        via = alice.sent.decode().split("\r\n")[1]
        invite = bob.wait(lambda m: m.method == "INVITE")
        kill(server)
        with rules.server():
            head = ["Max-Forwards: 70", f"From: <sip:alice@{alice.at}>;tag=from", "Call-ID: call-2"]
            alice.send("CANCEL sip:bob@localhost", [via, *head, "To: <sip:bob@localhost>", "CSeq: 1 CANCEL"])
            cancel = bob.wait(lambda m: m.method == "CANCEL")
            assert branch(cancel) == branch(invite)
            bob.answer(cancel, 200)
            alice.wait(lambda m: m.status == 200 and "CANCEL" in m.one("CSeq"))
            bob.answer(invite, 487)
            alice.wait(lambda m: m.status == 487)
            alice.send("ACK sip:bob@localhost", [via, *head, "To: <sip:bob@localhost>;tag=to", "CSeq: 1 ACK"])
            assert branch(bob.wait(lambda m: m.method == "ACK")) == branch(invite)


def test_a_stream_is_answered_by_its_own_connection():
    """The caller's connection may belong to another worker than the call: its responses find it all the same."""
    rules = Rules("proxy: {mode: stateless}\n")
    with rules.server(), phone("bob", rules) as bob:
        assert bob.register("localhost").status == 200
        for i in range(4):
            with phone("alice", rules, stream=True) as alice:
                alice.invite("sip:bob@localhost", f"stream-{i}")
                bob.answer(bob.wait(lambda m: m.method == "INVITE"), 200)
                ok = alice.wait(lambda m: m.status == 200)
                alice.within("ACK", ok, cseq=1)
                bob.wait(lambda m: m.method == "ACK")
                alice.within("BYE", ok)
                bob.answer(bob.wait(lambda m: m.method == "BYE"), 200)
                alice.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))


def test_calls_under_load_survive_kills():
    """SIPp calls SIPp while the server between them is killed twice, as calls begin, stand and end: what was lost is sent again, and
    nobody notices."""
    callee = free_port()
    rules = Rules(f"routes: [{{user: gateway, mode: stateless, forward: 'sip:127.0.0.1:{callee}'}}]\n")
    server = rules.server()
    with Sipp("callee_patient.xml", callee, "-timeout", "150s") as _:
        sipp = Sipp("caller_patient.xml", free_port(), "-s", "gateway", "-m", str(CALLS), "-r", "40", "-d", str(TALK_MS),
                    "-timeout", "120s", remote=server.addr)
        for begun in (CALLS // 2, CALLS * 3 // 4):
            wait_for(lambda n=begun: int(sipp.last_row().get("OutgoingCall(C)") or 0) > n, 60,
                     lambda: f"{sipp.last_row()} {sipp.errors()}")
            kill(server)
            server = rules.server()
        called = sipp.finish(130)
        tap.note(f"caller {called}")
        assert called["ok"] == CALLS and called["failed"] == 0, f"{called} {sipp.errors()}"
        assert [row for row in ctl(rules.folder.name, "transactions")] == [], "a transaction was kept"
    server.stop()


if __name__ == "__main__":
    tap.run()
