"""Accounts from the command line, and a running server that learns of them by itself."""
import json
import os
import pty
import re
import subprocess
import tempfile

import server as programs
import tap
from registrars import Registrars
from server import Server, wait_for


def user(data, *words, password="secret", env=None):
    return subprocess.run([programs.PROGRAM, "user", *words, "--data", data], input=password + "\n", text=True,
                          capture_output=True, timeout=30, check=False, env={**os.environ, **(env or {})})


def done(run):
    assert run.returncode == 0 and run.stderr == "", run
    return run.stdout


def refused(run, status, what):
    assert run.returncode == status and run.stdout == "", run
    assert run.stderr.startswith("tandem: ") and what in run.stderr, run.stderr


def files(data):
    return b"".join(open(os.path.join(data, name), "rb").read() for name in os.listdir(data))


def test_added_listed_removed():
    with tempfile.TemporaryDirectory() as data:
        assert done(user(data, "add", "Alice@Example.COM")) == "sip:Alice@example.com: added\n"
        done(user(data, "add", "sip:bob@example.com"))
        assert done(user(data, "list")) == "sip:Alice@example.com\nsip:bob@example.com\n"
        listed = [json.loads(line) for line in done(user(data, "list", "--json")).splitlines()]
        assert listed[1] == {"aor": "sip:bob@example.com", "user": "bob", "realm": "example.com",
                             "algorithms": ["SHA-512-256", "SHA-256", "MD5"]}, listed
        refused(user(data, "add", "bob@example.com"), 1, "there is such an account")
        done(user(data, "remove", "bob@example.com"))
        refused(user(data, "remove", "bob@example.com"), 1, "there is no such account")
        refused(user(data, "password", "bob@example.com"), 1, "there is no such account")
        assert done(user(data, "list")) == "sip:Alice@example.com\n"


def test_bad_words_are_told():
    with tempfile.TemporaryDirectory() as data:
        for aor in ("bob", "bob@", "@example.com", "sip:example.com", "tel:+15550100", "bob@example.com:5060",
                    "bob@example.com;x=y", "bob@exa mple.com", "b" * 300 + "@example.com"):
            refused(user(data, "add", aor), 2, "expected a user and a domain")
        refused(user(data, "add"), 2, "expected one AOR")
        refused(user(data, "lst"), 2, "lst: expected add, password, remove")
        refused(user(data, "add", "bob@example.com", "--bogus"), 2, "unknown option")
        refused(user(os.path.join(data, "none"), "list"), 2, "no such folder")
        refused(user(data, "add", "bob@example.com", password=""), 1, "the password is empty")
        refused(user(data, "add", "bob@example.com", password="a\tb"), 1, "control character")
        refused(user(data, "add", "bob@example.com", password="x" * 256), 1, "too long")
        assert done(user(data, "list")) == ""


def test_a_password_is_kept_nowhere():
    with tempfile.TemporaryDirectory() as data:
        made = done(user(data, "add", "bob@example.com", "--generate")).strip()
        assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", made), made
        again = json.loads(done(user(data, "password", "bob@example.com", "--generate", "--json")))
        assert again["event"] == "changed" and again["password"] != made
        done(user(data, "add", "eve@example.com", env={"TANDEM_PASSWORD": "from-the-environment"}))
        done(user(data, "add", "joe@example.com", password="from-standard-input"))
        kept = files(data)
        for secret in (made, again["password"], "from-the-environment", "from-standard-input"):
            assert secret.encode() not in kept, secret
        for name in os.listdir(data):
            assert os.stat(os.path.join(data, name)).st_mode & 0o077 == 0, name


def on_terminal(data, *answers):
    """What a terminal shows while the password is typed, and the status."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.pop("TANDEM_PASSWORD", None)
        os.execv(programs.PROGRAM, [programs.PROGRAM, "user", "add", "bob@example.com", "--data", data])
    shown = b""
    for answer in answers:
        while not shown.rstrip().endswith(b":"):
            shown += os.read(terminal, 1024)
        os.write(terminal, answer.encode() + b"\n")
        shown += b"|"
    try:
        while more := os.read(terminal, 1024):
            shown += more
    except OSError:
        pass
    os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_asked_for_twice_and_not_shown():
    with tempfile.TemporaryDirectory() as data:
        shown, status = on_terminal(data, "open sesame", "open sesame")
        assert status == 0 and "added" in shown and "sesame" not in shown, shown
        assert "Password: " in shown and "Once more: " in shown, shown
        done(user(data, "remove", "bob@example.com"))
        shown, status = on_terminal(data, "open sesame", "open barley")
        assert status == 1 and "the two passwords differ" in shown, shown


def status_of(server):
    with Registrars(server.port) as phone:
        phone.run([1], contact=False, seconds=5)
        return phone.answered[1][0]


def test_the_first_account_closes_a_running_server():
    with tempfile.TemporaryDirectory() as data, Server("--data", data) as server:
        assert status_of(server) == 200
        done(user(data, "add", "u1@localhost"))
        wait_for(lambda: status_of(server) == 401, 10, "still open to everybody")
        done(user(data, "remove", "u1@localhost"))
        wait_for(lambda: status_of(server) == 200, 10, "still closed")


if __name__ == "__main__":
    tap.run()
