"""What rights the server keeps: another user's, no capability, few files, few system calls; and that it serves with them."""
import contextlib
import os
import pwd
import signal
import subprocess
import tempfile

import server as programs
import tap
from server import Server, free_port, wait_for
from sipp import Sipp, register

USER = "nobody"
CALLS = 50


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f)


def of_all_threads(pid):
    for tid in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{tid}/status", encoding="ascii") as f:
            yield dict(line.rstrip("\n").split(":\t", 1) for line in f)


def need_root():
    if os.geteuid() != 0:
        raise tap.Skip("needs root")


@contextlib.contextmanager
def data_folder():
    """A folder that does not exist yet, in one that anybody may pass through."""
    with tempfile.TemporaryDirectory() as parent:
        os.chmod(parent, 0o711)
        yield os.path.join(parent, "data")


def calls(server, transport):
    mode = {"udp": "u1", "tcp": "t1"}[transport]
    port = free_port()
    with Sipp("callee.xml", port, "-m", str(CALLS), "-timeout", "60s", transport=mode) as callee:
        register(server, "bob", port, transport, free_port())
        with Sipp("caller.xml", free_port(), "-s", "bob", "-m", str(CALLS), "-r", "50", "-timeout", "60s",
                  remote=server.addr, transport=mode) as caller:
            called = caller.finish(70)
            assert called["ok"] == CALLS and called["failed"] == 0, (called, caller.errors())
        callee.finish(30)


def ctl(data, *words):
    done = subprocess.run([programs.PROGRAM, "ctl", *words, "--socket", os.path.join(data, "control")],
                          capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done
    return done.stdout


def serves(server):
    for transport in ("udp", "tcp"):
        calls(server, transport)


def test_it_serves_as_another_user_with_nothing_of_roots():
    need_root()
    nobody = pwd.getpwnam(USER)
    with data_folder() as data, Server("--user", USER, "--data", data) as server:
        for thread in of_all_threads(server.process.pid):
            assert set(thread["Uid"].split()) == {str(nobody.pw_uid)}, thread["Uid"]
            assert set(thread["Gid"].split()) == {str(nobody.pw_gid)}, thread["Gid"]
            assert "0" not in thread["Groups"].split(), thread["Groups"]
            for capabilities in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
                assert int(thread[capabilities], 16) == 0, (capabilities, thread[capabilities])
        for where, _, files in os.walk(data):
            for name in [".", *files]:
                assert os.stat(os.path.join(where, name)).st_uid == nobody.pw_uid, name
        serves(server)
        server.process.send_signal(signal.SIGHUP)
        calls(server, "udp")
        assert "as root" not in server.stderr()


def test_files_that_root_left_in_the_data_folder_are_taken_over():
    need_root()
    with data_folder() as data:
        with Server("--data", data) as server:
            wait_for(lambda: "as root" in server.stderr(), 5, server.stderr)
            register(server, "carol", free_port(), "udp", free_port())
        with Server("--user", USER, "--data", data) as server:
            assert "sip:carol@" in ctl(data, "registrations"), "forgotten"
            calls(server, "udp")
            for name in os.listdir(data):
                assert os.stat(os.path.join(data, name)).st_uid == pwd.getpwnam(USER).pw_uid, name


def write_anew(path, text):
    """As an editor does: another file takes the name."""
    with open(path + ".new", "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path + ".new", 0o644)
    os.replace(path + ".new", path)


def test_a_reload_reads_the_file_that_took_the_name():
    options = ("--user", USER) if os.geteuid() == 0 else ()
    with data_folder() as data:
        path = os.path.join(os.path.dirname(data), "tandem.yaml")
        write_anew(path, "domains: [one.example]\n")
        with Server("--config", path, "--data", data, *options) as server:
            assert "one.example" in ctl(data, "status")
            write_anew(path, "domains: [two.example]\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "reloaded" in server.stderr(), 5, server.stderr)
            assert "two.example" in ctl(data, "status")
            write_anew(path, "domain: [three.example]\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "reload refused" in server.stderr(), 5, server.stderr)
            assert "two.example" in ctl(data, "status")
            calls(server, "udp")


def test_every_thread_is_in_the_sandbox():
    with data_folder() as data, Server("--data", data) as server:
        wait_for(lambda: len(os.listdir(f"/proc/{server.process.pid}/task")) >= 3, 5, "its threads")
        filtered = status_of(server.process.pid)["Seccomp"] == "2"
        if not filtered:
            wait_for(lambda: "sandbox less" in server.stderr(), 5, "no filter, and not a word of it")
        for thread in of_all_threads(server.process.pid):
            assert thread["NoNewPrivs"] == "1", thread["Name"]
            assert (thread["Seccomp"] == "2") == filtered, thread["Name"]
        serves(server)


def test_it_can_be_left_out():
    with Server("--no-sandbox") as server:
        assert status_of(server.process.pid)["Seccomp"] == "0"


def test_a_user_that_does_not_exist_or_is_root_is_an_error():
    for user, why in (("no-such-user", "no such user"), ("root", "without rights")):
        done = subprocess.run([programs.PROGRAM, "serve", "--listen", "udp:127.0.0.1:0", "--user", user],
                              capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 2 and why in done.stderr, done


if __name__ == "__main__":
    tap.run()
