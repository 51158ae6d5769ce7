"""Two baresip phones register, call each other through the server, and hang up from either side."""
import json
import os
import subprocess
import tempfile

import tap
from baresip import Baresip
from server import PROGRAM, Server, wait_for


def call(server, alice, bob, ends_it):
    alice.forget()
    bob.forget()
    alice.command("dial", f"sip:{bob.user}@{server.addr}")
    bob.await_event("CALL_INCOMING")
    alice.await_event("CALL_RINGING")
    bob.command("accept")
    for phone in (alice, bob):
        phone.await_event("CALL_ESTABLISHED")
    ends_it.command("hangup")
    (bob if ends_it is alice else alice).await_event("CALL_CLOSED")


def both_ways(alice_transport, bob_transport):
    with Server() as server, Baresip(server, "alice", alice_transport) as alice, \
            Baresip(server, "bob", bob_transport) as bob:
        call(server, alice, bob, ends_it=alice)
        call(server, alice, bob, ends_it=bob)
        call(server, bob, alice, ends_it=alice)
        call(server, bob, alice, ends_it=bob)


def test_calls_between_two_phones_on_udp():
    both_ways("udp", "udp")


def test_calls_between_a_phone_on_tcp_and_one_on_udp():
    both_ways("tcp", "udp")


def test_calls_between_two_phones_on_tcp():
    both_ways("tcp", "tcp")


def registrations(socket):
    out = subprocess.run([PROGRAM, "ctl", "--socket", socket, "--json", "registrations"], capture_output=True, text=True, check=True,
                         timeout=60).stdout
    return [json.loads(line) for line in out.splitlines()]


def test_a_phone_with_outbound_is_reached_by_its_flow_and_gone_with_it():
    """RFC 5626 as baresip does it: an instance, a reg-id, and nothing but the connection leads to the phone."""
    with tempfile.TemporaryDirectory() as folder:
        config, socket = os.path.join(folder, "tandem.yaml"), os.path.join(folder, "control")
        with open(config, "w", encoding="utf-8") as f:
            f.write(f"control: {{socket: {socket}}}\n")
        with Server("--config", config) as server, Baresip(server, "alice") as alice:
            with Baresip(server, "bob", "tcp", outbound=True, instance="00000000-0000-1000-8000-000000000001") as bob:
                mine = [r for r in registrations(socket) if r["aor"].startswith("sip:bob@")]
                assert [r["instance"] for r in mine] == ["urn:uuid:00000000-0000-1000-8000-000000000001"], mine
                call(server, alice, bob, ends_it=alice)
                call(server, alice, bob, ends_it=bob)
                bob.process.kill()
                bob.process.wait()
                wait_for(lambda: [r["aor"] for r in registrations(socket)] == ["sip:alice@localhost"], 20,
                         lambda: f"{registrations(socket)}")


def add_account(folder, user):
    """With the password that our phones have."""
    subprocess.run([PROGRAM, "user", "add", f"{user}@localhost", "--data", folder], input="x\n", text=True, check=True,
                   capture_output=True, timeout=60)


def md5_alone(folder):
    """baresip 1.0 gives up where any challenge names an algorithm that it does not know, whichever others there are."""
    path = os.path.join(folder, "tandem.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write("accounts:\n  algorithms: [MD5]\n")
    return path


def test_calls_between_phones_that_are_asked_for_their_passwords():
    with tempfile.TemporaryDirectory() as folder:
        add_account(folder, "alice")
        add_account(folder, "bob")
        with Server("--config", md5_alone(folder), "--data", folder, "--workers", "2") as server, \
                Baresip(server, "alice") as alice, Baresip(server, "bob", "tcp") as bob:
            call(server, alice, bob, ends_it=alice)
            call(server, alice, bob, ends_it=bob)
            call(server, bob, alice, ends_it=alice)
            call(server, bob, alice, ends_it=bob)


def test_a_refused_call_ends_at_the_caller():
    with Server() as server, Baresip(server, "alice") as alice, Baresip(server, "bob") as bob:
        alice.command("dial", f"sip:bob@{server.addr}")
        bob.await_event("CALL_INCOMING")
        bob.command("hangup")
        alice.await_event("CALL_CLOSED")


def test_a_cancelled_call_stops_ringing():
    with Server() as server, Baresip(server, "alice") as alice, Baresip(server, "bob") as bob:
        alice.command("dial", f"sip:bob@{server.addr}")
        bob.await_event("CALL_INCOMING")
        alice.command("hangup")
        bob.await_event("CALL_CLOSED")


def test_a_call_to_nobody_is_refused():
    with Server() as server, Baresip(server, "alice") as alice:
        alice.command("dial", f"sip:nobody@{server.addr}")
        alice.await_event("CALL_CLOSED")
        assert any("404" in str(e.get("param")) for e in alice.events), alice.events


if __name__ == "__main__":
    tap.run()
