"""Calls that are transferred, blind and attended, straight among three of ours."""
import contextlib
import os
import tempfile
import time

import tap
from client import Client
from server import free_port, wait_for
from sound import Heard, write_tone
from talk import of_call


class Phone(Client):
    """One who answers, without any server."""

    def __init__(self, name, *words):
        self.addr = f"127.0.0.1:{free_port()}"
        super().__init__("answer", "--as", f"{name}@{self.addr}", "--listen", f"udp:{self.addr}", *words)
        self.await_event("listening")


@contextlib.contextmanager
def alice_with(bob, *words):
    with Client("call", f"bob@{bob.addr}", *words) as alice:
        alice.await_event("answered")
        bob.await_event("answered")
        yield alice


def test_a_blind_transfer():
    with tempfile.TemporaryDirectory() as folder:
        tone, heard = os.path.join(folder, "a.wav"), os.path.join(folder, "carol.wav")
        write_tone(tone)
        with Phone("bob", "--transfer", "yes", "--play", tone) as bob, Phone("carol", "--record", heard) as carol, alice_with(bob) as alice:
            alice.tell(f"transfer carol@{carol.addr}")
            alice.await_event("transferred")
            assert [e["status"] for e in alice.all("transfer_progress")][:1] == [100], alice.events
            alice.await_event("end")
            alice.wait()
            assert bob.saw("referred")["by_call"] == 2 and of_call(bob, "end", 1)["reason"] == "bye", bob.events
            of_call(bob, "answered", 2)
            carol.await_event("heard")
            time.sleep(1)
            bob.tell("hangup")
            assert carol.await_event("end")["media"]["lost"] == 0, carol.events
        Heard(heard).check_tone()


def test_an_attended_transfer():
    with Phone("bob", "--transfer", "yes") as bob, Phone("carol", "--transfer", "yes") as carol, alice_with(bob) as alice:
        alice.tell("hold")
        alice.await_event("held")
        alice.tell(f"call carol@{carol.addr}")
        of_call(alice, "answered", 2)
        alice.tell("1 transfer 2")
        alice.await_event("transferred")
        alice.await_event("end", 2)
        alice.wait()
        assert of_call(carol, "end", 1)["reason"] == "replaced", carol.events
        of_call(bob, "answered", 2)
        of_call(carol, "heard", 2)
        bob.tell("hangup")
        of_call(carol, "end", 2)


def test_nobody_is_transferred_who_does_not_want_to():
    with Phone("bob") as bob, Phone("carol") as carol, alice_with(bob) as alice:
        alice.tell(f"transfer carol@{carol.addr}")
        assert alice.await_event("transfer_failed")["status"] == 603
        assert not bob.saw("referred") and not carol.saw("incoming")
        alice.tell("status")
        assert alice.await_event("status")["state"] == "talking"
        alice.tell(f"call carol@{carol.addr}")
        of_call(alice, "answered", 2)
        # Bob consents to nothing; and Carol would not have her call replaced
        alice.tell("1 transfer 2")
        alice.await_event("transfer_failed", 2)


def test_what_fails_leaves_the_call():
    with Phone("bob", "--transfer", "yes") as bob, Phone("carol", "--reject", "486") as carol, alice_with(bob) as alice:
        alice.tell("hold")
        alice.await_event("held")
        alice.tell(f"transfer carol@{carol.addr}")
        assert alice.await_event("transfer_failed")["status"] == 486
        assert of_call(bob, "end", 2)["status"] == 486
        alice.tell("resume")
        alice.await_event("resumed")
        wait_for(lambda: bob.all("media")[-1]["direction"] == "sendrecv", 20, lambda: bob.events)
        alice.tell("hangup")
        alice.wait()


def test_orders_that_mean_nothing():
    with Phone("bob") as bob, alice_with(bob) as alice:
        for n, words in enumerate(("transfer", "transfer 1", "transfer 7", "transfer <>", "call <>"), 1):
            alice.tell(words)
            alice.await_event("error", n)


if __name__ == "__main__":
    tap.run()
