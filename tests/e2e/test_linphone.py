"""Two linphone phones register, call each other through the server, and hang up from either side; one also calls baresip."""
import re
import socket
import subprocess
import tempfile

import tap
from baresip import Baresip
from control import Phone as Asker
from linphone import Linphone
from phone import Phone
from server import PROGRAM, Server


def call(server, caller, callee, ends_it):
    caller.send(f"call sip:{callee.user}@{server.addr}")
    callee.await_call("LinphoneCallIncomingReceived")
    callee.send("answer")
    for phone in (caller, callee):
        phone.await_call("LinphoneCallStreamsRunning")
    ends_it.send("terminate")
    for phone in (caller, callee):
        phone.await_idle()


def test_calls_between_two_phones_on_udp():
    with Server() as server, Linphone(server, "alice") as alice, Linphone(server, "bob") as bob:
        call(server, alice, bob, ends_it=alice)
        call(server, alice, bob, ends_it=bob)


def test_calls_between_a_phone_on_tcp_and_one_on_udp():
    with Server() as server, Linphone(server, "alice", "tcp") as alice, Linphone(server, "bob") as bob:
        call(server, alice, bob, ends_it=alice)
        call(server, bob, alice, ends_it=alice)


def test_calls_between_phones_that_are_asked_for_their_passwords():
    with tempfile.TemporaryDirectory() as folder:
        for user in ("alice", "bob"):
            subprocess.run([PROGRAM, "user", "add", f"{user}@localhost", "--data", folder], input="secret\n", text=True,
                           check=True, capture_output=True, timeout=60)
        with Server("--data", folder, "--workers", "2") as server, \
                Linphone(server, "alice", password="secret") as alice, \
                Linphone(server, "bob", "tcp", password="secret") as bob:
            call(server, alice, bob, ends_it=alice)
            call(server, bob, alice, ends_it=alice)


def test_linphone_calls_baresip():
    with Server() as server, Linphone(server, "alice") as alice, Baresip(server, "bob") as bob:
        alice.send(f"call sip:bob@{server.addr}")
        bob.await_event("CALL_INCOMING")
        bob.command("accept")
        bob.await_event("CALL_ESTABLISHED")
        alice.await_call("LinphoneCallStreamsRunning")
        bob.command("hangup")
        alice.await_idle()


def test_linphone_follows_a_redirection():
    """RFC 3261 8.1.3.4: our 302 leads it to where Bob has registered."""
    rule = "routes:\n - {user: [moved], set_user: bob}\n - {method: [INVITE], user: [bob], redirect: [location]}\n"
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write(rule)
        f.flush()
        with Server("--config", f.name) as server, Linphone(server, "alice") as alice, Baresip(server, "bob") as bob:
            with Asker(server, "carol") as carol:
                carol.send("INVITE", "sip:moved@127.0.0.1", "sip:moved@127.0.0.1")
                assert carol.final() == 302
            alice.send(f"call sip:moved@{server.addr}")
            bob.await_event("CALL_INCOMING")
            bob.command("accept")
            bob.await_event("CALL_ESTABLISHED")
            alice.await_call("LinphoneCallStreamsRunning")
            bob.command("hangup")
            alice.await_idle()


def test_linphone_is_called_by_the_gruu_that_it_gives_as_its_contact():
    """RFC 5627: it asks for one with its registration, and who has met it once calls that very phone."""
    with Server() as server, Linphone(server, "bob") as bob, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as local:
        local.bind(("127.0.0.1", 0))
        with Phone("alice", local, (server.host, server.port)) as alice:
            assert alice.register(server.host).status == 200
            bob.send(f"call sip:alice@{server.addr}")
            invite = alice.wait(lambda m: m.method == "INVITE")
            alice.answer(invite, 486)
            alice.wait(lambda m: m.method == "ACK")
            bob.await_idle()
            contact = re.search(r"<(sip:[^>]+)>", invite.one("Contact"))[1]
            assert re.match(r"sip:bob@[\w.]+;gr=urn:uuid:", contact), contact
            alice.invite(contact, "by-gruu")
            alice.wait(lambda m: m.status == 180)
            bob.await_call("LinphoneCallIncomingReceived")
            alice.invite(re.sub("gr=urn:uuid:[0-9a-f]", "gr=urn:uuid:x", contact), "by-another")
            assert alice.wait(lambda m: m.status >= 300).status in (404, 480)


if __name__ == "__main__":
    tap.run()
