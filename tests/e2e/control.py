"""Talks to a server's control socket, by `tandem ctl` and by hand; and a SIP phone of a few lines."""
import json
import os
import socket
import subprocess

from server import PROGRAM


def ctl(folder, *words, status=0, stdin=None, env=None, options=("--json",)):
    """Runs `tandem ctl`; its rows, or with other options its text."""
    command = [PROGRAM, "ctl", "--socket", os.path.join(folder, "control"), *options, *words]
    got = subprocess.run(command, capture_output=True, text=True, input=stdin, timeout=60, check=False,
                         env={**os.environ, **(env or {})})
    assert got.returncode == status, f"{words}: status {got.returncode}\n{got.stdout}\n{got.stderr}"
    if status:
        assert got.stderr.startswith("tandem: ctl: "), got.stderr
    return [json.loads(line) for line in got.stdout.splitlines()] if "--json" in options else got.stdout


class Wire:
    """A client of the control socket that says what it is told to."""

    def __init__(self, folder):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.path.join(folder, "control"))
        self.socket.settimeout(30)

    def send(self, data):
        self.socket.sendall(data)

    def answer(self):
        """The rows up to the status, as objects; nothing at the connection's end."""
        rows, rest = [], b""
        while True:
            data = self.socket.recv(65536)
            if not data:
                return rows
            rest += data
            *lines, rest = rest.split(b"\n")
            rows += [json.loads(line) for line in lines]
            if rows and "status" in rows[-1]:
                return rows

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Phone:
    """A UDP socket that sends requests and returns what comes back."""

    domain = "127.0.0.1"

    def __init__(self, server, user, host="127.0.0.1"):
        self.server, self.user = server, user
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(10)
        self.port = self.socket.getsockname()[1]
        self.count = 0

    def send(self, method, uri, to, more="", call_id=None):
        self.count += 1
        call_id = call_id or f"{self.user}-{self.count}-{self.port}"
        self.socket.sendto((
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{self.port}x{self.count};rport\r\n"
            f"From: <sip:{self.user}@{self.domain}>;tag={self.user}\r\nTo: <{to}>\r\nCall-ID: {call_id}\r\n"
            f"CSeq: {self.count} {method}\r\nMax-Forwards: 70\r\n{more}Content-Length: 0\r\n\r\n").encode(),
            (self.server.host, self.server.port))
        return call_id

    def receive(self):
        return self.socket.recv(65536).decode()

    def hears_nothing(self, seconds=1):
        self.socket.settimeout(seconds)
        try:
            self.receive()
            return False
        except socket.timeout:
            return True
        finally:
            self.socket.settimeout(10)

    def final(self):
        """The next response that is no 1xx."""
        while True:
            message = self.receive()
            if message.startswith("SIP/2.0 ") and message[8] != "1":
                return int(message[8:11])

    def register(self, expires=600, contact=None, more=""):
        aor = f"sip:{self.user}@127.0.0.1"
        contact = contact or f"<sip:{self.user}@127.0.0.1:{self.port}>"
        self.send("REGISTER", "sip:127.0.0.1", aor, f"Contact: {contact}\r\nExpires: {expires}\r\n{more}")
        return self.final()

    def answer(self, request, status, reason, more=""):
        """Answers a request with its Vias, From, To, Call-ID and CSeq."""
        copied = [line for line in request.split("\r\n") if line.split(":")[0].lower() in
                  ("via", "from", "to", "call-id", "cseq", "record-route")]
        copied = [line + ";tag=p" if line.lower().startswith("to:") and ";tag=" not in line else line for line in copied]
        self.socket.sendto(("\r\n".join([f"SIP/2.0 {status} {reason}", *copied]) +
                            f"\r\n{more}Content-Length: 0\r\n\r\n").encode(), (self.server.host, self.server.port))

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
