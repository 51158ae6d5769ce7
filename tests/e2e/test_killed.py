"""kill -9 in mid-call: of the server, whose calls stand and end well, and of a phone at either end, which leaves nothing in the server."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile

import nat
import netns
import tap
from client import Client
from control import ctl
from server import PROGRAM, Server, wait_for
from talk import answering

CALLS, RATE, HOLD_S = 320, 40, 3
KILLS = 2
BEGINNING = 10  # calls at most that were being set up when the server was killed
T1_MS = 100  # the server's: what is over is forgotten sooner


def kill(process):
    process.kill()
    process.wait()


def without_icmp():
    """As on most ways through the Internet, nobody is told that nobody is there."""
    if not shutil.which("nft"):
        raise tap.Skip("no nft")
    nat._run("nft", "-f", "-", text="table ip quiet {\nchain in {\ntype filter hook input priority 0\nmeta l4proto icmp drop\n}\n}\n")


class Load:
    """`tandem load call` at both ends; `now` is what it said last."""

    def __init__(self, server):
        command = [PROGRAM, "load", "call", f"sip:u@{server.addr}", "--answer", "--register", "--users", "20", "--rate", str(RATE), "--count",
                   str(CALLS), "--hold", str(HOLD_S), "--timeout", "12", "--json", "--every", "0.2"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.now = {}

    def until(self, condition):
        for line in self.process.stdout:
            self.now = json.loads(line)
            if condition(self.now):
                return
        raise AssertionError(self.now)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def serving(folder, more="", port=None):
    path = os.path.join(folder, "tandem.yaml")
    with open(path, "w", encoding="ascii") as f:
        f.write(f"timers: {{t1: {T1_MS}ms}}\n{more}")
    return Server("--config", path, "--data", folder, port=port)


def nothing_is_left(folder):
    """No transaction, no call."""
    wait_for(lambda: not ctl(folder, "transactions") and not ctl(folder, "calls"), 3 * 64 * T1_MS / 1000 + 10,
             lambda: ctl(folder, "transactions") + ctl(folder, "calls"))


def test_the_server_under_load():
    """Calls that stand end well by the server that comes after it. What it knew of those that were being set up is lost: they may fail,
    by being answered by nobody."""
    without_icmp()
    with tempfile.TemporaryDirectory() as data:
        server = serving(data)
        with Load(server) as load:
            for _ in range(KILLS):
                # each finds calls that begin, stand and end
                load.until(lambda now: now["started_per_s"] > 0 and now["succeeded_per_s"] > 0 and now["running"] > RATE)
                kill(server.process)
                server = serving(data, port=server.port)
            load.until(lambda now: now["event"] == "end")
        end = load.now
        tap.note(f"{end['succeeded']} calls of {CALLS}, {end['retransmitted']} messages sent again; {end['failures']}")
        assert end["started"] == end["succeeded"] + end["failed"] == CALLS and end["retransmitted"] > 0, end
        assert end["failed"] <= KILLS * BEGINNING and all(f["cause"] == "timeout" and f["step"] == 2 for f in end["failures"]), end
        nothing_is_left(data)
        server.stop()


@contextlib.contextmanager
def talking(number):
    """So many calls that stand, of a server that follows them: its folder, who calls, and who answers."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = stack.enter_context(serving(folder, "proxy: {mode: call}\n"))
        callees = [stack.enter_context(answering(server, name=f"bob{n}")) for n in range(number)]
        callers = [stack.enter_context(Client("call", f"bob{n}@{server.addr}", "--as", f"alice{n}@{server.addr}", "--server", server.addr))
                   for n in range(number)]
        for caller in callers:
            caller.await_event("answered")
        wait_for(lambda: [row["state"] for row in ctl(folder, "calls")] == ["answered"] * number, 20, lambda: ctl(folder, "calls"))
        yield folder, callers, callees


def test_a_phone_in_mid_call():
    """The BYE of the other one is answered by nobody: it ends all the same, and so does all that the server knew of the call."""
    without_icmp()
    with talking(2) as (folder, callers, callees):
        kill(callers[0].process)
        kill(callees[1].process)
        left = (callees[0], callers[1])
        for phone in left:
            phone.process.send_signal(signal.SIGINT)
        wait_for(lambda: not ctl(folder, "calls"), 20, lambda: ctl(folder, "calls"))
        for phone in left:
            phone.wait()
        nothing_is_left(folder)


if __name__ == "__main__":
    netns.run([])
