"""Who rings before whom, and who instead of whom: several phones of one user, forwards, contacts of a 3xx, with real phones."""
import contextlib
import os
import re
import tempfile

import tap
from baresip import Baresip
from control import Phone, ctl
from server import Server


@contextlib.contextmanager
def serving(configuration="{}"):
    """A server with a data folder; yields both."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tandem.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(configuration)
        with Server("--config", path, "--data", folder, "--workers", "2") as server:
            yield server, folder


def phones(stack, server, *users):
    return [stack.enter_context(Baresip(server, user)) for user in users]


def dial(alice, server, user="bob"):
    alice.command("dial", f"sip:{user}@{server.addr}")


def talk(alice, callee):
    callee.command("accept")
    for phone in (alice, callee):
        phone.await_event("CALL_ESTABLISHED")
    alice.command("hangup")
    callee.await_event("CALL_CLOSED")


def test_three_ring_one_answers_the_others_stop():
    with serving() as (server, _), contextlib.ExitStack() as stack:
        alice, *three = phones(stack, server, "alice", "bob", "bob", "bob")
        dial(alice, server)
        for phone in three:
            phone.await_event("CALL_INCOMING")
        three[1].command("accept")
        three[1].await_event("CALL_ESTABLISHED")
        alice.await_event("CALL_ESTABLISHED")
        for phone in (three[0], three[2]):
            phone.await_event("CALL_CLOSED")
        alice.command("hangup")
        three[1].await_event("CALL_CLOSED")


def test_hunting():
    with serving("proxy: {fork: sequential, ring_time: 2s}\n") as (server, _), contextlib.ExitStack() as stack:
        alice, *three = phones(stack, server, "alice", "bob", "bob", "bob")
        dial(alice, server)
        # newest first
        for phone, next_one in ((three[2], three[1]), (three[1], three[0])):
            phone.await_event("CALL_INCOMING")
            assert not next_one.saw("CALL_INCOMING"), "two ring at once"
            phone.await_event("CALL_CLOSED")
        three[0].await_event("CALL_INCOMING")
        talk(alice, three[0])


def test_busy_is_forwarded():
    with serving() as (server, folder), contextlib.ExitStack() as stack:
        alice, bob, carol = phones(stack, server, "alice", "bob", "carol")
        ctl(folder, "forward", "bob@localhost", "busy", "carol@localhost")
        dial(alice, server)
        bob.await_event("CALL_INCOMING")
        bob.command("hangup")
        carol.await_event("CALL_INCOMING")
        talk(alice, carol)


def test_no_answer_is_forwarded():
    with serving() as (server, folder), contextlib.ExitStack() as stack:
        alice, bob, carol = phones(stack, server, "alice", "bob", "carol")
        ctl(folder, "forward", "bob@localhost", "no-answer", "carol@localhost", "2")
        dial(alice, server)
        bob.await_event("CALL_INCOMING")
        bob.await_event("CALL_CLOSED")
        carol.await_event("CALL_INCOMING")
        talk(alice, carol)


def test_what_the_phone_sees_of_a_forward():
    with serving() as (server, folder), Phone(server, "alice") as alice, Phone(server, "carol") as carol:
        assert carol.register() == 200
        ctl(folder, "forward", "bob@localhost", "always", "carol@localhost")
        ctl(folder, "forward", "dave@localhost", "offline", "carol@localhost")
        alice.send("INVITE", "sip:bob@localhost", "sip:bob@localhost")
        request = carol.receive()
        assert request.startswith(f"INVITE sip:carol@127.0.0.1:{carol.port} "), request
        assert re.findall(r"History-Info: (\S+)", request) == [
            "<sip:bob@localhost>;index=1", "<sip:carol@localhost>;index=1.1;mp=1"], request
        assert "Diversion: <sip:bob@localhost>;reason=unconditional;counter=1\r\n" in request, request
        carol.answer(request, 486, "Busy Here")
        assert alice.final() == 486
        carol.receive()  # the ACK
        alice.send("INVITE", "sip:dave@localhost", "sip:dave@localhost")
        request = carol.receive()
        assert "<sip:dave@localhost?Reason=SIP%3Bcause%3D503>;index=1\r\n" in request, request
        carol.answer(request, 486, "Busy Here")
        assert alice.final() == 486


def test_forwards_are_shown_changed_and_kept():
    with tempfile.TemporaryDirectory() as folder:
        with Server("--data", folder):
            assert ctl(folder, "forward", "bob@localhost") == []
            ctl(folder, "forward", "bob@localhost", "busy", "sip:carol@localhost")
            ctl(folder, "forward", "bob@localhost", "no-answer", "carol@localhost", "30")
            ctl(folder, "forward", "bob@localhost", "always", "mailto:x@y", status=2)
            ctl(folder, "forward", "bob@localhost", "never", "carol@localhost", status=2)
            ctl(folder, "forward", "bob@localhost", "busy", "carol@localhost", "5", status=2)
            ctl(folder, "forward", "bob@localhost", "no-answer", "carol@localhost", "601", status=2)
            ctl(folder, "forward", "bob@localhost", "busy", status=2)
        with Server("--data", folder):
            assert ctl(folder, "forward", "bob@localhost") == [
                {"when": "busy", "to": "sip:carol@localhost"},
                {"when": "no-answer", "to": "sip:carol@localhost", "seconds": 30}]
            assert ctl(folder, "registrations") == ctl(folder, "users") == []
            ctl(folder, "forward", "bob@localhost", "busy", "off")
            assert len(ctl(folder, "forward", "bob@localhost")) == 1
            ctl(folder, "forward", "bob@localhost", "off")
            assert ctl(folder, "forward", "bob@localhost") == []


def test_forwards_that_go_round_end():
    with serving() as (server, folder), Phone(server, "alice") as alice:
        ctl(folder, "forward", "bob@localhost", "always", "carol@localhost")
        ctl(folder, "forward", "carol@localhost", "always", "bob@localhost")
        alice.send("INVITE", "sip:bob@localhost", "sip:bob@localhost")
        assert alice.final() == 482


def test_a_redirection_is_followed():
    with serving("proxy: {recurse: true}\n") as (server, _), contextlib.ExitStack() as stack:
        alice, carol = phones(stack, server, "alice", "carol")
        bob = stack.enter_context(Phone(server, "bob"))
        assert bob.register() == 200
        dial(alice, server)
        bob.answer(bob.receive(), 302, "Moved", "Contact: <sip:carol@localhost>\r\n")
        carol.await_event("CALL_INCOMING")
        talk(alice, carol)


def test_a_phone_that_registers_while_it_rings_joins():
    """Whichever worker has the call, and whichever takes the REGISTER: a dozen calls, each a Call-ID of its own."""
    with serving("proxy: {join: true}\n") as (server, _), contextlib.ExitStack() as stack:
        alice, bob = (stack.enter_context(Phone(server, user)) for user in ("alice", "bob"))
        assert bob.register() == 200
        for i in range(12):
            alice.send("INVITE", "sip:bob@127.0.0.1", "sip:bob@127.0.0.1")
            first = bob.receive()
            bob.answer(first, 180, "Ringing")
            assert bob.register() == 200, "a refresh is no new phone"
            with Phone(server, "bob") as late:
                assert late.register() == 200
                request = late.receive()
                assert request.startswith("INVITE "), request
                late.answer(request, 486, "Busy Here")
                assert late.receive().startswith("ACK ")
                assert late.register(expires=0) == 200
            bob.answer(first, 480, "Not Now")
            assert bob.receive().startswith("ACK "), "it rings twice"
            assert alice.final() == 480


def test_a_call_waits_for_a_phone_that_wakes_up():
    with serving("routes:\n - {user: [bob], serve: lookup, join: true, wait: 20s}\n") as (server, _), \
            contextlib.ExitStack() as stack:
        alice, = phones(stack, server, "alice")
        dial(alice, server)
        bob, = phones(stack, server, "bob")  # it may ring before anybody listens to its events
        alice.await_event("CALL_RINGING")
        talk(alice, bob)


def test_nobody_wakes_up():
    with serving("proxy: {join: true, wait: 1s}\n") as (server, _), Phone(server, "bob") as bob:
        assert bob.register() == 200 and bob.register(expires=0) == 200
        for user, status in (("bob", 480), ("nobody", 404)):
            with Phone(server, "alice") as alice:
                alice.send("INVITE", f"sip:{user}@127.0.0.1", f"sip:{user}@127.0.0.1")
                assert alice.final() == status


if __name__ == "__main__":
    tap.run()
