"""`tandem call` and `tandem answer` with peers who lie, send nonsense, or vanish; and with strangers who send to them."""
import contextlib
import math
import os
import random
import re
import socket
import struct
import time

import netns
from client import Client
from phone import Phone
from server import wait_for
from sound import Heard
from talk import Bob, await_packets, folder, sound

US, PEER, STRANGER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
FRAME = 160
PCMU = ("m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000")


def ulaw(sample):
    """G.711."""
    sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
    magnitude = min(magnitude, 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 15) & 0xFF


def tone(hz, at):
    return bytes(ulaw(round(8000 * math.sin(2 * math.pi * hz * i / 8000))) for i in range(at, at + FRAME))


def packet(number, payload, ssrc=7, first=b"\x80", kind=0):
    return first + struct.pack("!BHII", kind, number & 0xFFFF, number * FRAME, ssrc) + payload


def udp(host):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((host, 0))
    return s


class Peer(Phone):
    """A phone by hand: its signalling, and an even port for what it says with the next one for its reports."""

    def __init__(self):
        super().__init__("mallory", udp(PEER), None)
        self.rtp, self.rtcp = self._pair()
        self.their_rtp = None

    @staticmethod
    def _pair():
        while True:
            rtp = udp(PEER)
            port = rtp.getsockname()[1]
            with contextlib.suppress(OSError):
                rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                rtcp.bind((PEER, port + 1))
                return rtp, rtcp

    def description(self, *lines, address=PEER):
        port = self.rtp.getsockname()[1]
        head = ("v=0", "o=- 1 1 IN IP4 " + PEER, "s=-", "c=IN IP4 " + address, "t=0 0")
        return "".join(f"{line}\r\n" for line in (*head, *(line.format(port=port) for line in lines))).encode()

    def takes(self, body, kind="application/sdp"):
        """Answers the INVITE that comes with 200 and this body."""
        invite = self.wait(lambda m: m.method == "INVITE")
        self.server = self._source(invite)
        self._heard(invite.body)
        head = "\r\n".join(["SIP/2.0 200 OK", f"Via: {invite.one('Via')}", f"From: {invite.one('From')}", f"To: {invite.one('To')};tag=to",
                            f"Call-ID: {invite.one('Call-ID')}", f"CSeq: {invite.one('CSeq')}", f"Contact: <{self.contact}>",
                            f"Content-Type: {kind}", f"Content-Length: {len(body)}", "", ""])
        self.send_bytes(head.encode() + body)
        self.wait(lambda m: m.method == "ACK")
        return invite

    @staticmethod
    def _source(message):
        host, port = re.search(r"UDP ([\d.]+):(\d+)", message.one("Via")).groups()
        return host, int(port)

    def _heard(self, body):
        self.their_rtp = (US, int(re.search(rb"m=audio (\d+)", body)[1]))

    def calls(self, bob, body):
        """The final answer of Bob."""
        self.server = (US, bob.port)
        uri = f"sip:bob@{bob.addr}"
        self.send(f"INVITE {uri}", [self.via(), f"From: <sip:mallory@{self.at}>;tag={self.cseq}", f"To: <{uri}>",
                                    f"Call-ID: {self.id}-{self.cseq}", f"CSeq: {self.cseq} INVITE", "Max-Forwards: 70",
                                    f"Contact: <{self.contact}>", "Content-Type: application/sdp"], body)
        answer = self.wait(lambda m: m.status >= 200 and "INVITE" in m.one("CSeq"))
        if answer.status == 200:
            self._heard(answer.body)
        self.within("ACK", answer, self.cseq) if answer.status == 200 else self._acknowledge(uri, answer)
        return answer

    def _acknowledge(self, uri, answer):
        self.send(f"ACK {uri}", [f"Via: {answer.one('Via').replace(';received=' + PEER, '')}", f"From: {answer.one('From')}",
                                 f"To: {answer.one('To')}", f"Call-ID: {answer.one('Call-ID')}", f"CSeq: {self.cseq} ACK",
                                 "Max-Forwards: 70"])

    def hangs_up(self, answer):
        self.within("BYE", answer)
        self.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))

    def speaks(self, frames, beside=lambda i: None):
        """440 Hz, a frame each twenty milliseconds; `beside` is what else happens."""
        began = time.monotonic()
        for i in range(frames):
            time.sleep(max(0.0, began + i * 0.02 - time.monotonic()))
            self.rtp.sendto(packet(i, tone(440, i * FRAME)), self.their_rtp)
            beside(i)

    def close(self):
        for s in (self.socket, self.rtp, self.rtcp):
            s.close()


def answering(*words):
    return Bob(*words, host=US)


def calling(peer, *words):
    return Client("call", f"mallory@{peer.at}", "--listen", f"udp:{US}:0", *words)


def many(line, n):
    return (line,) * n


USELESS = {
    "nothing": b"",
    "noise": bytes(range(256)),
    "formats that were not offered": ("m=audio {port} RTP/AVP 77", "a=rtpmap:77 X-NONE/8000"),
    "a format of the offer with another meaning": ("m=audio {port} RTP/AVP 0", "a=rtpmap:0 X-NONE/16000"),
    "another kind": ("m=video {port} RTP/AVP 31",),
    "more streams than were offered": (*PCMU, *PCMU),
    "a thousand streams": many(PCMU[0], 1000),
    "another profile": ("m=audio {port} RTP/SAVP 0",),
    "a port that is none": ("m=audio 70000 RTP/AVP 0",),
    "no streams": (),
}


def test_answers_of_no_use_end_the_call():
    for name, lines in USELESS.items():
        with Peer() as peer, calling(peer) as alice:
            peer.takes(lines if isinstance(lines, bytes) else peer.description(*lines))
            bye = peer.wait(lambda m: m.method == "BYE")
            peer.answer(bye, 200)
            end = alice.await_event("end")
            assert end["status"] == 488 and end["reason"] == "no-agreement" and "media" not in end, (name, end)
            alice.wait(1)


BAD_OFFERS = {
    "a port that is none": ("m=audio 70000 RTP/AVP 0",),
    "a port that is less": ("m=audio -1 RTP/AVP 0",),
    "four thousand million ports": ("m=audio {port}/4294967297 RTP/AVP 0",),
    "a format that is none": ("m=audio {port} RTP/AVP 300",),
    "a thousand streams": many(PCMU[0], 1000),
    "ten thousand attributes": (*PCMU, *many("a=x", 10000)),
    "a clock that is too fast": ("m=audio {port} RTP/AVP 99", "a=rtpmap:99 PCMU/99999999999"),
    "no audio": ("m=application {port} RTP/AVP 0",),
    "a line that is none": (*PCMU, "nonsense"),
}
# Nobody has to read all of it.
LONG_OFFER = "m=audio {port} RTP/AVP " + " ".join(str(i % 128) for i in range(10000))


def test_offers_that_lie_are_refused_and_the_next_call_is_taken():
    with Peer() as peer, answering() as bob:
        for name, lines in BAD_OFFERS.items():
            body = peer.description(*lines)
            status = peer.calls(bob, body).status
            assert status in (400, 413, 488, 513), (name, status)
        for lines in ((LONG_OFFER,), PCMU):
            answer = peer.calls(bob, peer.description(*lines))
            assert answer.status == 200, answer.text
            peer.hangs_up(answer)


def test_nobody_is_heard_but_the_peer():
    """From another host, and from another port of the peer's; louder, and with the peer's own source."""
    with folder() as path, Peer() as peer, answering("--codec", "PCMU", *sound(path)) as bob, udp(STRANGER) as stranger, udp(PEER) as other:
        answer = peer.calls(bob, peer.description(*PCMU))

        def beside(i):
            for s in (stranger, other):
                s.sendto(packet(i + 1, tone(1000, i * FRAME)), peer.their_rtp)
        peer.speaks(120, beside)
        peer.hangs_up(answer)
        media = bob.await_event("end")["media"]
        assert media["strangers"] == 240 and media["received"] == 120 and media["lost"] == 0, media
        Heard(os.path.join(path, "r.wav")).check_tone()


def broken(rand):
    """Of RTP, of RTCP, of neither."""
    yield b""
    yield b"\x80"
    yield b"\x80\x00" * 5
    yield packet(60000, b"", first=b"\x8f")
    yield packet(60000, b"\xbe\xde\xff\xff", first=b"\x90")
    yield packet(60000, b"\xff", first=b"\xa0")
    yield packet(60000, b"x" * FRAME, first=b"\x00")
    yield b"\x81\xc8\xff\xff" + bytes(24)
    yield b"\x9f\xc9\x00\x01" + bytes(4)
    yield b"\x81\xcb\x00\x01" + struct.pack("!I", 99)
    yield b"\xbf\xcc\x00\x02" + bytes(8)
    yield b"\x81\xca\x00\x03" + struct.pack("!IBB", 7, 1, 255) + bytes(6)
    yield rand.randbytes(rand.randrange(1, 1400))


def test_nonsense_beside_the_voice_is_overheard():
    rand = random.Random(5)
    with folder() as path, Peer() as peer, answering("--codec", "PCMU", *sound(path)) as bob:
        answer = peer.calls(bob, peer.description(*PCMU))
        reports = (US, peer.their_rtp[1] + 1)

        def beside(_):
            for data in broken(rand):
                peer.rtcp.sendto(data, reports)
                peer.rtp.sendto(data if data[:1] != b"\x80" or len(data) < 12 else data[:11], peer.their_rtp)
        peer.speaks(120, beside)
        peer.hangs_up(answer)
        media = bob.await_event("end")["media"]
        assert media["lost"] == 0 and media["late"] == 0, media
        Heard(os.path.join(path, "r.wav")).check_tone()


def test_voice_to_where_nobody_listens_does_no_harm():
    """The port that is told is nobody's, and its reports' neither."""
    with Peer() as peer, answering() as bob:
        answer = peer.calls(bob, peer.description("m=audio 9 RTP/AVP 0"))
        bob.await_event("answered")
        wait_for(lambda: bob.tell("status") or (bob.all("status") and bob.all("status")[-1]["media"]["sent"] > 50), 20, lambda: bob.events)
        peer.hangs_up(answer)
        assert bob.await_event("end")["reason"] == "bye", bob.events


def test_a_peer_that_vanishes_is_told_and_is_gone_when_it_does_not_answer():
    """RFC 3261 12.2.1.2: no response to a request of the dialog ends it."""
    with Peer() as peer, answering() as bob:
        peer.calls(bob, peer.description(*PCMU))
        peer.speaks(10)
        bob.await_event("heard")
        bob.tell("hold")
        bob.await_event("silent", seconds=40)
        end = bob.await_event("end", seconds=60)
        assert end["reason"] == "gone" and end["status"] == 200, bob.events
        peer.answer(peer.wait(lambda m: m.method == "BYE"), 481)


if __name__ == "__main__":
    netns.run([US, PEER, STRANGER])
