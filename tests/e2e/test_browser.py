"""Phones in a browser: JsSIP in Chromium registers over WebSocket, secure and plain, exchanges messages and calls another page and a phone on UDP."""
import base64
import contextlib
import hashlib
import subprocess
import tempfile

import tap
from browser import Browser
from certs import Certs
from server import Server, free_port
from sipp import Sipp, register

HOST = "127.0.0.1"


def key_of(certificate):
    """What Chromium calls its key: the hash of its SubjectPublicKeyInfo."""
    text = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], capture_output=True, text=True, check=True).stdout
    info = base64.b64decode("".join(text.splitlines()[1:-1]))
    return base64.b64encode(hashlib.sha256(info).digest()).decode()


@contextlib.contextmanager
def listening(secure):
    """(server, its URL, the keys of its certificate)"""
    port = free_port()
    if not secure:
        with Server("--listen", f"ws:{HOST}:{port}") as server:
            yield server, f"ws://{HOST}:{port}/", ()
        return
    with Certs() as certs, tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        certificate = certs.make("localhost", f"DNS:localhost,IP:{HOST}")
        file.write(f"tls: {{certificates: ['{certificate}']}}\n")
        file.flush()
        with Server("--config", file.name, "--listen", f"wss:{HOST}:{port}") as server:
            yield server, f"wss://{HOST}:{port}/", (key_of(certificate),)


@contextlib.contextmanager
def two_pages(secure=True):
    """(server, alice, bob): two pages, registered."""
    with listening(secure) as (server, url, keys), Browser(keys) as browser:
        phones = []
        for who in ("alice", "bob"):
            phone = browser.phone(who)
            phone.tell("start", url=url, uri=f"sip:{who}@{HOST}", password="")
            phone.hear("connected")
            phone.tell("register")
            phone.hear("registered")
            phones.append(phone)
        yield server, *phones


def check_messages(alice, bob):
    """Both ways, with letters that are not ASCII."""
    for sender, reader, text in ((alice, bob, "Grüße"), (bob, alice, "и тебе")):
        sender.tell("message", to=f"sip:{reader.who}@{HOST}", text=text)
        got = reader.hear("message")
        assert got["text"] == text and got["from"] == f"sip:{sender.who}@{HOST}", got
        sender.hear("sent")


def check_call(caller, callee, ended_by):
    caller.tell("call", to=f"sip:{callee.who}@{HOST}")
    callee.hear("newRTCSession", originator="remote")
    caller.hear("progress", status=180)
    callee.tell("answer")
    for phone in (caller, callee):
        phone.hear("accepted")
        phone.hear("confirmed")
        phone.hear("media", state="connected")
    ended_by.tell("hangup")
    for phone in (caller, callee):
        phone.hear("ended", originator="local" if phone is ended_by else "remote", cause="Terminated")


def test_two_pages_message_and_call_each_other():
    with two_pages() as (server, alice, bob):
        check_messages(alice, bob)
        check_call(alice, bob, alice)
        check_call(bob, alice, alice)
        assert server.alive()


def test_the_same_in_the_clear():
    with two_pages(secure=False) as (_, alice, bob):
        check_messages(alice, bob)
        check_call(alice, bob, bob)


def test_a_certificate_that_nobody_answers_for_is_not_taken():
    with listening(True) as (_, url, _), Browser() as browser:
        phone = browser.phone("alice")
        phone.tell("start", url=url, uri=f"sip:alice@{HOST}", password="")
        phone.hear("disconnected", code=1006)


def test_a_call_that_is_refused_and_one_that_is_given_up():
    with two_pages() as (_, alice, bob):
        alice.tell("call", to=f"sip:bob@{HOST}")
        bob.hear("newRTCSession", originator="remote")
        bob.tell("refuse", status=486)
        alice.hear("failed", status=486, cause="Busy")
        alice.tell("call", to=f"sip:bob@{HOST}")
        bob.hear("newRTCSession", originator="remote")
        alice.hear("progress", status=180)
        alice.tell("hangup")
        alice.hear("failed", originator="local", cause="Canceled")
        bob.hear("failed", originator="remote", cause="Canceled")
        alice.tell("call", to=f"sip:nobody@{HOST}")
        alice.hear("failed", status=404)


def test_a_page_calls_a_phone_on_udp_and_is_called_by_it():
    with two_pages() as (server, alice, _):
        port = free_port()
        with Sipp("callee_web.xml", port, "-m", "1", "-timeout", "60s") as callee:
            register(server, "carol", port, local_port=free_port())
            alice.tell("call", to=f"sip:carol@{HOST}")
            alice.hear("progress", status=180)
            alice.hear("accepted")
            alice.hear("confirmed")
            alice.tell("hangup")
            got = callee.finish(30)
            assert got["ok"] == 1 and got["failed"] == 0, f"{got} {callee.errors()}"
        with Sipp("caller_web.xml", free_port(), "-m", "1", "-s", "alice", "-timeout", "60s", remote=server.addr) as caller:
            alice.hear("newRTCSession", originator="remote")
            alice.tell("answer")
            alice.hear("confirmed")
            alice.hear("ended", originator="remote")
            got = caller.finish(30)
            assert got["ok"] == 1 and got["failed"] == 0, f"{got} {caller.errors()}"


def test_a_page_that_is_closed_is_not_waited_for():
    with two_pages() as (_, alice, bob):
        bob.tell("stop")
        bob.hear("disconnected")
        alice.tell("message", to=f"sip:bob@{HOST}", text="gone?")
        alice.hear("unsent", status=480)


if __name__ == "__main__":
    tap.run()
