"""`tandem call` and `tandem answer` with baresip, straight and by our server."""
import contextlib
import os

import tap
from baresip import Baresip
from client import Client, answer, tandem
from server import Server, wait_for
from talk import Bob, answering, await_direction, await_packets, check_tone, digits, folder, sound

PACKETS = 120  # more than two seconds


@contextlib.contextmanager
def carol(more=""):
    """A baresip that is registered at our server and says the tone; the folder is anybody's."""
    with folder() as path, Server() as server, Baresip(server, "carol", plays=os.path.join(path, "a.wav"), more=more) as phone:
        yield path, server, phone


def calling(server, *words):
    return Client("call", f"carol@{server.addr}", "--as", f"alice@{server.addr}", *words)


def taken(phone, client):
    """The call is answered by baresip, and is heard here."""
    phone.await_event("CALL_INCOMING")
    phone.command("accept")
    client.await_event("answered")
    client.await_event("heard")


def ended(client, reason):
    end = client.await_event("end")
    assert end["status"] == 200 and end["reason"] == reason and end["media"]["lost"] == 0, client.events


def talk(path, phone, client):
    """Both have been heard for a while, without a gap."""
    phone.await_event("CALL_RTPESTAB")
    await_packets(client, PACKETS)


def check_both(path, phone):
    check_tone(os.path.join(path, "r.wav"), phone.heard())


def test_baresip_calls_by_our_server_and_is_hung_up():
    with carol() as (path, server, phone), answering(server, *sound(path)) as bob:
        phone.command("dial", f"bob@{server.addr}")
        bob.await_event("heard")
        talk(path, phone, bob)
        bob.tell("hangup")
        phone.await_event("CALL_CLOSED")
        ended(bob, "hung-up")
        check_both(path, phone)


def test_baresip_is_called_by_our_server_and_hangs_up():
    with carol() as (path, server, phone), calling(server, *sound(path)) as alice:
        taken(phone, alice)
        talk(path, phone, alice)
        phone.command("hangup")
        ended(alice, "bye")
        alice.wait()
        check_both(path, phone)


def test_baresip_calls_straight():
    with carol() as (path, _, phone), Bob(*sound(path)) as bob:
        phone.command("dial", f"sip:bob@{bob.addr}")
        bob.await_event("heard")
        talk(path, phone, bob)
        phone.command("hangup")
        ended(bob, "bye")
        check_both(path, phone)


def test_baresip_is_called_straight():
    with carol() as (path, _, phone), Client("call", f"carol@{phone.addr}", *sound(path)) as alice:
        taken(phone, alice)
        talk(path, phone, alice)
        alice.stop()
        phone.await_event("CALL_CLOSED")
        check_both(path, phone)


def offers(phone):
    return sum(e["param"] == "offer" for e in phone.all("CALL_REMOTE_SDP"))


def test_hold_and_resume_from_either_side():
    with carol() as (path, server, phone), answering(server, *sound(path)) as bob:
        phone.command("dial", f"bob@{server.addr}")
        bob.await_event("heard")
        phone.command("hold")
        await_direction(bob, "recvonly")
        phone.command("resume")
        await_direction(bob, "sendrecv")
        await_packets(bob, 50)
        bob.tell("hold")
        wait_for(lambda: offers(phone) == 1, 20, phone.output)
        await_direction(bob, "sendonly")
        bob.tell("resume")
        wait_for(lambda: offers(phone) == 2, 20, phone.output)
        await_direction(bob, "sendrecv")
        await_packets(bob, 50)
        phone.command("hangup")
        ended(bob, "bye")


def test_digits_both_ways():
    with carol() as (path, server, phone), answering(server, *sound(path)) as bob:
        phone.command("dial", f"bob@{server.addr}")
        bob.await_event("heard")
        for digit in "123#":
            had = len(digits(bob))
            phone.command("sndcode", digit)
            wait_for(lambda had=had: len(digits(bob)) > had, 20, lambda: bob.events)
        assert digits(bob) == "123#", bob.events
        bob.tell("dtmf 123#")
        bob.await_event("dialed")
        wait_for(lambda: len(phone.all("CALL_DTMF_END")) == 4, 20, phone.output)
        assert "".join(e["param"] for e in phone.all("CALL_DTMF_START")) == "123#", phone.events
        phone.command("hangup")
        ended(bob, "bye")


def test_early_media():
    """Its 183 has an answer; baresip 1.0 hears then, and speaks once the call is taken."""
    with carol() as (path, server, phone):
        phone.command("answermode", "early")
        with calling(server, *sound(path)) as alice:
            alice.await_event("media")
            phone.await_event("CALL_RTPESTAB")
            assert not alice.saw("answered") and alice.await_event("progress", 2)["status"] == 183, alice.events
            phone.command("accept")
            alice.await_event("answered")
            alice.await_event("heard")
            talk(path, phone, alice)
            phone.command("hangup")
            ended(alice, "bye")
            alice.wait()
        check_both(path, phone)


def test_reinvite_of_baresip_changes_nothing():
    with carol() as (path, server, phone), answering(server, *sound(path)) as bob:
        phone.command("dial", f"bob@{server.addr}")
        bob.await_event("heard")
        phone.command("reinvite")
        bob.await_event("media", 2)
        await_packets(bob, PACKETS)
        phone.command("hangup")
        ended(bob, "bye")
        check_tone(os.path.join(path, "r.wav"))


def closed(phone, why):
    phone.await_event("CALL_CLOSED")
    assert why in phone.all("CALL_CLOSED")[-1]["param"], phone.events


def test_baresip_is_refused_by_who_is_busy_or_rejects():
    with carol() as (_, server, phone), answering(server) as bob:
        with Client("call", f"bob@{server.addr}", "--as", f"alice@{server.addr}") as alice:
            alice.await_event("answered")
            phone.command("dial", f"bob@{server.addr}")
            closed(phone, "486")
        bob.await_event("end")
    with carol() as (_, server, phone), answering(server, "--reject", "603"):
        phone.command("dial", f"bob@{server.addr}")
        closed(phone, "603")


def test_baresip_gives_up():
    with carol() as (_, server, phone), answering(server, "--after", "60") as bob:
        phone.command("dial", f"bob@{server.addr}")
        phone.await_event("CALL_RINGING")
        phone.command("hangup")
        end = bob.await_event("end")
        assert end["status"] == 487 and end["reason"] == "cancelled", bob.events


def test_baresip_refuses():
    with carol() as (_, server, phone), calling(server) as alice:
        phone.await_event("CALL_INCOMING")
        phone.command("hangup")
        end = alice.await_event("end")
        assert end["status"] in (486, 603) and end["seconds"] == 0, alice.events
        alice.wait(1)


def test_baresip_is_busy():
    with carol("call_max_calls 1\n") as (_, server, phone), calling(server) as alice:
        taken(phone, alice)
        assert answer("call", f"carol@{server.addr}", "--as", f"dave@{server.addr}", status=1)["status"] == 486
        alice.stop()


def test_nobody_takes_the_call_at_baresip():
    with carol() as (_, server, phone):
        with calling(server, "--timeout", "1") as alice:
            phone.await_event("CALL_INCOMING")
            alice.wait(3)
        phone.await_event("CALL_CLOSED")
        assert alice.await_event("end")["status"] == 487, alice.events
    with carol("call_local_timeout 1\n") as (_, server, phone), calling(server) as alice:
        end = alice.await_event("end")
        assert 400 <= end["status"] < 700 and end["seconds"] == 0, alice.events
        alice.wait(1)


def test_messages_both_ways():
    with carol() as (_, server, phone), answering(server) as bob:
        assert "created device" not in phone.output()
        tandem("message", f"carol@{server.addr}", "good evening", "--as", f"alice@{server.addr}")
        wait_for(lambda: "created device" in phone.output(), 20, phone.output)  # it makes a sound, and shows it nowhere but on a terminal
        phone.says(f"bob@{server.addr}", "good morning")
        assert bob.await_event("message")["text"] == "good morning", bob.events


if __name__ == "__main__":
    tap.run()
