"""Plays a flow (flow.py): a SIPp for each party, told to go on at the pauses, through the servers that it is given; and servers that ask
who somebody is."""
import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import types
import uuid

import sipp
from flow import PASSWORD, Flow
from server import PROGRAM, Server, free_port, is_bound, wait_for
from tap import Skip

SECONDS = 60
BRANCHES = itertools.count()


def _send(text, host, port, answered=False):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.settimeout(10)
        message = text.replace("LOCAL", f"127.0.0.1:{s.getsockname()[1]}").replace("\n", "\r\n").encode()
        s.sendto(message, (host, port))
        return s.recv(65536).decode() if answered else ""


def _register(user, at, *headers):
    host, _, port = at.rpartition(":")
    lines = [f"REGISTER sip:{at} SIP/2.0", f"Via: SIP/2.0/UDP LOCAL;rport;branch=z9hG4bK{uuid.uuid4().hex}",
             f"From: <sip:{user}@{at}>;tag=r", f"To: <sip:{user}@{at}>", f"Call-ID: {uuid.uuid4().hex}", "CSeq: 1 REGISTER",
             "Max-Forwards: 70", *headers, "Content-Length: 0", "", ""]
    answer = _send("\n".join(lines), host, int(port), answered=True)
    assert answer.startswith("SIP/2.0 200 "), answer


def register(user, at, port):
    """The user's phone is the one at `port` of 127.0.0.1, and no other any more."""
    _register(user, at, "Contact: *", "Expires: 0")
    _register(user, at, f"Contact: <sip:{user}@127.0.0.1:{port}>")


class Player:
    """The SIPp of one party."""

    def __init__(self, folder, party, scenario, call_id, remote):
        self.party, self.port = party, free_port()
        self.call_id = call_id
        self.folder = os.path.join(folder, party.name.replace("/", "-"))
        os.mkdir(self.folder)
        self._write("scenario.xml", scenario)
        command = ["sipp", "-sf", "scenario.xml", "-i", "127.0.0.1", "-p", str(self.port), "-m", "1", "-nostdin", "-cid_str", call_id,
                   "-trace_logs", "-log_file", "log", "-trace_err", "-error_file", "errors", "-trace_msg", "-message_file", "messages",
                   "-timeout", f"{SECONDS}s", "-timeout_error", remote]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as f:
            f.write(text)

    def read(self, name):
        with contextlib.suppress(OSError), open(os.path.join(self.folder, name), encoding="latin-1") as f:
            return f.read()
        return ""

    def passed(self, segment):
        if self.process.poll():
            raise AssertionError(self.story())
        return f"passed {segment}\n" in self.read("log")

    def go_on(self):
        """A request that no figure has, past all servers: the sign to go on."""
        _send(f"MESSAGE sip:127.0.0.1:{self.port} SIP/2.0\nVia: SIP/2.0/UDP LOCAL;branch=z9hG4bKcue{next(BRANCHES)}\nFrom: <sip:cue@127.0.0.1>;tag=cue\n"
              f"To: <sip:{self.party.user}@127.0.0.1>\nCall-ID: {self.call_id}\nCSeq: 1 MESSAGE\nMax-Forwards: 70\nContent-Length: 0\n\n",
              "127.0.0.1", self.port)

    def story(self):
        return f"{self.party.name}: {self.read('errors')[-3000:]}\n{self.read('messages')[-6000:]}"

    def finish(self):
        try:
            status = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError("not at its end: " + self.story()) from None
        assert status == 0, self.story()

    def stop(self):
        self.process.kill()
        self.process.wait()


class Play:
    """A flow that is being played."""

    def __init__(self, text, at, folder, registers):
        self.flow, self.folder, self.registers, self.players = Flow(text, at), folder, registers, {}

    def _begin(self, party, call_id):
        at = self.flow.at[party.user]
        player = Player(self.folder, party, self.flow.scenario(party), call_id, at)
        self.players[party.name] = player
        wait_for(lambda: is_bound(player.port), 20, player.story)
        if not party.caller:
            self.registers(party.user, at, player.port)

    def _begin_all(self, parties):
        """Who begin together are in one call; those who are called come first."""
        call_id = uuid.uuid4().hex
        for party in sorted(parties, key=lambda party: party.caller):
            self._begin(party, call_id)

    def run(self):
        for number, segment in enumerate(self.flow.segments):
            self._begin_all(segment.begins)
            if segment.waits:
                self.players[segment.waits.name].go_on()
            for player in self.players.values():
                if f'message="passed {number}"' in "\n".join(player.party.steps):
                    wait_for(lambda player=player: player.passed(number), SECONDS, player.story)
        for player in self.players.values():
            player.finish()


def play(text, at, registers=register):
    """Plays a flow to its end, or fails with what each SIPp saw. `registers(user, at, port)`: makes a phone known to its server."""
    if not shutil.which("sipp"):
        raise Skip("no sipp")
    with tempfile.TemporaryDirectory() as folder:
        playing = Play(text, at, folder, registers)
        try:
            playing.run()
        finally:
            for player in playing.players.values():
                player.stop()


def written(folder, text):
    path = os.path.join(folder, "config.yaml")
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    return path


@contextlib.contextmanager
def asking_server(configuration=""):
    """A server that asks Alice and Bob for their passwords; which is whose. SIPp knows MD5 alone."""
    with tempfile.TemporaryDirectory() as data:
        for user in ("alice", "bob"):
            made = subprocess.run([PROGRAM, "user", "add", f"{user}@localhost", "--data", data], input=PASSWORD + "\n", text=True,
                                  capture_output=True, timeout=30, check=False)
            assert made.returncode == 0, made
        with Server("--data", data, "--config", written(data, "accounts: {algorithms: [MD5]}\n" + configuration)) as server:
            yield {"alice": server.addr, "bob": server.addr}


def register_asked(user, at, port):
    sipp.register(types.SimpleNamespace(addr=at), user, port, local_port=free_port(), scenario="register_auth.xml")
