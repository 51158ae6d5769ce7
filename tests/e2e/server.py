"""Starts the program under test as a server and stops it again. Its path is in TANDEM_PROGRAM."""
import contextlib
import os
import random
import select
import signal
import socket
import subprocess
import tempfile
import time

PROGRAM = os.environ.get("TANDEM_PROGRAM", "build/tandem")
UNDER = os.environ.get("TANDEM_UNDER", "").split()  # what a server is run by
READY_S = 30
STOP_S = 45  # calls that are left may hold it for 30


GIVEN = set()  # whoever asked for one may not have taken it yet


def is_free(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as tcp, socket.socket(family, socket.SOCK_DGRAM) as udp:
        tcp.bind((host, port))
        udp.bind((host, port))
        return True
    return False


def free_ports(n, host="127.0.0.1"):
    """The first of n ports in a row that nobody has for UDP and TCP at this moment, and nobody was given here; even where there are
    several. Of four digits: sipsak cuts longer ones."""
    while True:
        row = range(start := random.randrange(2000, 10000 - n, min(n, 2)), start + n)
        if GIVEN.isdisjoint(row) and all(is_free(host, port) for port in row):
            GIVEN.update(row)
            return start


def free_port(host="127.0.0.1"):
    return free_ports(1, host)


class Server:
    """A running `tandem serve` on a free port of 127.0.0.1, UDP and TCP, in a runtime folder of its own."""

    def __init__(self, *options, host="127.0.0.1", port=None, program=None,
                 stderr=None, stdin=subprocess.DEVNULL, runtime=None):
        self.host = host
        self.port = port or free_port(host)
        shown = f"[{host}]" if ":" in host else host
        self.addr = f"{shown}:{self.port}"
        self.errors = tempfile.TemporaryFile("w+")
        self.own_runtime = None if runtime else tempfile.TemporaryDirectory()
        self.runtime = runtime or self.own_runtime.name
        command = [*UNDER, program or PROGRAM, "serve", "--listen", f"udp:{self.addr}", "--listen",
                   f"tcp:{self.addr}", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE,
                                        stderr=stderr or self.errors,
                                        stdin=stdin, text=True,
                                        env={**os.environ, "XDG_RUNTIME_DIR": self.runtime})
        self.ready = self._line(READY_S)
        if not self.ready.startswith(("ready ", '{"event":"ready"')):
            self.process.kill()
            raise AssertionError(f"no ready line but {self.ready!r}\n{self.stderr()}")

    def _line(self, seconds):
        readable, _, _ = select.select([self.process.stdout], [], [], seconds)
        return self.process.stdout.readline() if readable else ""

    def stderr(self):
        # The server writes at the offset that it shares with us: it must not move.
        descriptor = self.errors.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    def alive(self):
        return self.process.poll() is None

    def rss_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return 0

    def stop(self, sig=signal.SIGTERM):
        """Ends the server and checks that it ended well: status 0 and nothing on standard error of a sanitizer's making."""
        if self.alive():
            self.process.send_signal(sig)
        try:
            status = self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not end on its signal") from None
        errors = self.stderr()
        assert "Sanitizer" not in errors and "runtime error" not in errors, errors
        assert status == 0, f"exit status {status}\n{errors}"
        return errors

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            if self.alive():
                self.process.kill()
            self.process.wait()
            print("# server said: " + self.stderr()[-4000:].replace("\n", "\n# "), flush=True)
        else:
            self.stop()


def is_bound(port):
    """Somebody takes datagrams at this port, by any address."""
    for table in ("/proc/net/udp", "/proc/net/udp6"):
        with contextlib.suppress(FileNotFoundError), open(table, encoding="ascii") as sockets:
            if f":{port:04X} " in sockets.read():
                return True
    return False


def free_media_port():
    """For RTP and RTCP."""
    return free_ports(2)


def wait_for(condition, seconds, what):
    """Polls until condition() is true; AssertionError with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
