"""Calls stand over a restart: what leads to the phones of a call is in the call's own messages, proven by a key that lasts."""
import signal
import socket
import tempfile

import tap
from phone import Phone
from server import Server, free_port


def phone(user, port, contact=None):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    return Phone(user, s, ("127.0.0.1", port), contact=contact)


def call(alice, bob):
    """Answered and acknowledged; the INVITE as Bob got it and the 200 as Alice did."""
    alice.invite("sip:bob@localhost", f"call-{alice.id}")
    invite = bob.wait(lambda m: m.method == "INVITE")
    bob.answer(invite, 200)
    ok = alice.wait(lambda m: m.status == 200 and "INVITE" in m.one("CSeq"))
    alice.within("ACK", ok, cseq=ok.one("CSeq").split()[0])
    bob.wait(lambda m: m.method == "ACK")
    return invite, ok


def hang_up(alice, bob, ok):
    alice.within("BYE", ok)
    bob.answer(bob.wait(lambda m: m.method == "BYE"), 200)
    alice.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))


def enroll(who, instance):
    who.instance = instance
    ok = who.register("localhost", reg_id=1, lines=["Supported: outbound, path, gruu"])
    assert ok.status == 200, ok.text
    return ok


def kill(server):
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()


def test_hang_up_after_the_server_was_killed():
    """Bob is reached by nothing but the flow of his registration: his contact is an address behind a NAT."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        for by_caller in (True, False):
            server = Server("--data", folder, port=port)
            with phone("alice", port) as alice, phone("bob", port, "sip:bob@10.9.9.9:5060") as bob:
                enroll(bob, "urn:uuid:1")
                invite, ok = call(alice, bob)
                kill(server)
                with Server("--data", folder, port=port):
                    if by_caller:
                        hang_up(alice, bob, ok)
                    else:
                        bob.within("BYE", invite, forward=False)
                        alice.answer(alice.wait(lambda m: m.method == "BYE"), 200)
                        bob.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))


def test_a_registration_by_flow_outlives_the_server():
    """… for datagrams. A connection's has ended with the process: nobody is told that such a phone rings."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = Server("--data", folder, port=port)
        with phone("alice", port) as alice, phone("bob", port, "sip:bob@10.9.9.9:5060") as bob, \
                socket.create_connection(("127.0.0.1", port), 10) as stream:
            enroll(bob, "urn:uuid:1")
            enroll(Phone("carol", stream, ("127.0.0.1", port), contact="sip:carol@10.9.9.9:5060"), "urn:uuid:2")
            kill(server)
            with Server("--data", folder, port=port):
                hang_up(alice, bob, call(alice, bob)[1])
                alice.invite("sip:carol@localhost", "to-carol")
                alice.wait(lambda m: m.status == 480 and m.one("Call-ID") == "to-carol")


def test_the_same_gruu_after_a_restart():
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = Server("--data", folder, port=port)
        with phone("alice", port) as alice, phone("bob", port, "sip:bob@10.9.9.9:5060") as bob:
            contact = enroll(bob, "urn:uuid:1").one("Contact")
            gruus = [contact.split(f';{name}="')[1].split('"')[0] for name in ("pub-gruu", "temp-gruu")]
            kill(server)
            with Server("--data", folder, port=port):
                for n, uri in enumerate(gruus):
                    alice.invite(uri, f"call-{n}")
                    invite = bob.wait(lambda m: m.method == "INVITE")
                    bob.answer(invite, 486)
                    alice.wait(lambda m: m.status == 486)


if __name__ == "__main__":
    tap.run()
