"""Phones behind NATs of each kind are reached for a call long after they have registered, if they keep their flow open, and whoever
calls one that does not is told so. A box forgets what is silent after two seconds here: these stand for the minutes of real ones."""
import contextlib
import json
import os
import socket
import subprocess
import tempfile

import nat
import netns
import server as programs
import tap
from nat import KINDS, PORT, Nat
from phone import Phone
from server import Server, wait_for

SERVER, CALLER = "203.0.113.1", "203.0.113.7"
INSTANCE = "urn:uuid:00000000-0000-1000-8000-00000000000%d"
STUN = b"\0\1\0\0\x21\x12\xa4\x42" + b"keeps-a-flow"
CONFIG = "accounts: {auth: none}\ntimers: {t1: 50ms}\ndomains: [example.com]\ncontrol: {socket: %s}\n"


class Place:
    """A server, and Alice, who is behind no NAT."""

    def __init__(self, more=""):
        self.folder = tempfile.TemporaryDirectory()
        config = os.path.join(self.folder.name, "config")
        self.control = os.path.join(self.folder.name, "control")
        with open(config, "w", encoding="utf-8") as f:
            f.write(CONFIG % self.control + more)
        self.server = Server("--config", config, host=SERVER, port=PORT)
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((CALLER, PORT))
        self.alice = Phone("alice", s, (SERVER, PORT))
        self.calls = 0

    def call(self, uri="sip:bob@example.com"):
        self.calls += 1
        self.alice.invite(uri, f"call-{self.calls}")
        return f"call-{self.calls}"

    def result(self, call_id):
        m = self.alice.wait(lambda m: m.status >= 200 and m.one("Call-ID") == call_id)
        self.alice.send(f"ACK sip:bob@example.com", [f"Via: {m.one('Via')}", f"From: {m.one('From')}", f"To: {m.one('To')}",
                                                    f"Call-ID: {call_id}", "CSeq: %s ACK" % m.one("CSeq").split()[0],
                                                    "Max-Forwards: 70"])
        return m.status

    def talk(self, bob, uri="sip:bob@example.com"):
        """A call both ways: each request within it finds its way to the phone behind its NAT, and back."""
        call_id = self.call(uri)
        invite = bob.wait(lambda m: m.method == "INVITE" and m.one("Call-ID") == call_id)
        bob.answer(invite, 180)
        bob.answer(invite, 200)
        ok = self.alice.wait(lambda m: m.status == 200 and m.one("Call-ID") == call_id)
        self.alice.within("ACK", ok, cseq=ok.one("CSeq").split()[0])
        bob.wait(lambda m: m.method == "ACK" and m.one("Call-ID") == call_id)
        self.alice.within("INFO", ok)
        info = bob.wait(lambda m: m.method == "INFO" and m.one("Call-ID") == call_id)
        bob.answer(info, 200)
        self.alice.wait(lambda m: m.status == 200 and "INFO" in m.one("CSeq"))
        bob.within("BYE", invite, forward=False)
        bye = self.alice.wait(lambda m: m.method == "BYE" and m.one("Call-ID") == call_id)
        self.alice.answer(bye, 200)
        bob.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))

    def close(self):
        self.alice.close()
        self.server.stop()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            print("# server said: " + self.server.stderr()[-3000:].replace("\n", "\n# "), flush=True)
            self.server.process.kill()
        else:
            self.close()


def enroll(bob, reg_id=1):
    """Bob's phone, with outbound, as RFC 5626 4.2.1 has it."""
    ok = bob.register("example.com", reg_id=reg_id, lines=["Supported: path, outbound"], contact=bob.contact + ";ob")
    assert ok.status == 200, ok.text
    assert ok.all("Require") == ["outbound"], ok.text
    return ok


def udp_phone(box, instance=1):
    return Phone("bob", box.phone.socket(port=PORT), (SERVER, PORT), instance=INSTANCE % instance)


def keep_until_others_are_forgotten(box, keep):
    """Keeps the flow open for as long as the box needs to forget one that is silent."""
    silent = box.phone.socket()
    port = silent.getsockname()[1]
    silent.sendto(b"\r\n", (SERVER, PORT))
    assert box.remembers(port)

    def forgotten():
        keep()
        return not box.remembers(port)

    wait_for(forgotten, 60, "the box forgets a silent flow")
    silent.close()


def test_reached_at_once_and_after_minutes_by_each_keep_alive():
    nat.need()
    for kind in KINDS:
        for name, bytes_ in (("CRLF", b"\r\n\r\n"), ("STUN", STUN)):
            with Place() as place, Nat(kind) as box, udp_phone(box) as bob:
                enroll(bob)
                place.talk(bob)
                keep_until_others_are_forgotten(box, lambda: bob.send_bytes(bytes_))
                place.talk(bob)
                tap.note(f"{kind}, {name}: reached")


def pinging(with_what):
    return Place(f"registrar: {{ping: 1s, ping_with: {with_what}}}\n")


def test_a_silent_phone_is_kept_within_reach_by_the_server():
    """What the phone itself does not do. What is sent inwards alone keeps most boxes from forgetting."""
    nat.need()
    for with_what in ("crlf", "options"):
        with pinging(with_what) as place, Nat("port_restricted") as box, udp_phone(box) as bob:
            bob.register("example.com")

            def tend():
                options = bob.poll(lambda m: m.method == "OPTIONS")
                if options:
                    bob.answer(options, 200)

            keep_until_others_are_forgotten(box, tend)
            place.talk(bob)


def test_a_phone_that_answers_no_options_is_not_registered_any_more():
    nat.need()
    with pinging("options") as place, Nat("port_restricted") as box, udp_phone(box) as bob:
        bob.register("example.com")
        assert registrations(place)
        wait_for(lambda: not registrations(place), 60, "the registration ends")
        assert place.result(place.call()) == 480


def test_who_is_silent_is_honestly_gone():
    nat.need()
    for kind in KINDS:
        with Place() as place, Nat(kind) as box, udp_phone(box) as bob:
            enroll(bob)
            wait_for(lambda: not box.remembers(PORT), 60, "the box forgets the phone")
            if kind == "full_cone":
                place.talk(bob)
                continue
            status = place.result(place.call())
            assert status in (408, 480), (kind, status)
            assert not bob.poll(lambda m: m.method == "INVITE")
            tap.note(f"{kind}: {status}")


def test_comes_back_under_another_address_and_the_call_goes_on():
    """The box has forgotten the flow in mid-call; the phone registers anew, from another port of the box's."""
    nat.need()
    with Place() as place, Nat("symmetric") as box, udp_phone(box) as bob:
        enroll(bob)
        call_id = place.call()
        invite = bob.wait(lambda m: m.method == "INVITE")
        bob.answer(invite, 200)
        ok = place.alice.wait(lambda m: m.status == 200 and m.one("Call-ID") == call_id)
        place.alice.within("ACK", ok, cseq=ok.one("CSeq").split()[0])
        bob.wait(lambda m: m.method == "ACK")
        wait_for(lambda: not box.remembers(PORT), 60, "the box forgets the phone")
        enroll(bob)
        bob.within("BYE", invite, forward=False)
        place.alice.answer(place.alice.wait(lambda m: m.method == "BYE"), 200)
        bob.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))
        place.talk(bob)


def test_found_by_its_gruu_under_another_address():
    """RFC 5627 4.4: who gave a GRUU as its Contact is found wherever it has registered since, in the middle of a call, too."""
    nat.need()
    with Place() as place, Nat("symmetric") as box, udp_phone(box) as bob:
        ok = bob.register("example.com", reg_id=1, lines=["Supported: path, outbound, gruu"], contact=bob.contact + ";ob")
        bob.contact = ok.one("Contact").split(';temp-gruu="')[1].split('"')[0]
        call_id = place.call()
        invite = bob.wait(lambda m: m.method == "INVITE")
        bob.answer(invite, 200)
        ok = place.alice.wait(lambda m: m.status == 200 and m.one("Call-ID") == call_id)
        place.alice.within("ACK", ok, cseq=ok.one("CSeq").split()[0])
        bob.wait(lambda m: m.method == "ACK")
        wait_for(lambda: not box.remembers(PORT), 60, "the box forgets the phone")
        assert bob.register("example.com", reg_id=1, lines=["Supported: path, outbound, gruu"],
                            contact=f"sip:bob@{bob.at};ob").status == 200
        place.alice.within("BYE", ok)
        bob.answer(bob.wait(lambda m: m.method == "BYE"), 200)
        place.alice.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))


def tcp_phone(box, server=(SERVER, PORT), instance=1):
    s = box.phone.socket(socket.SOCK_STREAM)
    s.settimeout(20)
    s.connect(server)
    return Phone("bob", s, server, instance=INSTANCE % instance)


def test_by_a_connection():
    nat.need()
    for kind in ("port_restricted", "symmetric"):
        with Place() as place, Nat(kind) as box, tcp_phone(box) as bob:
            enroll(bob)
            place.talk(bob)
            keep_until_others_are_forgotten(box, lambda: bob.send_bytes(b"\r\n\r\n"))
            place.talk(bob)


def registrations(place):
    out = subprocess.run([programs.PROGRAM, "ctl", "--socket", place.control, "--json", "registrations"], capture_output=True,
                         text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def test_a_connection_that_ends_ends_its_registration():
    nat.need()
    with Place() as place, Nat("symmetric") as box:
        with tcp_phone(box) as bob:
            enroll(bob)
            assert len(registrations(place)) == 1
        wait_for(lambda: not registrations(place), 20, lambda: f"no registration: {registrations(place)}")
        assert place.result(place.call()) == 480


def test_one_flow_of_a_phone_that_has_two():
    """RFC 5626 7: a phone with two flows rings once; where the newer one has failed the other one is tried."""
    nat.need()
    with Place() as place, Nat("symmetric") as box, contextlib.ExitStack() as open_:
        bob = open_.enter_context(udp_phone(box))
        enroll(bob, 1)
        second = tcp_phone(box)
        enroll(second, 2)
        assert len(registrations(place)) == 2
        place.talk(second)
        assert not bob.poll(lambda m: m.method == "INVITE")
        second.close()
        wait_for(lambda: len(registrations(place)) == 1, 20, "the connection's end is known")
        bob.send_bytes(STUN)
        place.talk(bob)


def test_two_phones_behind_two_boxes():
    nat.need()
    for one, other in (("symmetric", "symmetric"), ("port_restricted", "full_cone")):
        with Place() as place, Nat(one) as here, Nat(other) as there, udp_phone(here) as bob:
            enroll(bob)
            place.alice.close()
            place.alice = Phone("alice", there.phone.socket(port=PORT), (SERVER, PORT), instance=INSTANCE % 2)
            enroll(place.alice)
            place.talk(bob)


if __name__ == "__main__":
    netns.run([SERVER, CALLER])
