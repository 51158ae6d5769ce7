"""Records the call that the guide draws, in a network namespace, as a small capture, and draws it:
    TANDEM_PROGRAM=build/tandem python3 tests/e2e/story.py record
Alice calls Bob, whose two phones ring; he answers at one, and sends Alice on to Carol. Without `record` what was recorded last is
drawn anew. Of RTP the capture has the heads alone."""
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

import frames
import netns
from client import Client
from server import PROGRAM
from sound import write_tone
from talk import of_call

SERVER, ALICE, DESK, MOBILE, CAROL = (f"192.0.2.{n}" for n in (1, 11, 12, 13, 14))
BEGINS = 1767268800  # when the capture says that it was: 2026-01-01 12:00:00 UTC
HEADS = 20 + 8 + 12  # IP, UDP, RTP
HERE = os.path.dirname(os.path.abspath(__file__))
CAPTURE = os.path.join(HERE, "story", "transfer.pcap")
PICTURE = os.path.join(HERE, "..", "..", "docs", "guide", "transfer.svg")


class Recorder:
    """Every packet of the loopback device, once."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.bind(("lo", 0))
        self.socket.settimeout(0.1)
        self.frames, self.going = [], True
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while self.going:
            with contextlib.suppress(socket.timeout):
                packet, (_, kind, way, *_) = self.socket.recvfrom(65536)
                if kind == 0x0800 and way == socket.PACKET_OUTGOING:
                    self.frames.append((time.time(), packet[14:]))

    def stop(self):
        self.going = False
        self.thread.join()
        self.socket.close()
        return self.frames


def answers(name, at, *words):
    phone = Client("answer", "--as", f"{name}@example.com", "--server", f"{SERVER}:5060", "--listen", f"udp:{at}:5060", *words)
    phone.await_event("registered")
    return phone


def play(folder):
    tone = os.path.join(folder, "tone.wav")
    write_tone(tone)
    talks = ("--codec", "PCMU", "--play", tone)
    serve = subprocess.Popen([PROGRAM, "serve", "--listen", f"udp:{SERVER}:5060", "--domain", "example.com", "--no-auth"],
                             stdout=subprocess.PIPE, env={**os.environ, "XDG_RUNTIME_DIR": folder})
    serve.stdout.readline()
    with contextlib.ExitStack() as stack:
        stack.callback(serve.wait)
        stack.callback(serve.terminate)
        desk = stack.enter_context(answers("bob", DESK, "--after", "1.2", *talks))
        stack.enter_context(answers("bob", MOBILE, "--after", "30", *talks))
        carol = stack.enter_context(answers("carol", CAROL, "--after", "0.8", *talks))
        alice = stack.enter_context(Client("call", "bob@example.com", "--as", "alice@example.com", "--server", f"{SERVER}:5060",
                                           "--listen", f"udp:{ALICE}:5060", "--transfer", "yes", *talks))
        alice.await_event("answered")
        time.sleep(1.5)
        desk.tell("transfer carol@example.com")
        of_call(alice, "answered", 2)
        time.sleep(1.5)
        carol.tell("hangup")
        of_call(alice, "end", 2)
        alice.wait()


def without_sound(frame):
    """A datagram that is no SIP is cut behind the heads."""
    return frame if b"SIP/2.0" in frame else frame[:HEADS]


def write(path, recorded):
    udp = [(at, frame) for at, frame in recorded if frame[9] == 17]
    begin = udp[0][0]
    with open(path, "wb") as out:
        out.write(frames.pcap([(BEGINS + round(at - begin, 6), frame) for at, frame in udp], snap=without_sound))


def draw(path):
    """The call with all that it is joined with: a page where the name ends in .html, else a picture."""
    listed = subprocess.run([PROGRAM, "trace", "--list", "--json", "--method", "INVITE", CAPTURE], check=True, capture_output=True, timeout=60)
    call = json.loads(listed.stdout.splitlines()[0])["call_id"]
    subprocess.run([PROGRAM, "trace", "--html" if path.endswith(".html") else "--svg", path, "--call", call, CAPTURE], check=True, timeout=60)


def main():
    """In a network namespace, where these addresses are nobody's."""
    if sys.argv[1:] != ["record"]:
        draw(PICTURE)
        return
    if not os.environ.get(netns.MARK):
        os.environ[netns.MARK] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    for command in ("link set lo up", *(f"addr add {a}/32 dev lo" for a in (SERVER, ALICE, DESK, MOBILE, CAROL))):
        subprocess.run(["ip", *command.split()], check=True)
    recorder = Recorder()
    try:
        with tempfile.TemporaryDirectory() as folder:
            play(folder)
    finally:
        recorded = recorder.stop()
    write(CAPTURE, recorded)
    draw(PICTURE)


if __name__ == "__main__":
    main()
