"""Time that is not what it seems: a server and phones that stand still for a while (SIGSTOP), as a machine that is suspended does, and a
wall clock that is set an hour forward and back."""
import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time

import tap
from client import Client
from control import ctl
from server import PROGRAM, Server, wait_for
from talk import answering
from test_accounts import Phone as Account, status_of
from test_mode_call import call, phones
from test_restart import hang_up

CALLS, RATE = 400, 50
FROZEN_S = 4
T1_MS = 50
HOUR_S = 3600


def configured(folder, text):
    path = os.path.join(folder, "tandem.yaml")
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    return "--config", path, "--data", folder


@contextlib.contextmanager
def frozen(process):
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


# --- a server ---


def test_a_server_that_stands_still_under_load():
    """What came meanwhile has waited in the sockets: each call is done, however late."""
    with tempfile.TemporaryDirectory() as folder, Server(*configured(folder, f"timers: {{t1: {T1_MS}ms}}\n")) as server:
        loads = [subprocess.Popen([PROGRAM, "load", "call", f"sip:{by}@{server.addr};transport={by}", "--answer", "--register", "--users", "10", "--rate",
                                   str(RATE), "--count", str(CALLS), "--hold", "1", "--json"], stdout=subprocess.PIPE, text=True)
                 for by in ("udp", "tcp")]
        for load in loads:
            next(line for line in load.stdout if json.loads(line)["running"] >= RATE / 2)  # a line a second
        with frozen(server.process):
            time.sleep(FROZEN_S)
        ends = [json.loads(load.communicate(timeout=60)[0].splitlines()[-1]) for load in loads]
        for end in ends:
            assert end["succeeded"] == end["called"]["succeeded"] == CALLS and end["failed"] == 0, end
        assert ends[0]["retransmitted"] > 0, "it did not stand still"
        wait_for(lambda: not ctl(folder, "transactions"), 20, lambda: ctl(folder, "transactions"))
        assert "stuck" not in server.stderr(), server.stderr()


def test_a_server_that_was_suspended():
    """For longer than any transaction waits for its answer: calls go on, those that still ring, too, and what has run out is gone."""
    with tempfile.TemporaryDirectory() as folder, \
            Server(*configured(folder, f"timers: {{t1: {T1_MS}ms}}\nregistrar: {{min_expires: 1s}}\n")) as server, \
            phones(server, "alice", "bob", "carol") as (alice, bob, carol):
        assert carol.register("localhost", expires=3).status == 200
        alice.invite("sip:bob@localhost", "before")
        ringing = bob.wait(lambda m: m.method == "INVITE")
        bob.answer(ringing, 180)
        alice.wait(lambda m: m.status == 180)
        _, ok = call(alice, bob)
        with frozen(server.process):
            time.sleep(2 * 64 * T1_MS / 1000)
        hang_up(alice, bob, ok)
        bob.answer(ringing, 200)
        late = alice.wait(lambda m: m.status == 200 and m.one("Call-ID") == "before")
        alice.within("ACK", late, cseq=late.one("CSeq").split()[0])
        bob.wait(lambda m: m.method == "ACK")
        hang_up(alice, bob, late)
        alice.invite("sip:carol@localhost", "gone")
        alice.wait(lambda m: m.status in (404, 480) and m.one("Call-ID") == "gone")


# --- a phone ---


def test_a_phone_that_stands_still():
    """Who calls it is told so in time, or is answered by the next one; it is there again as soon as it goes on."""
    config = f"timers: {{t1: {T1_MS}ms}}\nproxy: {{fork: sequential}}\n"
    with tempfile.TemporaryDirectory() as folder, Server(*configured(folder, config)) as server, answering(server, "--calls", "9") as bob, \
            phones(server, "alice") as (alice,):
        with frozen(bob.process):
            alice.invite(f"sip:bob@{server.addr}", "to-nobody")
            alice.wait(lambda m: m.status == 408 and m.one("Call-ID") == "to-nobody")
            with answering(server):
                call_of(server).wait()
        call_of(server).wait()
        bob.process.kill()  # it would go on to answer who has given up, for 64*T1
        bob.process.wait()


def call_of(server):
    client = Client("call", f"bob@{server.addr}", "--as", f"alice@{server.addr}", "--server", server.addr, "--for", "0.2")
    client.await_event("answered")
    return client


# --- the wall clock ---


class WallClock:
    """Of servers that are started by it."""

    def __init__(self):
        if not os.environ.get("TANDEM_WALL_CLOCK_SHIM"):
            raise tap.Skip("no wall clock was built")
        self.file = tempfile.NamedTemporaryFile("wb", buffering=0)
        self.set(0)

    def set(self, ahead):
        self.file.seek(0)
        self.file.write(f"{ahead}".ljust(16, "\0").encode())

    @contextlib.contextmanager
    def server(self, *options):
        ours = {"LD_PRELOAD": os.environ["TANDEM_WALL_CLOCK_SHIM"], "TANDEM_WALL_CLOCK": self.file.name}
        os.environ.update(ours)
        try:
            server = Server("--no-sandbox", *options)
        finally:
            for name in ours:
                del os.environ[name]
        with server:
            yield server


def test_a_wall_clock_that_jumps():
    """Calls, bindings and nonces go by a clock that does not; the end of the server, too."""
    for ahead in (HOUR_S, -HOUR_S):
        clock = WallClock()
        with tempfile.TemporaryDirectory() as folder, \
                clock.server(*configured(folder, "registrar: {min_expires: 1s}\nlog: {format: json}\n")) as server, \
                phones(server, "alice", "bob", "carol") as (alice, bob, carol):
            _, ok = call(alice, bob)
            assert carol.register("localhost", expires=3).status == 200
            clock.set(ahead)
            hang_up(alice, bob, ok)
            left = [row["expires_s"] for row in ctl(folder, "registrations", "bob@localhost")]
            assert len(left) == 1 and 3500 < left[0] <= 3600, left
            hang_up(alice, bob, call(alice, bob, number=2)[1])
            wait_for(lambda: not ctl(folder, "registrations", "carol@localhost"), 20, "the end of a registration of 3 s")


def test_a_nonce_outlives_a_jump():
    for ahead in (HOUR_S, -HOUR_S):
        clock = WallClock()
        with tempfile.TemporaryDirectory() as data:
            subprocess.run([PROGRAM, "user", "add", "alice@127.0.0.1", "--data", data], input="wonderland\n", text=True, capture_output=True,
                           timeout=30, check=True)
            with clock.server("--domain", "127.0.0.1", "--data", data) as server, Account(server, "alice") as alice:
                challenge, status = alice.challenged()
                assert status == 401 and challenge
                clock.set(ahead)
                assert status_of(alice.ask(alice.credentials(challenge, "wonderland"))) == 200


if __name__ == "__main__":
    tap.run()
