"""A knotd on a port of 127.0.0.1, a free one where none is said, that serves zones from texts."""
import os
import shutil
import socket
import subprocess
import tempfile

from server import free_port, wait_for
from tap import Skip

CONFIG = """server:
    rundir: "{folder}"
    listen: 127.0.0.1@{port}
database:
    storage: "{folder}"
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    journal-content: none
zone:
"""
HEAD = """$ORIGIN {zone}.
$TTL 30
@ SOA ns root 1 3600 600 86400 5
@ NS ns
ns A 127.0.0.1
"""


def query(name, kind):
    """A question's bytes (RFC 1035 4)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\0\x2a\1\0\0\1\0\0\0\0\0\0" + labels + b"\0" + kind.to_bytes(2, "big") + b"\0\1"


class Knot:
    """`zones`: the records of each domain, names relative to it."""

    def __init__(self, zones, port=None):
        program = shutil.which("knotd") or shutil.which("knotd", path="/usr/sbin")
        if not program:
            raise Skip("no knotd")
        self.folder = tempfile.TemporaryDirectory()
        self.port = port or free_port()
        self.addr = f"127.0.0.1:{self.port}"
        text = CONFIG.format(folder=self.folder.name, port=self.port)
        for zone, records in zones.items():
            text += f"  - domain: {zone}\n"
            self._write(f"{zone}.zone", HEAD.format(zone=zone) + records)
        self.log = open(self._write("log", ""), "r+", encoding="utf-8")
        self.process = subprocess.Popen([program, "-c", self._write("knot.conf", text)], stdout=self.log, stderr=self.log)
        for zone in zones:
            wait_for(lambda z=zone: self._serves(z), 20, lambda: f"{zone}\n{self.output()}")

    def _write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def output(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as f:
            return f.read()[-2000:]

    def _serves(self, zone):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.2)
            s.connect(("127.0.0.1", self.port))
            try:
                s.send(query(zone, 6))
                answer = s.recv(4096)
            except OSError:
                return False
            return len(answer) > 8 and answer[3] & 15 == 0 and answer[7] > 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
