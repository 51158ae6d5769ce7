"""Two linphone phones register, call each other through the server, and hang up from either side; one also calls baresip."""
import subprocess
import tempfile

import tap
from baresip import Baresip
from linphone import Linphone
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


if __name__ == "__main__":
    tap.run()
