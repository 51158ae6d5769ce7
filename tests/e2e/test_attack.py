"""Strangers attack a server with accounts (SIPVicious, guesses, a flood) while its users call each other: nothing is found, the
attacker is banned, no call is lost. Every party has an address of its own in a network namespace of the test's."""
import os
import shutil
import subprocess
import tempfile

import attack
import netns
import server as programs
import tap
from server import Server, free_port, wait_for
from sipp import Sipp, register

SERVER, CALLER, CALLEE, ATTACKER, OTHER = "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.66", "192.0.2.67"
PASSWORD = "wonderland"  # of the scenarios, too
CALLS, RATE = int(os.environ.get("TANDEM_E2E_ATTACK_CALLS", "500")), 50
FLOOD_RATE = 20000
ASKED = 2000
MULTIPLE = 5


class Attacked(Server):
    """A server with accounts. SIPVicious knows MD5 alone."""

    def __init__(self, *options, algorithms="[MD5]"):
        self.data = tempfile.TemporaryDirectory()
        for user in ("alice", "bob", "1001"):
            subprocess.run([programs.PROGRAM, "user", "add", f"{user}@{SERVER}", "--data", self.data.name], check=True,
                           input=PASSWORD + "\n", text=True, capture_output=True)
        config = os.path.join(self.data.name, "tandem.yaml")
        with open(config, "w", encoding="ascii") as f:
            f.write(f"accounts: {{algorithms: {algorithms}}}\n")
        super().__init__("--config", config, "--domain", SERVER, "--data", self.data.name, *options, host=SERVER)
        self.target = (SERVER, self.port)

    def has_banned(self, address):
        return any("banned" in line and address in line for line in self.stderr().splitlines())

    def __exit__(self, *args):
        super().__exit__(*args)
        self.data.cleanup()


class Calls:
    """Calls from CALLER to CALLEE that begin with the block; each of them must end well."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        port = free_port(CALLEE)
        self.callee = Sipp("callee.xml", port, "-m", str(CALLS), "-timeout", "120s", host=CALLEE)
        register(self.server, "bob", port, local_port=free_port(CALLEE), host=CALLEE, scenario="register_auth.xml")
        self.caller = Sipp("caller_auth.xml", free_port(CALLER), "-s", "bob", "-m", str(CALLS), "-r", str(RATE),
                           "-timeout", "60s", remote=self.server.addr, host=CALLER)
        return self

    def __exit__(self, kind, *_):
        called = self.caller.finish(130)
        self.callee.stop()
        tap.note(f"calls: {called}")
        if not kind:
            assert called["ok"] == CALLS and called["failed"] == 0, f"{called} {self.caller.errors()}"


def sipvicious(tool, *options, source=ATTACKER):
    """Runs one of its programs as `source`; what it printed. It cannot be told its address, the kernel can."""
    if not shutil.which(tool):
        raise tap.Skip(f"no {tool}")
    subprocess.run(["ip", "route", "replace", "table", "local", "local", SERVER, "dev", "lo", "src", source], check=True)
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run([tool, *options, SERVER], capture_output=True, text=True, cwd=home, timeout=120,
                              env={**os.environ, "HOME": home}, check=False)
    return done.stdout + done.stderr


def assert_banned(server, address, other):
    wait_for(lambda: server.has_banned(address), 5, "no ban in the log")
    assert not attack.is_answered(address, server.target), "still answered"
    assert attack.is_answered(other, server.target), "others are not answered"


def test_svmap_and_svwar_find_no_account():
    with Attacked() as server, Calls(server):
        port = ("-p", str(server.port))
        said = sipvicious("svmap", *port)
        for method in ("REGISTER", "OPTIONS", "INVITE"):
            for force in ((), ("--force",)):
                said += sipvicious("svwar", *port, "-m", method, "-e", "990-1010", *force)
        assert "found nothing" in said and "1001 " not in said, said


def test_svcrack_cracks_nothing_and_is_banned():
    with Attacked() as server, Calls(server), tempfile.NamedTemporaryFile("w", suffix=".txt") as words:
        words.write("".join(f"guess{i}\n" for i in range(100)) + PASSWORD + "\n")
        words.flush()
        said = sipvicious("svcrack", "-p", str(server.port), "-u", "1001", "-d", words.name)
        assert PASSWORD not in said and "found nothing" in said, said
        assert_banned(server, ATTACKER, OTHER)


def test_who_asks_for_users_learns_nothing_and_is_banned():
    with Attacked() as server, Calls(server):
        answers = attack.enumerate_users(ATTACKER, server.target, [str(1000 + i % 3) for i in range(ASKED)])
        tap.note(f"{len(answers)} of {ASKED} answered")
        assert len({status for _, status in answers}) == 1, set(answers)
        assert {user for user, _ in answers} == {"1000", "1001", "1002"}
        assert len(answers) < ASKED
        assert_banned(server, ATTACKER, OTHER)


def test_callers_lose_nothing_in_a_flood_of_garbage():
    with Attacked() as server, attack.Flood(ATTACKER, server.target, FLOOD_RATE, CALLS / RATE + 5) as flood:
        with Calls(server):
            wait_for(lambda: server.has_banned(ATTACKER), 10, "no ban in the log")
        sent, seconds = flood.sent()
        tap.note(f"{sent} packets in {seconds:.1f} s")
        assert sent > 0.9 * FLOOD_RATE * seconds, "the flood was none"
        assert server.rss_kb() < 200000
        assert_banned(server, ATTACKER, OTHER)


def test_one_packet_brings_one_answer_of_bounded_size():
    """RFC 3261 26.3.2.4: whoever forges a source gets little thrown at it. All three algorithms are offered."""
    with Attacked(algorithms="[SHA-512-256, SHA-256, MD5]") as server:
        for method in ("INVITE", "REGISTER", "MESSAGE"):
            request = attack.smallest(method, SERVER)
            answers = attack.answers_to(ATTACKER, server.target, request, 3)
            tap.note(f"{method}: {len(request)} bytes bring {[len(a) for a in answers]}")
            assert len(answers) == 1 and len(answers[0]) < MULTIPLE * len(request), (method, answers)


def test_a_banned_peer_has_no_connection():
    with Attacked() as server:
        with attack.connection(ATTACKER, server.target) as idle, attack.connection(OTHER, server.target) as other:
            for peer in (idle, other):
                assert attack.ask(peer)
            with attack.connection(ATTACKER, server.target) as loud:
                for _ in range(60):
                    if not attack.shout(loud):
                        break
            wait_for(lambda: server.has_banned(ATTACKER), 5, "no ban in the log")
            assert attack.is_closed(idle), "a connection of a banned peer stands"
            assert attack.ask(other), "another one's does not"
        with attack.connection(ATTACKER, server.target) as again:
            assert attack.is_closed(again), "a banned peer was let in"


if __name__ == "__main__":
    netns.run([SERVER, CALLER, CALLEE, ATTACKER, OTHER])
