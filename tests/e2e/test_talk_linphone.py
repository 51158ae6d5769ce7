"""`tandem call` and `tandem answer` with linphone, by our server."""
import contextlib
import os

import tap
from client import Client, tandem
from linphone import Linphone
from server import Server, wait_for
from talk import await_direction, await_packets, check_tone, digits, folder, sound

PACKETS = 120


@contextlib.contextmanager
def carol():
    with folder() as path, Server() as server, Linphone(server, "carol") as phone:
        yield path, server, phone


def speaks(path, phone):
    """It has no sound card: the tone comes from a file."""
    phone.send(f"incall-player-start {os.path.join(path, 'a.wav')}")


def test_linphone_calls():
    with carol() as (path, server, phone), \
            Client("answer", "--as", f"bob@{server.addr}", "--server", server.addr, *sound(path)) as bob:
        bob.await_event("registered")
        phone.send(f"call sip:bob@{server.addr}")
        phone.await_call("LinphoneCallStreamsRunning")
        speaks(path, phone)
        bob.await_event("heard")
        await_packets(bob, PACKETS)
        phone.send("dtmf 5")
        wait_for(lambda: digits(bob) == "5", 20, lambda: bob.events)
        phone.send("terminate")
        assert bob.await_event("end")["reason"] == "bye", bob.events
        check_tone(os.path.join(path, "r.wav"))


def test_linphone_is_called_held_and_holds():
    with carol() as (path, server, phone), \
            Client("call", f"carol@{server.addr}", "--as", f"alice@{server.addr}", *sound(path)) as alice:
        phone.await_call("LinphoneCallIncomingReceived")
        phone.send("answer")
        alice.await_event("answered")
        phone.await_call("LinphoneCallStreamsRunning")
        alice.tell("hold")
        phone.await_call("LinphoneCallPausedByRemote")
        await_direction(alice, "sendonly")
        alice.tell("resume")
        phone.await_call("LinphoneCallStreamsRunning")
        await_direction(alice, "sendrecv")
        phone.send("call-pause")
        await_direction(alice, "recvonly")
        phone.send("call-resume 1")
        await_direction(alice, "sendrecv")
        alice.stop()
        phone.await_idle()


def test_linphone_takes_our_message():
    with carol() as (_, server, phone):
        tandem("message", f"carol@{server.addr}", "good night", "--as", f"bob@{server.addr}")
        wait_for(lambda: "good night" in phone.text, 20, lambda: phone.text[-3000:])


if __name__ == "__main__":
    tap.run()
