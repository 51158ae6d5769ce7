"""Accounts from the command line: each verb and its errors, and what a running server makes of them."""
import hashlib
import json
import os
import re
import socket
import subprocess
import tempfile
import time

import tap
from server import PROGRAM, Server

SEEN_S = 10  # a server knows of a change within a second


def user(folder, *words, given="", status=0):
    """Runs `tandem user`; its standard output, once its status is the expected one."""
    env = {name: value for name, value in os.environ.items() if name != "TANDEM_PASSWORD"}
    done = subprocess.run([PROGRAM, "user", *words, "--data", folder], input=given, env=env, capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
    assert (status == 0) == (done.stderr == ""), done.stderr
    return done.stdout + done.stderr


def names(folder):
    return [json.loads(line)["aor"] for line in user(folder, "list", "--json").splitlines()]


class Phone:
    """Registers by UDP, and says who it is when it is asked."""

    def __init__(self, server, name):
        self.server, self.name, self.cseq = server, name, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(5)
        self.port = self.socket.getsockname()[1]

    def ask(self, more=""):
        self.cseq += 1
        aor, request_uri = f"sip:{self.name}@127.0.0.1", "sip:127.0.0.1"
        self.socket.sendto((f"REGISTER {request_uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{self.cseq}\r\n"
                            f"Max-Forwards: 70\r\nFrom: <{aor}>;tag=1\r\nTo: <{aor}>\r\nCall-ID: {self.port}@127.0.0.1\r\n"
                            f"CSeq: {self.cseq} REGISTER\r\nContact: <sip:{self.name}@127.0.0.1:{self.port}>\r\n{more}"
                            "Content-Length: 0\r\n\r\n").encode(), ("127.0.0.1", self.server.port))
        return self.socket.recv(4096).decode()

    def register(self, password):
        """The status of the last answer."""
        answer = self.ask()
        challenges = re.findall(r"WWW-Authenticate: *Digest ([^\r]*)", answer)
        for challenge in challenges:
            said = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge))
            if said.get("algorithm", "MD5") == "MD5":
                return status_of(self.ask(self.credentials(said, password)))
        return status_of(answer)

    def credentials(self, said, password):
        def md5(*parts):
            return hashlib.md5(":".join(parts).encode()).hexdigest()
        a1, a2 = md5(self.name, said["realm"], password), md5("REGISTER", "sip:127.0.0.1")
        response = md5(a1, said["nonce"], "00000001", "c", "auth", a2)
        return (f'Authorization: Digest username="{self.name}", realm="{said["realm"]}", nonce="{said["nonce"]}", uri="sip:127.0.0.1", '
                f'response="{response}", algorithm=MD5, cnonce="c", nc=00000001, qop=auth\r\n')


def status_of(answer):
    return int(answer.split(" ", 2)[1])


def until(wanted, ask):
    """Asks until it is so; what was answered last."""
    end = time.monotonic() + SEEN_S
    while (got := ask()) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    return got


def test_each_verb_and_its_errors():
    with tempfile.TemporaryDirectory() as folder:
        user(folder, "add", "alice@example.com", given="secret\n")
        assert "there is such an account" in user(folder, "add", "alice@example.com", given="x\n", status=1)
        user(folder, "add", "sip:Bob@Example.COM", given="secret\n")
        assert names(folder) == ["sip:Bob@example.com", "sip:alice@example.com"], names(folder)
        user(folder, "password", "alice@example.com", given="other\n")
        assert "no such account" in user(folder, "password", "eve@example.com", given="x\n", status=1)
        user(folder, "remove", "Bob@example.com")
        assert "no such account" in user(folder, "remove", "Bob@example.com", status=1)
        assert names(folder) == ["sip:alice@example.com"]
        assert len(user(folder, "add", "carol@example.com", "--generate").strip()) >= 16
        for wrong in ("alice", "@example.com", "alice@example.com:5060", "alice@exa mple"):
            user(folder, "add", wrong, given="x\n", status=2)
        user(folder, "add", "dave@example.com", given="\n", status=1)
        user(os.path.join(folder, "missing"), "list", status=2)


def test_no_password_is_kept():
    with tempfile.TemporaryDirectory() as folder:
        user(folder, "add", "alice@example.com", given="correct-horse-battery\n")
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                assert b"correct-horse" not in file.read(), name


def test_import_is_all_or_nothing():
    with tempfile.TemporaryDirectory() as folder:
        lines = "# two\nalice@example.com first password\n\n  bob@example.com\tsecond\n"
        assert user(folder, "import", given=lines).startswith("2 ")
        wrong = user(folder, "import", given="carol@example.com third\nbob@example.com\n", status=1)
        assert "line 2" in wrong, wrong
        assert names(folder) == ["sip:alice@example.com", "sip:bob@example.com"]


def test_a_running_server_obeys_the_accounts():
    with tempfile.TemporaryDirectory() as folder, Server("--domain", "127.0.0.1", "--data", folder) as server:
        alice, eve = Phone(server, "alice"), Phone(server, "eve")
        assert status_of(alice.ask()) == 200, "nobody is asked while there is no account"
        user(folder, "import", given="alice@127.0.0.1 secret\nbob@127.0.0.1 other\n")
        assert until(401, lambda: status_of(eve.ask())) == 401
        assert alice.register("secret") == 200
        assert alice.register("wrong") == 401
        assert eve.register("secret") == 401
        user(folder, "password", "alice@127.0.0.1", given="changed\n")
        assert until(200, lambda: alice.register("changed")) == 200
        assert alice.register("secret") == 401
        user(folder, "remove", "alice@127.0.0.1")
        assert until(401, lambda: alice.register("changed")) == 401


if __name__ == "__main__":
    tap.run()
