"""`tandem call` and `tandem answer`: voice between two of them, straight and by our server."""
import contextlib
import os
import pty
import re
import select
import signal
import subprocess

import server as programs
import tap
from client import Client, answer, events, tandem
from server import Server, free_port, wait_for
from sound import Heard
from talk import Bob, end_of, folder

CODECS = ("PCMU", "PCMA", "G722", "GSM", "opus", "L16/16000", "L16/8000", "G726-32")


def test_each_codec_brings_the_tone_both_ways():
    with folder() as path:
        tone, there, back = (os.path.join(path, name) for name in ("a.wav", "there.wav", "back.wav"))
        for codec in CODECS:
            with Bob("--play", tone, "--record", there, "--codec", codec) as bob:
                end = end_of(events("call", f"bob@{bob.addr}", "--play", tone, "--record", back, "--for", "2", "--codec", codec))
                assert end["status"] == 200 and end["seconds"] >= 2, end
                assert end["media"]["codec"] == codec.split("/", maxsplit=1)[0] and end["media"]["mos"] > 3.5, end
                assert end["media"]["received"] >= 90 and end["media"]["lost"] == 0, end
                bob.await_event("end")
            for recording in (there, back):
                heard = Heard(recording)
                assert heard.seconds > 1.5, (codec, heard.seconds)
                heard.check_tone()


def test_nothing_that_was_heard_has_no_quality():
    with Bob("--audio", "none") as bob:
        media = end_of(events("call", f"bob@{bob.addr}", "--audio", "none", "--for", "0.5"))["media"]
        assert media["received"] == 0 and "mos" not in media and "r" not in media, media


def test_digits_come_as_events_and_as_tones():
    for more in ((), ("--codec", "PCMU")):
        with Bob(*more) as bob:
            events("call", f"bob@{bob.addr}", "--for", "3", "--dtmf", "12,3#")
            bob.await_event("end")
            assert "".join(e["digit"] for e in bob.all("digit")) == "123#", bob.events


def test_by_our_server_with_passwords_or_without():
    with folder() as path, Server("--domain", "localhost") as server:
        record = os.path.join(path, "r.wav")
        with Client("answer", "--as", "bob@localhost", "--server", server.addr, "--record", record) as bob:
            bob.await_event("registered")
            end = end_of(events("call", "bob@localhost", "--as", "alice@localhost", "--server", server.addr, "--for", "2", "--play",
                                os.path.join(path, "a.wav")))
            assert end["status"] == 200 and end["media"]["lost"] == 0, end
            bob.await_event("end")
        assert bob.saw("incoming")["from"] == "sip:alice@localhost" and bob.saw("unregistered"), bob.events
        Heard(record).check_tone()


def test_refusals_are_told_with_their_status():
    with Bob("--reject", "603") as bob:
        end = answer("call", f"bob@{bob.addr}", status=1)
        assert end["status"] == 603 and end["seconds"] == 0, end
    with Bob("--codec", "GSM") as bob:
        end = answer("call", f"bob@{bob.addr}", "--codec", "PCMU", status=1)
        assert end["status"] == 488, end
    with Bob() as bob, Client("call", f"bob@{bob.addr}") as first:
        first.await_event("answered")
        assert answer("call", f"bob@{bob.addr}", status=1)["status"] == 486
    answer("call", f"bob@127.0.0.1:{free_port()}", status=3)


def test_a_call_that_rings_is_given_up():
    with Bob("--after", "30") as bob:
        told = events("call", f"bob@{bob.addr}", "--timeout", "1", status=3)
        assert [e["event"] for e in told] == ["calling", "progress", "end"] and told[1]["status"] == 180, told
        assert bob.await_event("end")["reason"] == "cancelled", bob.events
        with Client("call", f"bob@{bob.addr}") as alice:
            alice.await_event("progress")
            alice.stop(signal.SIGINT, status=3)
        bob.await_event("end", 2)


def test_a_script_steers_a_call():
    with folder() as path, Bob() as bob, Client("call", f"bob@{bob.addr}", "--play", os.path.join(path, "a.wav")) as alice:
        alice.await_event("answered")
        alice.tell("hold")
        wait_for(lambda: bob.all("media")[-1]["direction"] == "recvonly", 20, lambda: bob.events)
        alice.tell("resume")
        wait_for(lambda: bob.all("media")[-1]["direction"] == "sendrecv", 20, lambda: bob.events)
        bob.tell("hold")
        wait_for(lambda: alice.all("media")[-1]["direction"] == "recvonly", 20, lambda: alice.events)
        bob.tell("1 resume")
        alice.tell("dtmf 7")
        assert bob.await_event("digit")["digit"] == "7"
        alice.tell("mute")
        alice.await_event("muted")
        alice.tell("status")
        assert alice.await_event("status")["muted"] is True
        alice.tell("nonsense")
        alice.await_event("error")
        bob.tell("hangup")
        assert alice.await_event("end")["reason"] == "bye"
        alice.wait()


def test_many_calls_at_once():
    with folder() as path, Bob("--calls", "5", "--play", os.path.join(path, "a.wav")) as bob:
        with contextlib.ExitStack() as stack:
            callers = [stack.enter_context(Client("call", f"bob@{bob.addr}", "--for", "3", "--codec", "PCMU")) for _ in range(5)]
            for caller in callers:
                caller.await_event("answered")
            assert answer("call", f"bob@{bob.addr}", status=1)["status"] == 486
            for caller in callers:
                assert caller.await_event("end")["media"]["lost"] == 0, caller.events
                caller.wait()


def test_keys_on_a_terminal():
    ours, theirs = pty.openpty()
    with Bob() as bob:
        process = subprocess.Popen([programs.PROGRAM, "call", f"bob@{bob.addr}"], stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        said = bytearray()

        def shown(what):
            if select.select([ours], [], [], 0)[0]:
                said.extend(os.read(ours, 4096))
            return what in said

        wait_for(lambda: shown(b"answered"), 20, lambda: said)
        wait_for(lambda: shown(b" out "), 20, lambda: said)
        for keys, event in ((b"5", "digit"), (b"/dtmf 6\n", "digit")):
            os.write(ours, keys)
            bob.await_event(event)
        wait_for(lambda: [e["digit"] for e in bob.all("digit")] == ["5", "6"], 20, lambda: bob.events)
        os.write(ours, b"m")
        wait_for(lambda: shown(b"muted"), 20, lambda: said)
        os.write(ours, b"q")
        wait_for(lambda: shown(b"end: 200 hung-up"), 20, lambda: said)
        assert process.wait(30) == 0, said
    os.close(ours)


def test_people_are_told_in_words():
    with Bob() as bob:
        said = tandem("call", f"bob@{bob.addr}", "--for", "1").stdout
        assert re.search(r"^calling sip:bob@.*\nmedia opus sendrecv with .*\nanswered\nheard\nend: 200 hung-up after 1\.\d s; opus, ", said), said


if __name__ == "__main__":
    tap.run()
