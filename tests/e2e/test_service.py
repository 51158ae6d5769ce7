"""The server as a service manager sees it: sd_notify's datagrams, and a watchdog that a hanging worker silences."""
import contextlib
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile

import server as programs
import tap
from server import Server, wait_for

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000
WATCHDOG_US = 1200000  # looked at four times within it


class Manager:
    """A service manager's socket; `said` are the assignments that came."""

    def __init__(self, name):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self.said = []

    def read(self, seconds=0.0):
        """What has come, waiting for the first of it."""
        self.socket.settimeout(seconds or 0.001)
        new = []
        with contextlib.suppress(OSError):
            while True:
                new += self.socket.recv(4096).decode().splitlines()
                self.socket.settimeout(0.001)
        self.said += new
        return new

    def heard(self, text):
        self.read()
        return any(line.startswith(text) for line in self.said)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


@contextlib.contextmanager
def environment(**values):
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]


@contextlib.contextmanager
def served(*options, name=None, **values):
    """A server under a manager at a path (or `name`)."""
    with tempfile.TemporaryDirectory() as folder:
        where = name or os.path.join(folder, "notify")
        with Manager(where) as manager, environment(NOTIFY_SOCKET=where, **values), Server(*options) as server:
            yield manager, server


def test_ready_is_told_by_path_and_by_abstract_name():
    for name in (None, f"@tandem-test-{os.getpid()}"):
        with served("--workers", "2", name=name) as (manager, server):
            wait_for(lambda: manager.heard("READY=1"), 5, "READY=1")
            assert manager.heard("STATUS=Serving with 2 workers"), manager.said
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: manager.heard("STOPPING=1"), 5, "STOPPING=1")
            assert manager.heard("EXTEND_TIMEOUT_USEC="), manager.said
            assert not manager.heard("WATCHDOG=1"), "nobody asked for signs of life"


def test_a_reload_is_told_from_its_begin_to_its_end():
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write("domains: [one.example]\n")
        f.flush()
        with served("--config", f.name) as (manager, server):
            wait_for(lambda: manager.heard("READY=1"), 5, "READY=1")
            del manager.said[:]
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: manager.heard("READY=1"), 5, "READY=1 again")
            assert manager.said[0] == "RELOADING=1" and manager.said[1].startswith("MONOTONIC_USEC="), manager.said


def test_an_idle_server_gives_signs_of_life():
    with served("--workers", "2", WATCHDOG_USEC=str(WATCHDOG_US)) as (manager, _):
        wait_for(lambda: manager.read() and manager.said.count("WATCHDOG=1") >= 5, 10, lambda: manager.said)


def test_a_manager_that_is_gone_harms_nobody():
    with served("--workers", "1", WATCHDOG_USEC=str(WATCHDOG_US)) as (manager, server):
        wait_for(lambda: manager.heard("WATCHDOG=1"), 10, "WATCHDOG=1")
        manager.socket.close()
        manager.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        assert server.alive()



def worker_thread(pid, index):
    for tid in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{tid}/comm", encoding="ascii") as comm:
            if comm.read().strip() == f"worker {index}":
                return int(tid)
    raise AssertionError("no such thread")


@contextlib.contextmanager
def held(tid):
    """One thread stands still, as if it hung; the others go on."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(PTRACE_SEIZE, tid, None, None):
        raise tap.Skip(f"no ptrace here: {os.strerror(ctypes.get_errno())}")
    libc.ptrace(PTRACE_INTERRUPT, tid, None, None)
    os.waitpid(tid, WALL)
    try:
        yield
    finally:
        libc.ptrace(PTRACE_DETACH, tid, None, None)


def systemd_analyze(*arguments):
    """What it says of our unit, which runs the program under test in place of the installed one."""
    unit = os.environ.get("TANDEM_UNIT", "")
    if not shutil.which("systemd-analyze") or not os.path.exists(unit):
        raise tap.Skip("no systemd-analyze, or no unit")
    with tempfile.TemporaryDirectory() as folder, open(unit, encoding="utf-8") as f:
        copy = os.path.join(folder, "tandem.service")
        text = re.sub(r"^ExecStart=\S+", f"ExecStart={os.path.abspath(programs.PROGRAM)}", f.read(), flags=re.M)
        with open(copy, "w", encoding="utf-8") as out:
            out.write(text)
        return subprocess.run(["systemd-analyze", *arguments, copy], capture_output=True, text=True, timeout=60,
                              check=False)


def test_the_unit_is_well_formed():
    done = systemd_analyze("verify", "--man=no")
    ours = [line for line in done.stderr.splitlines() if "tandem.service" in line]
    assert not ours and done.returncode == 0, done


def test_the_unit_leaves_little_open():
    done = systemd_analyze("security", "--offline=yes", "--threshold=20", "--no-pager")
    tap.note(done.stdout.splitlines()[-1] if done.stdout else done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_worker_that_hangs_silences_the_watchdog():
    with served("--workers", "2", WATCHDOG_USEC=str(WATCHDOG_US)) as (manager, server):
        wait_for(lambda: manager.heard("WATCHDOG=1"), 10, "WATCHDOG=1")
        with held(worker_thread(server.process.pid, 1)):
            wait_for(lambda: "worker stuck" in server.stderr(), 10, "the log's word of it")
            manager.read()
            looks = server.stderr().count("worker stuck")
            wait_for(lambda: server.stderr().count("worker stuck") >= looks + 4, 10, "further looks")
            assert "WATCHDOG=1" not in manager.read(), "told all the same"
        wait_for(lambda: "WATCHDOG=1" in manager.read(), 10, "signs of life once it turns again")


if __name__ == "__main__":
    tap.run()
