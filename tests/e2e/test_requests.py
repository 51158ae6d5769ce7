"""`tandem options`, `message`, `request` and `register`, against our server and against others' programs."""
import contextlib
import os
import socket
import subprocess
import tempfile

import server as programs
import tap
from baresip import Baresip
from client import Client, answer, tandem
from kamailio import LocalKamailio
from server import Server, free_port
from sipp import Sipp


@contextlib.contextmanager
def with_accounts(*users):
    with tempfile.TemporaryDirectory() as data:
        for who in users:
            subprocess.run([programs.PROGRAM, "user", "add", f"{who}@localhost", "--data", data], input=f"secret-{who}\n",
                           text=True, check=True, capture_output=True)
        with Server("--domain", "localhost", "--data", data) as server:
            yield server


def password(who):
    return {"TANDEM_PASSWORD": f"secret-{who}"}


def test_options_shows_what_the_other_side_can_do():
    with Server() as server:
        run = tandem("options", server.addr)
        assert run.stdout.startswith("200 OK, ") and "  Allow: " in run.stdout, run.stdout
        for way in ("udp", "tcp"):
            told = answer("options", f"sip:{server.addr};transport={way}")
            assert told["status"] == 200 and told["from"] == f"{way}:{server.addr}" and told["ms"] > 0, told
            assert any(h["name"] == "Allow" for h in told["headers"]), told


def test_verbose_shows_both_messages():
    with Server() as server:
        said = tandem("options", server.addr, "-v").stderr
        assert f"-> udp:{server.addr}" in said and f"<- udp:{server.addr}" in said, said
        assert "OPTIONS sip:" in said and "SIP/2.0 200 OK" in said, said


def test_the_exit_status_tells_who_said_no():
    with Server() as server:
        assert answer("message", f"nobody@{server.addr}", "hi", status=1)["status"] == 404
        tandem("request", "INVITE", server.addr, status=2)
        tandem("options", "sip:two words", status=2)
    assert answer("options", f"127.0.0.1:{free_port()}", status=3)["status"] == 503
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        told = answer("options", f"127.0.0.1:{silent.getsockname()[1]}", "--timeout", "0.7", status=3)
        assert told["status"] == 408, told


def test_a_challenge_is_answered_with_the_password():
    with with_accounts("alice", "bob") as server:
        way = ("--server", server.addr)
        tandem("register", "alice@localhost", "--once", *way, env=password("alice"))
        tandem("register", "bob@localhost", "--once", *way, env={"TANDEM_PASSWORD": "wrong"}, status=1)
        with tempfile.NamedTemporaryFile("w") as f:
            f.write("secret-bob\n")
            f.flush()
            tandem("register", "bob@localhost", "--once", *way, "--password-file", f.name)
        # Alice's phone is gone: nobody answers, or the kernel tells the server so.
        run = tandem("options", "sip:alice@localhost", "--as", "bob@localhost", *way, "--timeout", "1", "-v", status=(1, 3),
                     env=password("bob"))
        assert "algorithm=SHA-256" in run.stderr and "secret" not in run.stderr, run.stderr


def test_register_refreshes_and_leaves():
    with Server("--domain", "localhost") as server, \
            Client("register", "alice@localhost", "--server", server.addr, "--expires", "2") as alice:
        first = alice.await_event("registered")
        assert first["aor"] == "sip:alice@localhost" and first["expires"] == 60, first  # 423, and the least that is taken
        alice.stop()
        assert alice.saw("unregistered")["status"] == 200, alice.events


def test_messages_go_both_ways():
    with with_accounts("alice", "bob") as server, \
            Client("register", "alice@localhost", "--server", server.addr, env=password("alice")) as alice:
        alice.await_event("registered")
        told = answer("message", "alice@localhost", "Grüße", "--as", "bob@localhost", "--server", server.addr,
                      env=password("bob"))
        assert told["status"] == 200, told
        assert alice.await_event("message") == {"event": "message", "from": "sip:bob@localhost", "aor": "sip:alice@localhost",
                                                "text": "Grüße"}
        told = answer("message", "alice@localhost", "-", "--type", "application/x", "--as", "bob@localhost", "--server",
                      server.addr, env=password("bob"), text="x", status=1)
        assert told["status"] == 415, told


def test_outbound_gets_a_gruu():
    with Server("--domain", "localhost") as server, \
            Client("register", "alice@localhost", "--server", f"{server.addr};transport=tcp", "--outbound") as alice:
        assert "gr=urn:uuid:" in alice.await_event("registered")["pub_gruu"], alice.events


def test_kamailio_registers_us_and_brings_messages():
    with LocalKamailio() as kamailio, \
            Client("register", f"alice@{kamailio.addr}", env={"TANDEM_PASSWORD": "alice"}) as alice:
        alice.await_event("registered")
        told = answer("message", f"alice@{kamailio.addr}", "hello", "--as", f"bob@{kamailio.addr}",
                      env={"TANDEM_PASSWORD": "bob"})
        assert told["status"] == 200, told
        assert alice.await_event("message")["text"] == "hello"
        tandem("register", f"bob@{kamailio.addr}", "--once", env={"TANDEM_PASSWORD": "alice"}, status=1)


def test_baresip_takes_a_message_and_says_what_it_can():
    with Server() as server, Baresip(server, "bob"):
        told = answer("options", f"bob@{server.addr}")
        assert told["status"] == 200 and any("INVITE" in h["value"] for h in told["headers"] if h["name"] == "Allow"), told
        assert answer("message", f"bob@{server.addr}", "hello")["status"] == 200


def test_tls_servers_have_to_prove_who_they_are():
    with tempfile.TemporaryDirectory() as path:
        subprocess.run([programs.PROGRAM, "cert", "--out", path, "127.0.0.1"], check=True, capture_output=True)
        port = free_port()
        config = os.path.join(path, "tandem.yaml")
        with open(config, "w", encoding="ascii") as f:
            f.write(f"listen: ['tls:127.0.0.1:{port}']\ntls:\n  certificates: ['{path}/127.0.0.1.pem']\n")
        with Server("--config", config, "--listen", f"tls:127.0.0.1:{port}"):
            target = f"sips:127.0.0.1:{port}"
            told = answer("options", target, "--ca", os.path.join(path, "ca.pem"))
            assert told["status"] == 200 and told["from"] == f"tls:127.0.0.1:{port}", told
            answer("options", target, status=3)
            assert answer("options", target, "--trust-all")["status"] == 200


def test_sipp_answers_options():
    port = free_port()
    with Sipp("options.xml", port, "-timeout", "60s"):
        assert answer("options", f"bob@127.0.0.1:{port}")["status"] == 200


if __name__ == "__main__":
    tap.run()
