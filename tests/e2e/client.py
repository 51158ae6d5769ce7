"""The client commands of the program: run to their end, or running on with their events."""
import contextlib
import json
import os
import signal
import subprocess
import tempfile

import server as programs
from server import wait_for


def tandem(*words, status=0, env=None, text=None, seconds=60):
    """Runs it to its end; `status` is what it has to end with, or several of which any will do."""
    wanted = status if isinstance(status, tuple) else (status,)
    run = subprocess.run([programs.PROGRAM, *words], input=text, capture_output=True, text=True, timeout=seconds, check=False,
                         env={**os.environ, **(env or {})})
    assert run.returncode in wanted, f"{words}: status {run.returncode}\n{run.stdout}\n{run.stderr}"
    return run


def events(*words, **more):
    return [json.loads(line) for line in tandem(*words, "--json", **more).stdout.splitlines()]


def answer(*words, **more):
    """The last event."""
    return events(*words, **more)[-1]


class Client:
    """A command that runs on. It is told to end by SIGINT, and has to end well."""

    def __init__(self, *words, env=None):
        self.events = []
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([programs.PROGRAM, *words, "--json"], stdout=subprocess.PIPE, stderr=self.errors,
                                        stdin=subprocess.PIPE, env={**os.environ, **(env or {})})
        os.set_blocking(self.process.stdout.fileno(), False)
        self.rest = b""

    def read(self):
        with contextlib.suppress(BlockingIOError, TypeError, ValueError):  # nothing yet, or closed
            self.rest += self.process.stdout.read()
        *lines, self.rest = self.rest.split(b"\n")
        self.events += [json.loads(line) for line in lines]
        return self.events

    def all(self, kind):
        return [e for e in self.read() if e["event"] == kind]

    def saw(self, kind, n=1):
        found = self.all(kind)
        return found[n - 1] if len(found) >= n else None

    def await_event(self, kind, n=1, seconds=30):
        return wait_for(lambda: self.saw(kind, n), seconds, lambda: f"no {kind}: {self.events}\n{self.said()}")

    def tell(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def said(self):
        descriptor = self.errors.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    def wait(self, status=0, seconds=60):
        got = self.process.wait(seconds)
        self.read()
        assert got == status and "Sanitizer" not in self.said(), f"status {got}\n{self.events}\n{self.said()}"

    def stop(self, sig=signal.SIGINT, status=0):
        if self.process.poll() is None:
            self.process.send_signal(sig)
        self.wait(status)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            print("# " + self.said().replace("\n", "\n# "), flush=True)
        elif not kind and self.process.poll() is None:
            self.stop()
        self.process.stdin.close()
        self.process.stdout.close()
