"""Runs SIPp with the scenarios beside this file and reads what it counted."""
import csv
import glob
import os
import shutil
import subprocess
import tempfile

from server import is_bound, wait_for
from tap import Skip

HERE = os.path.dirname(os.path.abspath(__file__))


class Sipp:
    """One SIPp process. `finish` waits for its end and returns its last line of statistics. `files` are those that it finds where it
    runs, by name."""

    def __init__(self, scenario, port, *options, remote=None, transport="u1", host="127.0.0.1", files=None):
        if not shutil.which("sipp"):
            raise Skip("no sipp")
        self.port, self.transport = port, transport
        self.folder = tempfile.TemporaryDirectory()
        self.stats = os.path.join(self.folder.name, "stats.csv")
        for name, content in (files or {}).items():
            with open(os.path.join(self.folder.name, name), "wb") as f:
                f.write(content)
        command = ["sipp", "-sf", os.path.join(HERE, "sipp", scenario), "-i", host, "-p", str(port),
                   "-t", transport, "-nostdin", "-trace_stat", "-stf", self.stats, "-fd", "1",
                   "-trace_err", "-error_file", os.path.join(self.folder.name, "errors"),
                   "-trace_logs", "-log_file", os.path.join(self.folder.name, "log"), *options]
        if remote:
            command.append(remote)
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        cwd=self.folder.name, start_new_session=True)

    def _read(self, name):
        try:
            with open(os.path.join(self.folder.name, name), encoding="latin-1") as f:
                return f.read()
        except OSError:
            return ""

    def errors(self):
        return self._read("errors")[:3000]

    def log(self):
        """What its scenario says by <log>."""
        return self._read("log")

    def response_times(self):
        """The milliseconds that its calls waited from start_rtd to rtd, in order of size; `-trace_rtt -rtt_freq 1` is an option."""
        with open(glob.glob(os.path.join(self.folder.name, "*_rtt.csv"))[0], encoding="latin-1") as f:
            return sorted(float(line.split(";")[1]) for line in f if line[0].isdigit())

    def last_row(self):
        """What it has counted so far; it writes once a second."""
        try:
            with open(self.stats, newline="", encoding="latin-1") as f:
                rows = list(csv.DictReader(f, delimiter=";"))
        except OSError:
            return {}
        return rows[-1] if rows else {}

    def talking(self):
        """Its calls that are under way."""
        return int(self.last_row().get("CurrentCall") or 0)

    def finish(self, seconds):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop()
        last = self.last_row()
        return {"ok": int(last.get("SuccessfulCall(C)", 0)), "failed": int(last.get("FailedCall(C)", 0)),
                "retransmissions": int(last.get("Retransmissions(C)", 0)), "status": self.process.returncode}

    def stop(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        """Who is to be called is there by then."""
        if self.transport.startswith("u"):
            wait_for(lambda: is_bound(self.port) or self.process.poll() is not None, 20, self.errors)
        return self

    def __exit__(self, *_):
        self.stop()


def register(server, user, port, transport="udp", local_port=None, host="127.0.0.1", scenario="register.xml"):
    """Registers user at host:port with a SIPp of its own."""
    sipp = Sipp(scenario, local_port, "-m", "1", "-s", user, "-timeout", "20s",
                "-key", "contact_port", str(port), "-key", "contact_transport", transport,
                remote=server.addr, transport="u1" if transport == "udp" else "t1", host=host)
    got = sipp.finish(30)
    assert got["ok"] == 1 and got["failed"] == 0, f"REGISTER: {got} {sipp.errors()}"
