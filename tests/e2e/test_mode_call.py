"""Mode `call`: the server knows the calls that run through it, and ends them."""
import contextlib
import os
import signal
import socket
import tempfile

import tap
from baresip import Baresip
from control import ctl
from phone import Phone
from server import Server, free_port, wait_for
from sipp import Sipp, register


def configure(folder, *lines):
    path = os.path.join(folder, "tandem.yaml")
    with open(path, "w", encoding="ascii") as f:
        f.write("proxy: {mode: call" + "".join(f", {line}" for line in lines) + "}\n")
    return path


@contextlib.contextmanager
def serving(*lines, workers=2):
    """A server whose calls are followed; yields it and its data folder."""
    with tempfile.TemporaryDirectory() as folder, \
            Server("--config", configure(folder, *lines), "--data", folder, "--workers", str(workers)) as server:
        yield server, folder


@contextlib.contextmanager
def phones(server, *users):
    """Phones of a few lines, registered."""
    with contextlib.ExitStack() as stack:
        got = []
        for user in users:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind(("127.0.0.1", 0))
            phone = stack.enter_context(Phone(user, s, (server.host, server.port)))
            assert phone.register("localhost").status == 200
            got.append(phone)
        yield got


def call(alice, bob, lines=(), number=1):
    """Answered and acknowledged; the INVITE as Bob got it and the 200 as Alice did."""
    alice.invite("sip:bob@localhost", f"call-{number}-{alice.id}")
    invite = bob.wait(lambda m: m.method == "INVITE")
    bob.answer(invite, 200, lines=lines)
    ok = alice.wait(lambda m: m.status == 200 and "INVITE" in m.one("CSeq"))
    alice.within("ACK", ok, cseq=ok.one("CSeq").split()[0])
    bob.wait(lambda m: m.method == "ACK")
    return invite, ok


def hears_bye(phone, cause):
    bye = phone.wait(lambda m: m.method == "BYE")
    assert cause in bye.one("Reason"), bye.text
    phone.answer(bye, 200)
    return bye


def test_a_call_is_listed_and_ended_by_hand():
    """By one worker, so that Bob's answer to the server's BYE comes before Alice's own."""
    with serving(workers=1) as (server, folder), phones(server, "alice", "bob") as (alice, bob):
        _, ok = call(alice, bob)
        (row,) = ctl(folder, "calls")
        assert row["state"] == "answered" and row["to"] == "sip:bob@localhost", row
        assert row["call_id"] == ok.one("Call-ID") and row["age_s"] >= 0 and "session_s" not in row, row
        assert ctl(folder, "status")[0]["calls_followed"] == 1
        text = ctl(folder, "calls", options=())
        assert text.split()[:4] == ["ID", "STATE", "AGE", "FROM"] and row["id"] in text, text
        ctl(folder, "calls", "end", "nobody@nowhere", status=1)
        ctl(folder, "calls", "end", status=2)
        assert ctl(folder, "calls", "end", row["id"]) == [{"ended": 1}]
        to_alice, to_bob = hears_bye(alice, "Q.850;cause=16"), hears_bye(bob, "Q.850;cause=16")
        assert to_alice.one("From").endswith(";tag=to") and to_bob.one("From").endswith(";tag=from")
        assert int(to_bob.one("CSeq").split()[0]) > int(ok.one("CSeq").split()[0])
        # a BYE of Alice's that crosses is answered, as Bob has been told, and not passed on
        alice.within("BYE", ok)
        alice.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))
        wait_for(lambda: "call ended cause=on_request" in server.stderr(), 10, "the log")
        wait_for(lambda: ctl(folder, "status")[0]["calls"] == 0, 10, "the call's end")
        assert not bob.poll(lambda m: m.method == "BYE" and m.text != to_bob.text)
        ctl(folder, "calls", "end", row["id"], status=1)


def test_a_bye_of_a_phone_ends_it():
    with serving() as (server, folder), phones(server, "alice", "bob") as (alice, bob):
        _, ok = call(alice, bob)
        alice.within("BYE", ok)
        bob.answer(bob.wait(lambda m: m.method == "BYE"), 200)
        alice.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))
        assert ctl(folder, "calls") == []


def test_an_unanswered_call_is_cancelled():
    with serving() as (server, folder), phones(server, "alice", "bob") as (alice, bob):
        alice.invite("sip:bob@localhost", f"ring-{alice.id}")
        invite = bob.wait(lambda m: m.method == "INVITE")
        bob.answer(invite, 180)
        alice.wait(lambda m: m.status == 180)
        (row,) = ctl(folder, "calls")
        assert row["state"] == "ringing", row
        assert ctl(folder, "calls", "end", "bob@localhost") == [{"ended": 1}]
        cancel = bob.wait(lambda m: m.method == "CANCEL")
        assert "Q.850;cause=16" in cancel.one("Reason"), cancel.text
        bob.answer(cancel, 200)
        bob.answer(invite, 487)
        alice.wait(lambda m: m.status == 487)
        assert ctl(folder, "calls") == []


def test_the_longest_time_of_a_call():
    with serving("call_time: 2s") as (server, folder), phones(server, "alice", "bob") as (alice, bob):
        call(alice, bob)
        hears_bye(alice, "Q.850;cause=102")
        hears_bye(bob, "Q.850;cause=102")
        wait_for(lambda: "call ended cause=call_time" in server.stderr(), 10, "the log")


def test_more_calls_than_allowed():
    with serving("calls: 1") as (server, folder), phones(server, "alice", "bob") as (alice, bob):
        _, ok = call(alice, bob)
        alice.invite("sip:bob@localhost", f"more-{alice.id}")
        refused = alice.wait(lambda m: m.status >= 300)
        assert refused.status == 503 and "Too many calls" in refused.start and refused.one("Retry-After"), refused.text
        alice.within("BYE", ok)
        bob.answer(bob.wait(lambda m: m.method == "BYE"), 200)
        call(alice, bob, number=2)


def test_a_session_timer_that_is_too_short():
    with serving("min_se: 2m") as (server, _), phones(server, "alice", "bob") as (alice, _):
        alice.contact += ">\r\nSupported: timer\r\nSession-Expires: 90\r\nX: <x"
        alice.invite("sip:bob@localhost", f"short-{alice.id}")
        refused = alice.wait(lambda m: m.status >= 300)
        assert refused.status == 422 and refused.one("Min-SE") == "120", refused.text


def test_a_phone_that_vanished():
    """The callee's side knows session timers of two seconds, and then nothing of it is heard."""
    with serving("session_expires: 30m", "session_end: true") as (server, folder), \
            phones(server, "alice", "bob") as (alice, bob):
        invite, _ = call(alice, bob, lines=["Require: timer", "Session-Expires: 2;refresher=uas"])
        assert invite.one("Session-Expires") == "1800", invite.text
        bob.close()
        hears_bye(alice, "SIP;cause=408")
        assert ctl(folder, "status")[0]["calls_followed"] == 0


def test_a_refresh_lets_a_call_live():
    """By RFC 4028 an expired session is forgotten; one that was refreshed is not."""
    with serving("session_expires: 30m") as (server, folder), phones(server, "alice", "bob") as (alice, bob):
        _, ok = call(alice, bob, lines=["Require: timer", "Session-Expires: 2;refresher=uac"])
        alice.within("UPDATE", ok)
        bob.answer(bob.wait(lambda m: m.method == "UPDATE"), 200, lines=["Require: timer", "Session-Expires: 600;refresher=uac"])
        alice.wait(lambda m: m.status == 200 and "UPDATE" in m.one("CSeq"))
        _, other = call(alice, bob, lines=["Require: timer", "Session-Expires: 1;refresher=uac"], number=2)
        wait_for(lambda: [row["call_id"] for row in ctl(folder, "calls")] == [ok.one("Call-ID")], 20, "the other one's end")
        assert ctl(folder, "calls")[0]["session_s"] > 500
        assert other.one("Call-ID") != ok.one("Call-ID")
        assert not alice.poll(lambda m: m.method == "BYE")


def test_a_call_goes_on_over_a_crash():
    """What the server knew of it is lost: it cannot be listed nor ended, but it goes on, and its phones end it."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        port, options = free_port(), ("--config", configure(folder), "--data", folder)
        server = Server(*options, port=port)
        alice, bob = stack.enter_context(phones(server, "alice", "bob"))
        _, ok = call(alice, bob)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        with Server(*options, port=port):
            assert ctl(folder, "calls") == []
            alice.within("BYE", ok)
            bob.answer(bob.wait(lambda m: m.method == "BYE"), 200)
            alice.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))
            call(alice, bob, number=2)
            assert len(ctl(folder, "calls")) == 1


def test_two_baresips_hang_up():
    for transport in ("udp", "tcp"):
        with serving() as (server, folder), Baresip(server, "alice", transport) as alice, \
                Baresip(server, "bob", transport) as bob:
            alice.command("dial", f"sip:bob@{server.addr}")
            bob.await_event("CALL_INCOMING")
            bob.command("accept")
            alice.await_event("CALL_ESTABLISHED")
            bob.await_event("CALL_ESTABLISHED")
            wait_for(lambda: [row["state"] for row in ctl(folder, "calls")] == ["answered"], 10, "the call")
            assert ctl(folder, "calls", "end", "*") == [{"ended": 1}]
            alice.await_event("CALL_CLOSED")
            bob.await_event("CALL_CLOSED")


def test_a_hundred_calls_of_sipp_are_ended():
    """Each SIPp hangs up as the server says, and nothing is left."""
    with serving(workers=3) as (server, folder):
        callee, local = free_port(), free_port()
        register(server, "bob", callee, local_port=local)
        with Sipp("callee.xml", callee, "-m", "100") as there, \
                Sipp("caller_ended.xml", local, "-m", "100", "-r", "50", "-s", "bob", remote=server.addr) as here:
            wait_for(lambda: len([r for r in ctl(folder, "calls") if r["state"] == "answered"]) == 100, 30, "the calls")
            (row,) = ctl(folder, "calls", "end", "*")
            assert row["ended"] == 100, row
            got, other = here.finish(30), there.finish(30)
            assert got["ok"] == other["ok"] == 100 and got["failed"] == other["failed"] == 0, (got, other, here.errors(), there.errors())
        assert ctl(folder, "status")[0]["calls_followed"] == 0


if __name__ == "__main__":
    tap.run()
