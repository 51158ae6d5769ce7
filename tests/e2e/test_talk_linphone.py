"""`tandem call` and `tandem answer` with linphone, by our server."""
import contextlib
import os
import re

import tap
from client import Client, tandem
from linphone import Linphone
from server import Server, wait_for
from talk import answering, await_direction, await_packets, check_tone, digits, folder, sound

PACKETS = 120


@contextlib.contextmanager
def carol():
    with folder() as path, Server() as server, Linphone(server, "carol") as phone:
        yield path, server, phone


def calling(server, *words):
    return Client("call", f"carol@{server.addr}", "--as", f"alice@{server.addr}", *words)


def taken(phone, alice):
    phone.await_call("LinphoneCallIncomingReceived")
    phone.send("answer")
    alice.await_event("answered")
    phone.await_call("LinphoneCallStreamsRunning")


def speaks(path, phone):
    """It has no sound card: the tone comes from a file."""
    phone.send(f"incall-player-start {os.path.join(path, 'a.wav')}")


def test_linphone_calls_and_hangs_up():
    with carol() as (path, server, phone), answering(server, *sound(path)) as bob:
        phone.send(f"call sip:bob@{server.addr}")
        phone.await_call("LinphoneCallStreamsRunning")
        speaks(path, phone)
        bob.await_event("heard")
        await_packets(bob, PACKETS)
        phone.send("terminate")
        assert bob.await_event("end")["reason"] == "bye", bob.events
        check_tone(os.path.join(path, "r.wav"))


def test_linphone_is_called_and_hung_up():
    with carol() as (path, server, phone), calling(server, *sound(path)) as alice:
        taken(phone, alice)
        speaks(path, phone)
        alice.await_event("heard")
        await_packets(alice, PACKETS)
        alice.stop()
        phone.await_idle()
        check_tone(os.path.join(path, "r.wav"))


def test_hold_and_resume_from_either_side():
    with carol() as (path, server, phone), calling(server, *sound(path)) as alice:
        taken(phone, alice)
        alice.tell("hold")
        phone.await_call("LinphoneCallPausedByRemote")
        await_direction(alice, "sendonly")
        alice.tell("resume")
        phone.await_call("LinphoneCallStreamsRunning")
        await_direction(alice, "sendrecv")
        phone.send("call-pause")
        await_direction(alice, "recvonly")
        phone.poll("call-status 1", "State: LinphoneCallPaused")
        phone.send("call-resume 1")
        await_direction(alice, "sendrecv")
        alice.stop()
        phone.await_idle()


def tones(phone):
    return "".join(re.findall(r"Event-type: receiving-tone\s+Tone: (\S)", phone.text))


def test_digits_both_ways():
    with carol() as (path, server, phone), calling(server, *sound(path)) as alice:
        taken(phone, alice)
        for n, digit in enumerate("123#", 1):
            phone.send(f"dtmf {digit}")
            wait_for(lambda n=n: len(digits(alice)) == n, 30, lambda: alice.events)
        assert digits(alice) == "123#", alice.events
        alice.tell("dtmf 123#")
        alice.await_event("dialed")
        wait_for(lambda: tones(phone) == "123#", 30, lambda: phone.text[-3000:])
        alice.stop()


def test_linphone_goes_on_with_another_codec():
    with carol() as (path, server, phone), calling(server, *sound(path)) as alice:
        taken(phone, alice)
        phone.send("audio-codec-disable opus/48000/2")
        phone.send("call-pause 1")
        await_direction(alice, "recvonly")
        phone.poll("call-status 1", "State: LinphoneCallPaused")
        phone.send("call-resume 1")
        await_direction(alice, "sendrecv")
        phone.await_call("LinphoneCallStreamsRunning")
        assert [e["codec"] for e in alice.all("media")] == ["opus", "PCMU", "PCMU"], alice.events
        speaks(path, phone)
        alice.await_event("heard")
        await_packets(alice, PACKETS)
        phone.send("terminate")
        end = alice.await_event("end")
        assert end["media"]["codec"] == "PCMU", end
        alice.wait()
        check_tone(os.path.join(path, "r.wav"))


def test_early_media():
    """Its 183 has the answer; what it plays then, it plays at a sound card."""
    with carol() as (path, server, phone):
        phone.send("config-set sip incoming_calls_early_media 1")
        with calling(server, *sound(path)) as alice:
            phone.await_call("LinphoneCallIncomingEarlyMedia")
            assert alice.await_event("media")["direction"] == "sendrecv" and alice.await_event("progress")["status"] == 183, alice.events
            assert not alice.saw("answered"), alice.events
            phone.send("answer")
            alice.await_event("answered")
            phone.await_call("LinphoneCallStreamsRunning")
            speaks(path, phone)
            alice.await_event("heard")
            phone.send("terminate")
            alice.await_event("end")
            alice.wait()


def test_linphone_refuses():
    with carol() as (_, server, phone), calling(server) as alice:
        phone.await_call("LinphoneCallIncomingReceived")
        phone.send("terminate")
        assert alice.await_event("end")["status"] == 603, alice.events
        alice.wait(1)


def test_messages_both_ways():
    with carol() as (_, server, phone), answering(server) as bob:
        tandem("message", f"carol@{server.addr}", "good night", "--as", f"bob@{server.addr}")
        wait_for(lambda: "good night" in phone.text, 30, lambda: phone.text[-3000:])
        phone.send(f"message sip:bob@{server.addr} sleep well")
        assert bob.await_event("message")["text"] == "sleep well", bob.events


if __name__ == "__main__":
    tap.run()
