"""A call whose codecs are changed while it lasts: by us, between two of ours and with baresip; what is refused changes nothing."""
import contextlib
import os

import tap
from baresip import Baresip
from client import Client
from server import Server, wait_for
from talk import Bob, await_direction, await_packets, check_tone, folder, sound

PACKETS = 60  # more than a second


def codec(client):
    """Agreed on last."""
    return client.all("media")[-1]["codec"]


def spoken(client):
    """What it sends in, as its media say."""
    told = len(client.all("status"))
    client.tell("status")
    return client.await_event("status", told + 1)["media"]["codec"]


def changed(client, order, name, *others):
    """The order is obeyed by all, and each is heard in the new codec."""
    client.tell(order)
    for one in (client, *others):
        wait_for(lambda one=one: codec(one) == name, 20, lambda one=one: f"not {name}: {one.events}\n{one.said()}")
        await_packets(one, PACKETS)
        assert spoken(one) == name, one.events


def refused(client, order, status, name):
    """… which leaves the codec that was."""
    told = len(client.all("problem"))
    client.tell(order)
    problem = client.await_event("problem", told + 1)
    assert problem["what"] == "change" and problem["status"] == status and problem["codec"] == name, problem


@contextlib.contextmanager
def talking(*words, bob=()):
    """Alice and Bob, who hear each other's tone: a folder, and both."""
    with folder(60) as path, Bob(*sound(path, "bob.wav"), *bob) as callee, \
            Client("call", f"bob@{callee.addr}", *sound(path, "alice.wav"), *words) as caller:
        caller.await_event("heard")
        callee.await_event("heard")
        yield path, caller, callee
        caller.tell("hangup")
        caller.wait()
        assert caller.all("end")[-1]["media"]["lost"] == 0, caller.events
        callee.await_event("end")
        check_tone(os.path.join(path, "bob.wav"), os.path.join(path, "alice.wav"))


def test_either_side_changes_the_codecs():
    with talking("--codec", "PCMU", bob=("--codec", "PCMU,PCMA,G722,GSM,opus")) as (_, alice, bob):
        assert codec(alice) == codec(bob) == "PCMU"
        changed(alice, "codecs pcma,PCMU,GSM", "PCMA", bob)
        changed(bob, "codecs GSM,opus", "GSM", alice)
        changed(alice, "codecs opus, PCMU", "opus", bob)


def test_what_is_refused_leaves_the_codec_that_was():
    with talking(bob=("--codec", "PCMU,PCMA")) as (_, alice, bob):
        changed(alice, "codecs PCMA", "PCMA", bob)
        refused(alice, "codecs GSM", 488, "PCMA")
        for line in ("codecs nonsense", "codecs"):
            told = len(alice.all("error"))
            alice.tell(line)
            alice.await_event("error", told + 1)
        await_packets(alice, PACKETS)
        await_packets(bob, PACKETS)
        assert codec(alice) == codec(bob) == spoken(alice) == spoken(bob) == "PCMA"
        changed(alice, "codecs PCMU", "PCMU", bob)


def test_what_is_held_stays_held():
    with folder() as path, Bob(*sound(path)) as bob, Client("call", f"bob@{bob.addr}") as alice:
        alice.await_event("heard")
        alice.tell("hold")
        await_direction(bob, "recvonly")
        alice.tell("codecs PCMA")
        wait_for(lambda: codec(bob) == "PCMA", 20, lambda: bob.events)
        assert bob.all("media")[-1]["direction"] == "recvonly", bob.events
        alice.tell("resume")
        await_direction(bob, "sendrecv")
        assert codec(bob) == "PCMA", bob.events


def test_baresip_sees_the_change():
    with folder(60) as path, Server() as server, Baresip(server, "carol", plays=os.path.join(path, "a.wav")) as carol, \
            Client("call", f"carol@{server.addr}", "--as", f"alice@{server.addr}", *sound(path)) as alice:
        carol.await_event("CALL_INCOMING")
        carol.command("accept")
        alice.await_event("heard")
        first, second = ("PCMA", "PCMU") if codec(alice) == "PCMA" else ("PCMU", "PCMA")
        await_packets(alice, PACKETS)
        changed(alice, f"codecs {second}", second)
        assert [e["param"] for e in carol.all("CALL_REMOTE_SDP")].count("offer") == 2, carol.events
        refused(alice, "codecs GSM", 488, second)  # baresip 1.0 answers by events alone: what was is offered again
        wait_for(lambda: len(alice.all("media")) == 3, 20, lambda: alice.events)
        await_packets(alice, PACKETS)
        changed(alice, f"codecs {first}", first)
        alice.stop()
        carol.await_event("CALL_CLOSED")
        check_tone(os.path.join(path, "r.wav"), carol.heard())


if __name__ == "__main__":
    tap.run()
