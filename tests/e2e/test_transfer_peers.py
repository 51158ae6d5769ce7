"""Calls that are transferred with baresip and linphone in each part, and among three of ours by a server: our own, and Kamailio."""
import contextlib
import os

import tap
from baresip import Baresip
from client import Client
from kamailio import PlainKamailio
from linphone import Linphone
from server import Server, free_port
from talk import answering, await_direction, await_packets, check_tone, folder, of_call, sound

DOMAIN = "localhost"
PACKETS = 120


@contextlib.contextmanager
def two_of_ours(server, bob=(), dora=()):
    """Bob and Dora are registered, and consent."""
    with answering(server, "--transfer", "yes", *bob) as one, answering(server, "--transfer", "yes", *dora, name="dora") as other:
        yield one, other


def calls(server, whom):
    """Alice calls whom she may transfer."""
    return Client("call", f"{whom}@{server.addr}", "--as", f"alice@{server.addr}", "--server", server.addr)


def consults(server, alice, whom):
    alice.tell("hold")
    alice.await_event("held")
    alice.tell(f"call {whom}@{server.addr}")


def done(alice, calls_ended):
    alice.await_event("transferred")
    alice.await_event("end", calls_ended)
    alice.wait()


# --- among three of ours ---


def ours(server, path):
    """Bob speaks with Carol in the place of Alice, at first because she says so, then because she has asked Carol."""
    at = ("--server", server.addr)
    with answering(server, "--transfer", "yes", "--play", os.path.join(path, "a.wav"), domain=DOMAIN) as bob, \
            answering(server, "--transfer", "yes", "--record", os.path.join(path, "r.wav"), name="carol", domain=DOMAIN) as carol:
        with Client("call", f"bob@{DOMAIN}", "--as", f"alice@{DOMAIN}", *at) as alice:
            alice.await_event("answered")
            alice.tell(f"transfer carol@{DOMAIN}")
            done(alice, 1)
            of_call(bob, "answered", 2)
            await_packets(carol, PACKETS)
            bob.tell("hangup")
            assert of_call(carol, "end", 1)["media"]["lost"] == 0, carol.events
            check_tone(os.path.join(path, "r.wav"))
        with Client("call", f"bob@{DOMAIN}", "--as", f"alice@{DOMAIN}", *at) as alice:
            alice.await_event("answered")
            alice.tell("hold")
            alice.await_event("held")
            alice.tell(f"call carol@{DOMAIN}")
            of_call(alice, "answered", 2)
            alice.tell("1 transfer 2")
            done(alice, 2)
            assert of_call(carol, "end", 2)["reason"] == "replaced", carol.events
            of_call(carol, "answered", 3)
            await_packets(carol, PACKETS)
            bob.tell("hangup")
            of_call(carol, "end", 3)


def test_three_of_ours_by_our_server():
    with folder() as path, Server("--domain", DOMAIN) as server:
        ours(server, path)


def test_three_of_ours_by_kamailio():
    with folder() as path, PlainKamailio(DOMAIN, free_port()) as kamailio:
        ours(kamailio, path)


# --- with linphone ---


@contextlib.contextmanager
def with_linphone(**words):
    with folder() as path, Server() as server, Linphone(server, "carol") as carol, two_of_ours(server, **words) as (bob, dora):
        yield path, server, carol, bob, dora


def takes(carol):
    carol.await_call("LinphoneCallIncomingReceived")
    carol.send("answer")
    carol.await_call("LinphoneCallStreamsRunning")


def test_linphone_transfers():
    with with_linphone() as (_, server, carol, bob, dora):
        carol.send(f"call sip:bob@{server.addr}")
        carol.await_call("LinphoneCallStreamsRunning")
        carol.send(f"call-transfer 1 sip:dora@{server.addr}")
        of_call(bob, "referred", 1)
        of_call(bob, "end", 1)
        carol.await_idle()
        of_call(dora, "heard", 1)
        bob.tell("hangup")
        of_call(dora, "end", 1)


def test_linphone_transfers_to_whom_it_has_asked():
    with with_linphone() as (_, server, carol, bob, dora):
        carol.send(f"call sip:bob@{server.addr}")
        carol.await_call("LinphoneCallStreamsRunning")
        carol.send("call-pause 1")
        await_direction(bob, "recvonly")
        carol.poll("call-status 1", "State: LinphoneCallPaused")
        carol.send(f"call sip:dora@{server.addr}")
        of_call(dora, "answered", 1)
        carol.poll("call-status 2", "State: LinphoneCallStreamsRunning")
        carol.send("call-transfer 1 2")
        of_call(bob, "end", 1)
        assert of_call(dora, "end", 1)["reason"] == "replaced", dora.events
        carol.await_idle()
        of_call(dora, "heard", 2)
        bob.tell("hangup")
        of_call(dora, "end", 2)


def says_the_tone(path, carol, dora, call):
    """In her second call."""
    carol.poll("call-status 2", "State: LinphoneCallStreamsRunning")
    carol.send(f"incall-player-start {os.path.join(path, 'a.wav')} 2")
    of_call(dora, "heard", call)
    await_packets(dora, PACKETS)
    carol.send("terminate 2")
    of_call(dora, "end", call)


def test_linphone_is_transferred():
    with with_linphone() as (path, server, carol, _, dora):
        with calls(server, "carol") as alice:
            takes(carol)
            alice.await_event("answered")
            alice.tell(f"transfer dora@{server.addr}")
            done(alice, 1)
        says_the_tone(path, carol, dora, 1)


def test_linphone_is_transferred_to_whom_we_have_asked():
    with with_linphone() as (path, server, carol, _, dora):
        with calls(server, "carol") as alice:
            takes(carol)
            alice.await_event("answered")
            consults(server, alice, "dora")
            of_call(alice, "answered", 2)
            alice.tell("1 transfer 2")
            done(alice, 2)
        assert of_call(dora, "end", 1)["reason"] == "replaced", dora.events
        says_the_tone(path, carol, dora, 2)


def test_others_are_transferred_to_linphone():
    with with_linphone() as (path, server, carol, bob, _):
        with calls(server, "bob") as alice:
            alice.await_event("answered")
            alice.tell(f"transfer carol@{server.addr}")
            takes(carol)
            done(alice, 1)
        of_call(bob, "answered", 2)
        bob.tell("hangup")
        carol.await_idle()
        with calls(server, "bob") as alice:
            alice.await_event("answered")
            consults(server, alice, "carol")
            takes(carol)
            of_call(alice, "answered", 2)
            alice.tell("1 transfer 2")
            done(alice, 2)
        of_call(bob, "answered", 4)
        carol.send(f"incall-player-start {os.path.join(path, 'a.wav')} 3")
        of_call(bob, "heard", 4)
        bob.tell("hangup")
        carol.await_idle()


# --- with baresip, whose version 1.0 knows blind transfers alone ---


@contextlib.contextmanager
def with_baresip(**words):
    with folder() as path, Server() as server, Baresip(server, "carol", plays=os.path.join(path, "a.wav")) as carol, \
            two_of_ours(server, **words) as (bob, dora):
        yield path, server, carol, bob, dora


def accepts(carol):
    carol.await_event("CALL_INCOMING")
    carol.command("accept")
    carol.await_event("CALL_ESTABLISHED")
    carol.forget()


def test_baresip_transfers():
    with with_baresip() as (_, server, carol, bob, dora):
        carol.command("dial", f"bob@{server.addr}")
        carol.await_event("CALL_ESTABLISHED")
        of_call(bob, "answered", 1)
        carol.command("transfer", f"sip:dora@{server.addr}")
        of_call(bob, "referred", 1)
        of_call(bob, "end", 1)
        of_call(dora, "heard", 1)
        assert dora.saw("incoming")["from"] == f"sip:bob@{server.addr}", dora.events
        bob.tell("hangup")
        of_call(dora, "end", 1)


def test_baresip_is_transferred():
    with folder() as path, with_baresip(dora=sound(path)) as (_, server, carol, _, dora):
        with calls(server, "carol") as alice:
            accepts(carol)
            alice.await_event("answered")
            alice.tell(f"transfer sip:dora@{server.addr}")
            done(alice, 1)
        assert dora.saw("incoming")["from"] == f"sip:carol@{server.addr}", dora.events
        await_packets(dora, PACKETS)
        dora.tell("hangup")
        of_call(dora, "end", 1)
        check_tone(os.path.join(path, "r.wav"))


def resumed(alice, carol):
    """What could not be done has left her in both calls."""
    assert not alice.saw("end"), alice.events
    alice.tell("1 resume")
    alice.await_event("resumed")
    alice.tell("1 status")
    assert alice.await_event("status")["state"] == "talking", alice.events
    assert not carol.saw("CALL_CLOSED"), carol.events


def test_baresip_does_not_take_the_place_of_another_call():
    """It calls the Request-URI with the headers that it should have put into its INVITE (RFC 3261 19.1.5)."""
    with with_baresip() as (_, server, carol, _, dora):
        with calls(server, "carol") as alice:
            accepts(carol)
            alice.await_event("answered")
            consults(server, alice, "dora")
            of_call(alice, "answered", 2)
            alice.tell("1 transfer 2")
            assert alice.await_event("transfer_failed")["status"] == 400, alice.events
            carol.forget()
            resumed(alice, carol)
            alice.stop()
        assert of_call(dora, "end", 1)["reason"] == "bye", dora.events


def test_others_are_transferred_to_baresip():
    """A call of it is not replaced (420); but there is the blind transfer (RFC 5589 7.7)."""
    with with_baresip() as (_, server, carol, bob, _):
        with calls(server, "bob") as alice:
            alice.await_event("answered")
            consults(server, alice, "carol")
            accepts(carol)
            of_call(alice, "answered", 2)
            alice.tell("1 transfer 2")
            assert alice.await_event("transfer_failed")["status"] == 420, alice.events
            resumed(alice, carol)
            alice.tell("2 hangup")
            carol.await_event("CALL_CLOSED")
            carol.forget()
            alice.tell(f"1 transfer carol@{server.addr}")
            accepts(carol)
            done(alice, 2)
        of_call(bob, "heard", 3)
        bob.tell("hangup")
        carol.await_event("CALL_CLOSED")


if __name__ == "__main__":
    tap.run()
