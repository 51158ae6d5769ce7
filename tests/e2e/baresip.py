"""A headless baresip that is steered through its control socket (netstrings of JSON)."""
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile

from server import free_port, free_ports, wait_for
from tap import Skip

CONFIG = """sip_listen {listen}
audio_player aubridge,nil
audio_source {source}
audio_alert aubridge,nil
snd_path {folder}
module_path {modules}
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
rtp_ports {rtp}-{rtp_end}
"""
# What it hears is kept in a file for each call.
SPEAKS = """module aufile.so
module sndfile.so
"""
MODULES = ("/usr/lib/baresip/modules", "/usr/lib64/baresip/modules")


class Baresip:
    """One user agent registered at `server` as `user`. With `domain` that is the user's, and what it dials is told no transport.
    `plays` is a WAV file of 8000 Hz that it says; `more` are further lines of its configuration."""

    def __init__(self, server, user, transport="udp", port=None, ca=None, outbound=False, instance=None, domain=None, plays=None,
                 more=""):
        program = shutil.which("baresip")
        modules = next((m for m in MODULES if os.path.isdir(m)), None)
        if not program or not modules:
            raise Skip("no baresip")
        self.user, self.events, self.rest = user, [], b""
        self.folder = tempfile.TemporaryDirectory()
        control, rtp = free_port(), free_ports(22)
        self.addr = f"{server.host}:{free_ports(2, server.host)}"  # it takes the next one for TLS
        self._write("config", CONFIG.format(listen=self.addr, modules=modules, control=control, rtp=rtp, rtp_end=rtp + 20,
                                            folder=self.folder.name, source=f"aufile,{plays}" if plays else "aubridge,nil")
                    + (SPEAKS if plays else "") + more)
        if ca:
            with open(os.path.join(self.folder.name, "config"), "a", encoding="utf-8") as f:
                f.write(f"sip_cafile {ca}\nsip_verify_server yes\n")
        at = f"{server.host}:{port}" if port else server.addr
        through = f';outbound="sip:{at};transport={transport}"' if outbound else ""
        through += ";sipnat=outbound" if instance else ""
        who = f"{user}@{domain}" if domain else f"{user}@{at};transport={transport}"
        self._write("accounts", f"<sip:{who}>;regint=600;auth_pass=x{through}\n")
        if instance:
            with open(os.path.join(self.folder.name, "config"), "a", encoding="utf-8") as f:
                f.write("module uuid.so\n")
            self._write("uuid", instance)
        self._write("contacts", "")
        self.log = open(os.path.join(self.folder.name, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen([program, "-f", self.folder.name], stdout=self.log, stderr=self.log,
                                        stdin=subprocess.PIPE)
        self.control = wait_for(lambda: self._connect(control), 20, lambda: f"control socket\n{self.output()}")
        self.control.settimeout(0.05)
        wait_for(lambda: self.saw("REGISTER_OK") or "200 OK" in self.output(), 20,
                 lambda: f"registration of {user}\n{self.output()}")

    def _write(self, name, text):
        with open(os.path.join(self.folder.name, name), "w", encoding="utf-8") as f:
            f.write(text)

    @staticmethod
    def _connect(port):
        try:
            return socket.create_connection(("127.0.0.1", port), 1)
        except OSError:
            return None

    def output(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as f:
            return f.read()[-3000:]

    def command(self, name, params=""):
        text = json.dumps({"command": name, "params": params}).encode()
        self.control.sendall(b"%d:%s," % (len(text), text))

    def says(self, whom, text):
        """A MESSAGE to its only contact."""
        self._write("contacts", f"<sip:{whom}>\n")
        self.command("insmod", "contact.so")
        self.command("message", text)

    def _read(self):
        try:
            self.rest += self.control.recv(65536)
        except OSError:
            return
        while b":" in self.rest:
            size, _, tail = self.rest.partition(b":")
            if len(tail) < int(size) + 1:
                return
            self.events.append(json.loads(tail[:int(size)]))
            self.rest = tail[int(size) + 1:]

    def all(self, kind):
        self._read()
        return [e for e in self.events if e.get("type") == kind]

    def saw(self, kind):
        return bool(self.all(kind))

    def heard(self):
        """The file with what it heard in its only call."""
        found = glob.glob(os.path.join(self.folder.name, "dump-*-dec.wav"))
        assert len(found) == 1, f"{found}\n{self.output()}"
        return found[0]

    def await_event(self, kind, seconds=20):
        wait_for(lambda: self.saw(kind), seconds, lambda: f"{self.user}: {kind}\n{self.events}\n{self.output()}")

    def forget(self):
        self._read()
        self.events.clear()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.control.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
