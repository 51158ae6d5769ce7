"""`tandem call` and `tandem answer` at a Kamailio: with each other, with baresip, and with linphone."""
import contextlib
import os

import talk
import tap
from baresip import Baresip
from client import Client, tandem
from kamailio import PlainKamailio
from linphone import Linphone
from server import free_port, wait_for
from talk import await_direction, await_packets, check_tone, digits, folder, sound

DOMAIN = "localhost"
PACKETS = 120


@contextlib.contextmanager
def between():
    with folder() as path, PlainKamailio(DOMAIN, free_port()) as kamailio:
        yield path, kamailio


def answering(kamailio, *words):
    return talk.answering(kamailio, *words, domain=DOMAIN)


def calling(kamailio, whom, *words):
    return Client("call", f"{whom}@{DOMAIN}", "--as", f"alice@{DOMAIN}", "--server", kamailio.addr, *words)


def baresip(kamailio, path):
    return Baresip(kamailio, "carol", outbound=True, domain=DOMAIN, plays=os.path.join(path, "a.wav"))


def test_two_of_ours():
    with between() as (path, kamailio), answering(kamailio, *sound(path)) as bob, \
            calling(kamailio, "bob", *sound(path, "back.wav")) as alice:
        alice.await_event("heard")
        bob.await_event("heard")
        await_packets(alice, PACKETS)
        alice.tell("dtmf 123#")
        wait_for(lambda: digits(bob) == "123#", 30, lambda: bob.events)
        bob.tell("hold")
        await_direction(alice, "recvonly")
        bob.tell("resume")
        await_direction(alice, "sendrecv")
        tandem("message", f"bob@{DOMAIN}", "good day", "--as", f"alice@{DOMAIN}", "--server", kamailio.addr)
        assert bob.await_event("message")["text"] == "good day", bob.events
        alice.stop()
        assert bob.await_event("end")["reason"] == "bye", bob.events
        check_tone(os.path.join(path, "back.wav"))


def test_baresip_calls():
    with between() as (path, kamailio), answering(kamailio, *sound(path)) as bob, baresip(kamailio, path) as carol:
        carol.command("dial", f"sip:bob@{DOMAIN}")
        bob.await_event("heard")
        carol.await_event("CALL_RTPESTAB")
        await_packets(bob, PACKETS)
        bob.tell("hold")
        carol.await_event("CALL_REMOTE_SDP")
        await_direction(bob, "sendonly")
        bob.tell("resume")
        await_direction(bob, "sendrecv")
        carol.command("hold")
        await_direction(bob, "recvonly")
        carol.command("resume")
        await_direction(bob, "sendrecv")
        carol.command("hangup")
        end = bob.await_event("end")
        assert end["reason"] == "bye" and end["media"]["lost"] == 0, bob.events
        carol.says(f"bob@{DOMAIN}", "good day")
        assert bob.await_event("message")["text"] == "good day", bob.events


def test_baresip_is_called():
    with between() as (path, kamailio), baresip(kamailio, path) as carol, calling(kamailio, "carol", *sound(path)) as alice:
        carol.await_event("CALL_INCOMING")
        carol.command("accept")
        alice.await_event("heard")
        carol.await_event("CALL_RTPESTAB")
        await_packets(alice, PACKETS)
        alice.tell("dtmf 123#")
        wait_for(lambda: len(carol.all("CALL_DTMF_END")) == 4, 30, carol.output)
        alice.stop()
        carol.await_event("CALL_CLOSED")
        check_tone(os.path.join(path, "r.wav"), carol.heard())


def says_the_tone(path, carol, client):
    carol.await_call("LinphoneCallStreamsRunning")
    carol.send(f"incall-player-start {os.path.join(path, 'a.wav')}")
    client.await_event("heard")
    await_packets(client, PACKETS)


def test_linphone_calls():
    with between() as (path, kamailio), answering(kamailio, *sound(path)) as bob, Linphone(kamailio, "carol", domain=DOMAIN) as carol:
        carol.send(f"call sip:bob@{DOMAIN}")
        says_the_tone(path, carol, bob)
        bob.tell("hangup")
        carol.await_idle()
        carol.send(f"message sip:bob@{DOMAIN} good day")
        assert bob.await_event("message")["text"] == "good day", bob.events
        check_tone(os.path.join(path, "r.wav"))


def test_linphone_is_called():
    with between() as (path, kamailio), Linphone(kamailio, "carol", domain=DOMAIN) as carol:
        with calling(kamailio, "carol", *sound(path)) as alice:
            carol.await_call("LinphoneCallIncomingReceived")
            carol.send("answer")
            alice.await_event("answered")
            says_the_tone(path, carol, alice)
            carol.send("terminate")
            assert alice.await_event("end")["reason"] == "bye", alice.events
            alice.wait()
        tandem("message", f"carol@{DOMAIN}", "good day", "--as", f"alice@{DOMAIN}", "--server", kamailio.addr)
        wait_for(lambda: "good day" in carol.text, 30, lambda: carol.text[-3000:])
        check_tone(os.path.join(path, "r.wav"))


if __name__ == "__main__":
    tap.run()
