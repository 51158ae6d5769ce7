"""Accounts from the command line, and a running server that learns of them by itself."""
import hashlib
import json
import os
import pty
import re
import socket
import subprocess
import tempfile

import server as programs
import tap
from control import ctl
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


def test_an_account_of_no_domain_is_told():
    with tempfile.TemporaryDirectory() as data:
        config = os.path.join(data, "tandem.yaml")
        with open(config, "w", encoding="ascii") as f:
            f.write(f"domains: [Example.com, example.net]\ndata: {data}\n")
        done(user(data, "add", "zoe@example.org"))  # nobody runs who could know better
        check = subprocess.run([programs.PROGRAM, "check", config], capture_output=True, text=True, timeout=30, check=False)
        assert check.returncode == 0 and ":1:domains: warning: 1 accounts are of no domain" in check.stderr, check
        assert "sip:zoe@example.org" in check.stderr, check.stderr
        with Server("--config", config) as server:
            assert "stray accounts accounts=1 first=sip:zoe@example.org" in server.stderr(), server.stderr()
            assert ctl(data, "domains") == [{"domain": "Example.com"}, {"domain": "example.net"}]
            done(user(data, "add", "alice@example.com"))
            done(user(data, "add", "bob@EXAMPLE.NET"))
            run = user(data, "add", "bob@127.0.0.1")
            assert run.returncode == 0 and run.stdout == "sip:bob@127.0.0.1: added\n", run
            assert "127.0.0.1 is no domain of the server that runs here (Example.com, example.net)" in run.stderr, run
            wait_for(lambda: "first=sip:bob@127.0.0.1" in server.stderr(), 5, server.stderr)
            assert "example.net" not in server.stderr() and "alice" not in server.stderr(), server.stderr()
            with open(config, "a", encoding="ascii") as f:
                f.write("drain: 1s\n")
            ctl(data, "reload")
            wait_for(lambda: "stray accounts accounts=2" in server.stderr(), 5, server.stderr)


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


def test_import_is_all_or_nothing():
    with tempfile.TemporaryDirectory() as data:
        lines = "# two\nalice@example.com first password\n\n  bob@example.com\tsecond\n"
        assert done(user(data, "import", password=lines)) == "2 imported\n"
        for wrong, what in (("bob@example.com", "line 2: the password is empty"),
                            ("bob@example.com a\tb", "line 2: the password has a control character"),
                            ("bob@example.com a\0b", "line 2: too long, or has a NUL in it"),
                            ("bob@example.com " + "x" * 1000, "line 2: too long"),
                            ("bob x", "line 2: expected a user and a domain")):
            refused(user(data, "import", password=f"carol@example.com third\n{wrong}\n"), 1, what)
        assert done(user(data, "list")) == "sip:alice@example.com\nsip:bob@example.com\n"


class Phone:
    """Registers by UDP, and says who it is when it is asked."""

    def __init__(self, server, name):
        self.server, self.name, self.cseq = server, name, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(5)
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, more=""):
        self.cseq += 1
        aor, request_uri = f"sip:{self.name}@127.0.0.1", "sip:127.0.0.1"
        self.socket.sendto((f"REGISTER {request_uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{self.cseq}\r\n"
                            f"Max-Forwards: 70\r\nFrom: <{aor}>;tag=1\r\nTo: <{aor}>\r\nCall-ID: {self.port}@127.0.0.1\r\n"
                            f"CSeq: {self.cseq} REGISTER\r\nContact: <sip:{self.name}@127.0.0.1:{self.port}>\r\n{more}"
                            "Content-Length: 0\r\n\r\n").encode(), ("127.0.0.1", self.server.port))
        return self.socket.recv(4096).decode()

    def challenged(self):
        """What the server wants to be answered by MD5, and the status of its answer."""
        answer = self.ask()
        challenges = [dict(re.findall(r'(\w+)="?([^",]*)"?', c)) for c in re.findall(r"WWW-Authenticate: *Digest ([^\r]*)", answer)]
        return next((c for c in challenges if c.get("algorithm", "MD5") == "MD5"), None), status_of(answer)

    def register(self, password):
        """The status of the last answer."""
        challenge, status = self.challenged()
        return status_of(self.ask(self.credentials(challenge, password))) if challenge else status

    def credentials(self, said, password):
        def md5(*parts):
            return hashlib.md5(":".join(parts).encode()).hexdigest()
        a1, a2 = md5(self.name, said["realm"], password), md5("REGISTER", "sip:127.0.0.1")
        response = md5(a1, said["nonce"], "00000001", "c", "auth", a2)
        return (f'Authorization: Digest username="{self.name}", realm="{said["realm"]}", nonce="{said["nonce"]}", uri="sip:127.0.0.1", '
                f'response="{response}", algorithm=MD5, cnonce="c", nc=00000001, qop=auth\r\n')


def status_of(answer):
    return int(answer.split(" ", 2)[1])


def test_a_running_server_obeys_the_accounts():
    with tempfile.TemporaryDirectory() as data, Server("--domain", "127.0.0.1", "--data", data) as server, \
            Phone(server, "alice") as alice, Phone(server, "eve") as eve:
        assert status_of(alice.ask()) == 200, "nobody is asked while there is no account"
        done(user(data, "import", password="alice@127.0.0.1 secret\nbob@127.0.0.1 other\n"))
        wait_for(lambda: status_of(eve.ask()) == 401, 10, "still open to everybody")
        assert alice.register("secret") == 200
        assert alice.register("wrong") == 401
        assert eve.register("secret") == 401
        done(user(data, "password", "alice@127.0.0.1", password="changed"))
        wait_for(lambda: alice.register("changed") == 200, 10, "the new password is not known")
        assert alice.register("secret") == 401
        done(user(data, "remove", "alice@127.0.0.1"))
        wait_for(lambda: alice.register("changed") == 401, 10, "who was removed is let in")
        done(user(data, "remove", "bob@127.0.0.1"))
        wait_for(lambda: status_of(eve.ask()) == 200, 10, "still closed without an account")


if __name__ == "__main__":
    tap.run()
