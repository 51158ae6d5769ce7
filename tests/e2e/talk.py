"""Calls of `tandem call` and `tandem answer`: who answers, what was said and heard, and how far a call has come."""
import contextlib
import os
import tempfile

from client import Client
from server import free_port, wait_for
from sound import Heard, write_tone


@contextlib.contextmanager
def folder(seconds=20):
    """A folder with a tone, a.wav."""
    with tempfile.TemporaryDirectory() as path:
        write_tone(os.path.join(path, "a.wav"), seconds=seconds)
        yield path


def sound(path, name="r.wav"):
    """Says the tone, and keeps what it hears."""
    return ("--play", os.path.join(path, "a.wav"), "--record", os.path.join(path, name))


class Bob(Client):
    """One who answers, without any server."""

    def __init__(self, *words, host="127.0.0.1", port=None):
        self.port = port or free_port(host)
        self.addr = f"{host}:{self.port}"
        super().__init__("answer", "--as", f"bob@{self.addr}", "--listen", f"udp:{self.addr}", "--listen", f"tcp:{self.addr}", *words)
        self.await_event("listening", 2)


def answering(server, *words, name="bob", domain=None):
    """One who answers, and is registered at the server."""
    phone = Client("answer", "--as", f"{name}@{domain or server.addr}", "--server", server.addr, *words)
    phone.await_event("registered")
    return phone


def of_call(client, kind, number, seconds=30):
    """The first such event of the client's call of that number."""
    return wait_for(lambda: [e for e in client.all(kind) if e.get("call") == number], seconds, lambda: client.events)[0]


def end_of(told):
    end = told[-1]
    assert end["event"] == "end", told
    return end


def digits(client):
    return "".join(e["digit"] for e in client.all("digit"))


def direction(client):
    """Of the media that were agreed on last."""
    told = client.all("media")
    return told[-1]["direction"] if told else None


def await_direction(client, wanted):
    wait_for(lambda: direction(client) == wanted, 20, lambda: f"not {wanted}: {client.events}\n{client.said()}")


def _received(client):
    told = len(client.all("status"))
    client.tell("status")
    return client.await_event("status", told + 1).get("media", {}).get("received", 0)


def await_packets(client, n, seconds=30):
    """So many more have come in its latest call."""
    before = _received(client)
    wait_for(lambda: _received(client) >= before + n, seconds, lambda: f"no {n} packets more: {client.events}")


def check_tone(*recordings):
    for recording in recordings:
        heard = Heard(recording)
        assert heard.seconds > 1.5, (recording, heard.seconds)
        heard.check_tone()
