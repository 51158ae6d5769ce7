"""`tandem trace` on captures: those that tests make, and those of others as tshark reads them."""
import contextlib
import glob
import json
import os
import random
import re
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile

import certs
import frames
import server as programs
import tap
from client import tandem
from tap import Skip

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("TANDEM_TESTDATA") or os.path.join(HERE, "..", "..", "..", "shared", "testdata")
ALICE, BOB = ("192.0.2.1", 5060), ("192.0.2.2", 5070)
ALICE6, BOB6 = ("2001:db8::1", 5060), ("2001:db8::2", 5070)


def message(start, number=1, call="call-1", method="INVITE", body=b"", more=b""):
    kind = b"Content-Type: application/sdp\r\n" if body else b""
    return (start.encode() + b"\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" + call.encode() + b"\r\n"
            b"From: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>" + (b";tag=b" if "SIP/2.0 2" in start else b"") +
            b"\r\nCall-ID: " + call.encode() + f"\r\nCSeq: {number} {method}\r\n".encode() + kind + more +
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)


def sdp(address, port):
    return (f"v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0\r\n").encode()


INVITE = message("INVITE sip:bob@example.com SIP/2.0", body=sdp("192.0.2.1", 4000))
RINGING = message("SIP/2.0 180 Ringing")
ANSWER = message("SIP/2.0 200 OK", body=sdp("192.0.2.2", 4002))
ACK = message("ACK sip:bob@example.com SIP/2.0", method="ACK")
BYE = message("BYE sip:bob@example.com SIP/2.0", 2, method="BYE")
BYE_OK = message("SIP/2.0 200 OK", 2, method="BYE")
CALL = [(INVITE, 0), (RINGING, 1), (ANSWER, 1), (ACK, 0), (BYE, 0), (BYE_OK, 1)]


@contextlib.contextmanager
def file_of(data, name="test.pcap"):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as out:
            out.write(data)
        yield path


def lines(*words, **more):
    return [json.loads(line) for line in tandem("trace", *words, **more).stdout.splitlines()]


def calls(*words, **more):
    return lines("--list", "--json", *words, **more)


def calls_of(data, *words, **more):
    with file_of(data) as path:
        return calls(*words, path, **more)


def wires(ends=(ALICE, BOB), call=CALL):
    """The call as datagrams, one each half second."""
    return [(1700000000 + i / 2, frames.datagram(text, ends[way], ends[1 - way])) for i, (text, way) in enumerate(call)]


def streams_of(path, call):
    """Its RTP streams, as its ladder has them."""
    flow = json.loads(tandem("trace", "--call", call, "--json", path).stdout)
    return [rung for rung in flow["rungs"] if rung["kind"] == "rtp"]


def is_the_call(found):
    assert len(found) == 1, found
    one = found[0]
    assert (one["call_id"], one["method"], one["status"], one["messages"]) == ("call-1", "INVITE", 200, 6), one
    assert one["from"] == "sip:alice@example.com" and one["to"] == "sip:bob@example.com", one
    assert one["start"].startswith("2023-11-14T22:13:20") and one["seconds"] == 2.5, one


def test_a_call_in_files_of_every_kind():
    raw = wires()
    is_the_call(calls_of(frames.pcap(raw)))
    is_the_call(calls_of(frames.pcap(raw, order=">")))
    is_the_call(calls_of(frames.pcap(wires((ALICE6, BOB6)))))
    tagged = [(at, frames.ethernet(frame, (5, 6))) for at, frame in raw]
    is_the_call(calls_of(frames.pcap(tagged, frames.ETHERNET)))
    # every second frame from another interface with another link type
    mixed = [(at, frames.ethernet(frame) if i % 2 else frame, i % 2) for i, (at, frame) in enumerate(raw)]
    is_the_call(calls_of(frames.pcapng(mixed, (frames.RAW, frames.ETHERNET))))


def test_standard_input_and_several_files():
    raw = wires()
    run = subprocess.run([programs.PROGRAM, "trace", "--json"], input=frames.pcap(raw), capture_output=True, check=True, timeout=60)
    is_the_call([json.loads(line) for line in run.stdout.splitlines()])
    with file_of(frames.pcap(raw[:3])) as first, file_of(frames.pcap(raw[3:])) as second:
        is_the_call(calls(first, second))


def test_fragments_in_disorder():
    out = []
    for at, packet in wires():
        whole = packet[20:]
        parts = [(whole[i:i + 80], i // 8 | (0x2000 if i + 80 < len(whole) else 0)) for i in range(0, len(whole), 80)]
        out += [(at, frames.ip(part, ALICE[0], BOB[0], 17, place, int(at * 2) & 0xffff)) for part, place in reversed(parts)]
    found = calls_of(frames.pcap(out))
    assert [(c["call_id"], c["messages"]) for c in found] == [("call-1", 6)], found


def streams(portion, wrap=lambda text, way: text):
    """The call by TCP, each message in segments of `portion` bytes, two of which have changed places."""
    out, numbers = [], [1000, 2000]
    for i, (text, way) in enumerate(CALL):
        data = wrap(text, way)
        pieces = [(numbers[way] + k, data[k:k + portion]) for k in range(0, len(data), portion)]
        if len(pieces) > 1 and i > 1:
            pieces[0], pieces[1] = pieces[1], pieces[0]
        numbers[way] += len(data)
        ends = (ALICE, BOB)
        out += [(1700000000 + i / 2, frames.segment(piece, ends[way], ends[1 - way], at)) for at, piece in pieces]
    return out


def test_tcp_in_disorder():
    for portion in (1, 57, 400, 5000):
        is_the_call(calls_of(frames.pcap(streams(portion))))


def test_websocket_from_its_middle_on():
    is_the_call(calls_of(frames.pcap(streams(300, lambda text, way: frames.masked(text)))))


def hep(text, way):
    ends = (ALICE, BOB)
    chunk = lambda kind, value: struct.pack("!HHH", 0, kind, 6 + len(value)) + value  # noqa: E731
    body = chunk(1, b"\x02") + chunk(2, b"\x11")
    for kind, end in ((3, ends[way]), (4, ends[1 - way])):
        body += chunk(kind, socket.inet_aton(end[0])) + chunk(kind + 4, struct.pack("!H", end[1]))
    return body, chunk


def test_hep_within_a_capture():
    out = []
    for i, (text, way) in enumerate(CALL):
        body, chunk = hep(text, way)
        body += chunk(9, struct.pack("!I", 1700000000 + i // 2)) + chunk(10, struct.pack("!I", i % 2 * 500000))
        body += chunk(11, b"\x01") + chunk(12, struct.pack("!I", 7)) + chunk(15, text)
        out.append((1800000000, frames.datagram(b"HEP3" + struct.pack("!H", 6 + len(body)) + body, ("198.51.100.1", 4000), ("198.51.100.2", 9060))))
    is_the_call(calls_of(frames.pcap(out)))


class Tls:
    """Both ends of a TLS connection in memory, with the key log of one."""

    def __init__(self, folder, version, suites=None):
        authority = certs.Certs()
        authority.make("server", "DNS:localhost")
        self.log = os.path.join(folder, "keys")
        contexts = [ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)]
        contexts[0].check_hostname, contexts[0].verify_mode = False, ssl.CERT_NONE
        contexts[0].keylog_filename = self.log
        contexts[1].load_cert_chain(authority.path("server"))
        for context in contexts:
            context.minimum_version = context.maximum_version = version
            if suites:
                context.set_ciphers(suites)
        self.input, self.output = [ssl.MemoryBIO(), ssl.MemoryBIO()], [ssl.MemoryBIO(), ssl.MemoryBIO()]
        self.ends = [contexts[i].wrap_bio(self.input[i], self.output[i], server_side=bool(i)) for i in (0, 1)]
        self.frames, self.numbers, self.at = [], [1, 1], 1700000000.0

    def move(self):
        moved = True
        while moved:
            moved = False
            for i in (0, 1):
                data = self.output[i].read()
                moved = moved or bool(data)
                self.input[1 - i].write(data)
                for k in range(0, len(data), 1000):
                    ends = (ALICE, BOB)
                    self.frames.append((self.at, frames.segment(data[k:k + 1000], ends[i], ends[1 - i], self.numbers[i])))
                    self.numbers[i] += len(data[k:k + 1000])

    def talk(self):
        for _ in range(4):
            for end in self.ends:
                with contextlib.suppress(ssl.SSLWantReadError):
                    end.do_handshake()
                self.move()
        for text, way in CALL:
            self.ends[way].write(text)
            self.move()
            assert self.ends[1 - way].read(65536) == text
            self.at += 0.5


def check_tls(version, suites=None):
    with tempfile.TemporaryDirectory() as folder:
        talk = Tls(folder, version, suites)
        talk.talk()
        with open(talk.log, "rb") as log:
            keys = log.read()
        assert calls_of(frames.pcap(talk.frames)) == []
        is_the_call(calls_of(frames.pcap(talk.frames), "--keylog", talk.log))
        # a PCAPNG file may have its keys in itself
        is_the_call(calls_of(frames.pcapng([(at, frame, 0) for at, frame in talk.frames], key_log=keys)))


def test_tls_with_a_key_log():
    check_tls(ssl.TLSVersion.TLSv1_3)
    for suites in ("ECDHE+AESGCM", "ECDHE+CHACHA20"):
        check_tls(ssl.TLSVersion.TLSv1_2, suites)


def test_rtp_is_counted_with_its_call():
    out = wires()
    lost = {20, 21, 50}
    for i in range(100):
        if i not in lost:
            out.append((1700000001.6 + i * 0.02, frames.datagram(frames.rtp(i, i * 160, 77), (ALICE[0], 4000), (BOB[0], 4002))))
    out.sort()
    with file_of(frames.pcap(out)) as path:
        found = streams_of(path, "call-1")
    assert len(found) == 1, found
    assert (found[0]["packets"], found[0]["lost"], found[0]["codec"], found[0]["ssrc"]) == (97, 3, "PCMU", 77), found
    assert found[0]["jitter_ms"] < 0.01, found


def test_streams_of_calls_and_of_none():
    out = wires()
    for i in range(20):
        out.append((1700000001.6 + i * 0.02, frames.datagram(frames.rtp(i, i * 160, 77), (ALICE[0], 4000), (BOB[0], 4002))))
        out.append((1700000001.6 + i * 0.02, frames.datagram(frames.rtp(i, i * 160, 78, kind=8), ("198.51.100.1", 4000), (ALICE[0], 4009))))
    with file_of(frames.pcap(sorted(out))) as path:
        found = lines("--streams", "--json", path)
        assert [(s["call_id"], s["codec"], s["packets"], s["ssrc"]) for s in found] == [("call-1", "PCMU", 20, 77), (None, "PCMA", 20, 78)], found
        text = tandem("trace", "--streams", path).stdout
        assert "198.51.100.1:4000 > 192.0.2.1:4009" in text and "0000004E PCMA" in text, text
        assert [s["ssrc"] for s in lines("--streams", "--json", "--user", "bob", path)] == [77]


def test_messages_without_a_call_id():
    bad = INVITE.replace(b"Call-ID: call-1\r\n", b"")
    odd = INVITE.replace(b"Call-ID: call-1\r\n", b"Call-ID: call 1\r\n")
    out = [(1, frames.datagram(bad, ALICE, BOB)), (2, frames.datagram(RINGING.replace(b"Call-ID: call-1\r\n", b""), BOB, ALICE)),
           (3, frames.datagram(odd, ALICE, BOB))]
    with file_of(frames.pcap(out)) as path, tempfile.TemporaryDirectory() as folder:
        name = "no Call-ID 192.0.2.1:5060 192.0.2.2:5070"
        assert [(c["call_id"], c["messages"]) for c in calls(path)] == [(name, 2), ("call 1", 1)]
        assert "180 Ringing" in tandem("trace", "--call", name, path).stdout
        picked = os.path.join(folder, "out.pcapng")
        tandem("trace", "--call", name, "--pcap", picked, path)
        assert [(c["call_id"], c["messages"]) for c in calls(picked)] == [(name, 2)]


def sound(start, number=1, method="INVITE", branch="1", more="", body=b""):
    """A message at which nothing is to be found."""
    kind = "Content-Type: application/sdp\r\n" if body else ""
    tag = ";tag=b" if start.startswith("SIP/2.0 ") or method in ("ACK", "BYE") else ""
    hops = "" if start.startswith("SIP/2.0 ") else "Max-Forwards: 70\r\n"
    return (f"{start}\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{branch};rport\r\n{hops}From: <sip:alice@example.com>;tag=a\r\n"
            f"To: <sip:bob@example.com>{tag}\r\nCall-ID: call-1\r\nCSeq: {number} {method}\r\n{more}{kind}"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


ABLE = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\nSupported: 100rel\r\n"
SOUND_CALL = [
    (sound("INVITE sip:bob@192.0.2.2:5070 SIP/2.0", more="Contact: <sip:alice@192.0.2.1:5060>\r\n" + ABLE, body=sdp("192.0.2.1", 4000)), 0),
    (sound("SIP/2.0 180 Ringing", more="Contact: <sip:bob@192.0.2.2:5070>\r\n"), 1),
    (sound("SIP/2.0 200 OK", more="Contact: <sip:bob@192.0.2.2:5070>\r\n" + ABLE, body=sdp("192.0.2.2", 4002)), 1),
    (sound("ACK sip:bob@192.0.2.2:5070 SIP/2.0", method="ACK", branch="2"), 0),
    (sound("BYE sip:bob@192.0.2.2:5070 SIP/2.0", 2, "BYE", "3"), 0),
    (sound("SIP/2.0 200 OK", 2, "BYE", "3"), 1)]


def faulty_call():
    """A call whose answer has a codec that nobody offered, whose BYE has the INVITE's CSeq, and whose last message is invalid."""
    texts = [text for text, _ in SOUND_CALL]
    texts[2] = texts[2].replace(b"RTP/AVP 0", b"RTP/AVP 8")
    texts[4] = texts[4].replace(b"CSeq: 2 BYE", b"CSeq: 1 BYE")
    texts[5] = texts[5].replace(b"CSeq: 2 BYE", b"CSeq: x BYE")
    return wires(call=[(text, way) for text, (_, way) in zip(texts, SOUND_CALL)])


def test_calls_are_judged():
    with file_of(frames.pcap(faulty_call())) as path:
        found = [json.loads(line) for line in tandem("trace", "--lint", "--json", path, status=1).stdout.splitlines()]
        assert [(m["call_id"], m["message"], m["valid"]) for m in found] == [("call-1", i + 1, i < 5) for i in range(6)], found
        assert (found[1]["from_address"], found[1]["to_address"], found[1]["status"]) == ("192.0.2.2:5070", "192.0.2.1:5060", 180), found[1]
        codes = [[(f["code"], f["rfc"]) for f in m["findings"] if f["severity"] == "error"] for m in found]
        assert codes == [[], [], [("answer_formats", "3264 6.1")], [], [("cseq_not_increased", "3261 12.2.1.1")], []], codes
        assert found[5]["errors"][0]["code"] == "bad_cseq", found[5]
        text = tandem("trace", "--lint", "--severity", "error", path, status=1).stdout
        assert "call-1 #5:7:1: error: CSeq" in text and "call-1 #6:6:7: invalid" in text and "1 calls, 6 messages: 1 invalid" in text, text
        assert "cseq_not_increased" not in tandem("trace", "--lint", "--ignore", "cseq_not_increased", path, status=1).stdout
        log = json.loads(tandem("trace", "--sarif", path, status=1).stdout)
        results = {r["ruleId"]: r for r in log["runs"][0]["results"]}
        place = results["cseq_not_increased"]["locations"][0]
        assert place["physicalLocation"] == {"artifactLocation": {"uri": path}}, place
        assert place["logicalLocations"] == [{"name": "message 5, line 7, column 1", "fullyQualifiedName": "call-1"}], place
        assert tandem("trace", "--lint", "--user", "nobody", path).stdout.startswith("0 calls")
        assert "tandem trace --lint" in tandem("parse", path, status=2).stderr
    with file_of(frames.pcap(wires(call=SOUND_CALL))) as path:
        assert tandem("trace", "--lint", path).stdout == "1 calls, 6 messages: 0 invalid, 0 errors, 0 warnings, 0 hints\n"
    # what a call without its beginning answers to is not known
    with file_of(frames.pcap(faulty_call()[3:5])) as path:
        assert "cseq" not in tandem("trace", "--lint", path).stdout
    for words in (["--severity", "much"], ["--ignore", "nothing_such"]):
        assert "tandem: trace: " in tandem("trace", *words, status=2).stderr


# Errors that are there, looked at one by one: SIPp scenarios with a Route not turned round, a RAck of another CSeq and a
# repeated CSeq; phones that drop lr; a Route where no Record-Route was; a To that lost its port on the way; an ACK that is
# not in the capture, one without the answer.
SEQUENCE_ERRORS = {"Wireshark__LtoZ_rtpFilter_fail_2.pcap", "Wireshark__MSCML.pcap", "Wireshark__h223-over-rtp.pcap",
                   "profuzzbench__sip-1.pcap", "sngrep__ipip.pcap", "sngrep__ipv6frag.pcap"}
OF_SEQUENCES = {"ack_missing", "answer_missing", "cseq_not_increased", "prack_missing", "rack_unknown", "response_parties", "route_set"}


def test_captures_have_no_false_findings():
    n, seen = 0, set()
    for path, _ in captures():
        name = os.path.basename(path)
        if name in NO_CAPTURE or name in BROKEN:
            continue
        for line in tandem("trace", "--lint", "--json", "--severity", "error", path, status=(0, 1)).stdout.splitlines():
            one = json.loads(line)
            n += 1
            if any(f["code"] in OF_SEQUENCES for f in one["findings"]):
                seen.add(name)
    assert seen <= SEQUENCE_ERRORS and len(seen) >= 4, seen
    tap.note(f"{n} messages were judged")


def two_calls():
    other = [(1800000000, frames.datagram(message("INVITE sip:+4930123@example.net SIP/2.0", call="call-2", more=b"Subject: lunch\r\n"), ALICE, ("192.0.2.9", 5060))),
             (1800000001, frames.datagram(message("SIP/2.0 404 Not Found", call="call-2"), ("192.0.2.9", 5060), ALICE))]
    return wires() + other


def test_calls_are_picked():
    with file_of(frames.pcap(two_calls())) as path:
        def ids(*words, **more):
            return [c["call_id"] for c in calls(*words, path, **more)]
        assert ids() == ["call-1", "call-2"]
        assert ids("--call", "call-2") == ["call-2"]
        assert ids("--code", "404") == ids("--code", "4xx") == ids("--code", "400-499") == ["call-2"]
        assert ids("--number", "0123") == ["call-2"]
        assert ids("--user", "+4930123") == ["call-2"]
        assert ids("--method", "INVITE") == ["call-1", "call-2"] and ids("--method", "OPTIONS") == []
        assert ids("--address", "192.0.2.9") == ids("--address", "192.0.2.9:5060") == ["call-2"]
        assert ids("--contains", "lunch") == ["call-2"]
        assert ids("--from-time", "2026-01-01") == ["call-2"] and ids("--to-time", "1750000000") == ["call-1"]
        assert "no such call" in tandem("trace", "--call", "call-3", path, status=1).stderr


def test_a_call_is_drawn():
    with file_of(frames.pcap(two_calls())) as path, tempfile.TemporaryDirectory() as folder:
        text = tandem("trace", "--call", "call-1", path).stdout
        assert "INVITE" in text and "180 Ringing" in text and "200 OK (BYE)" in text, text
        assert text == tandem("trace", "--text", "--call", "call-1", path).stdout
        plain = tandem("trace", "--ascii", "--call", "call-1", path).stdout
        assert plain.isascii() and "INVITE" in plain, plain
        both = tandem("trace", "--text", path).stdout
        assert "180 Ringing" in both and "404 Not Found" in both, both
        svg, html = os.path.join(folder, "c.svg"), os.path.join(folder, "c.html")
        run = tandem("trace", "--svg", svg, "--html", html, "--call", "call-1", path)
        assert run.stdout == ""
        with open(svg, encoding="utf-8") as picture, open(html, encoding="utf-8") as page:
            assert "180 Ringing" in picture.read() and "z9hG4bKcall-1" in page.read()
        assert "name one" in tandem("trace", "--svg", svg, path, status=2).stderr


def test_what_cannot_be_is_told():
    for words in (["--nonsense"], ["--code", "99"], ["--from-time", "noon"], ["--address", "nowhere"], ["--hep", "192.0.2.1"]):
        assert "tandem: trace: " in tandem("trace", *words, status=2).stderr
    assert tandem("trace", "/nonexistent", status=2).stderr == "tandem: trace: /nonexistent: No such file or directory\n"
    assert tandem("trace", "missing.pcap", status=2).stderr == "tandem: trace: missing.pcap: No such file or directory\n"
    assert "missing: no such file, nor does a server answer" in tandem("trace", "--data", "/nonexistent", "missing", status=3).stderr
    assert tandem("trace", "--list", "/tmp", status=1).stderr == "tandem: trace: /tmp: Is a directory\n"
    with file_of(b"no capture") as path:
        assert "neither PCAP nor PCAPNG" in tandem("trace", path, status=1).stderr
    with file_of(frames.pcap(wires())[:-7]) as path:
        run = tandem("trace", "--json", path)
        assert "ends within a frame" in run.stderr and json.loads(run.stdout)["messages"] == 5


def test_the_list_for_people_drives_no_terminal():
    bad = message("OPTIONS sip:bob@example.com SIP/2.0", method="OPTIONS", call="x").replace(b"alice", b"al\x1b[2Jice")
    with file_of(frames.pcap([(1, frames.datagram(bad, ALICE, BOB))])) as path:
        out = tandem("trace", path).stdout
        assert "OPTIONS" in out and "\x1b" not in out, out


def test_pcapng_is_written():
    rtp = [(1700000001.6 + i * 0.02, frames.datagram(frames.rtp(i, i * 160, 77), (ALICE[0], 4000), (BOB[0], 4002))) for i in range(10)]
    strange = [(1700000003, frames.datagram(frames.rtp(i, i * 160, 78), ("192.0.2.7", 4000), ("192.0.2.8", 4002))) for i in range(10)]
    with file_of(frames.pcap(two_calls() + rtp + strange)) as path, tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.pcapng")
        tandem("trace", "--call", "call-1", "--pcap", out, path)
        is_the_call(calls(out))
        assert streams_of(out, "call-1")[0]["packets"] == 10
        with open(out, "rb") as written:
            assert written.read().count(struct.pack("<I", 6)) >= 16
        # what came by streams is written as datagrams
        with file_of(frames.pcap(streams(57))) as tcp:
            tandem("trace", "--pcap", out, tcp)
        is_the_call(calls(out))


def test_hep_is_sent():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector, file_of(frames.pcap(wires())) as path:
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(10)
        tandem("trace", "--hep", f"127.0.0.1:{collector.getsockname()[1]}", path)
        packets = [collector.recv(65536) for _ in CALL]
    assert all(p.startswith(b"HEP3") and text in p for p, (text, _) in zip(packets, CALL)), packets
    captured = [(1800000000, frames.datagram(p, ("198.51.100.1", 4000), ("198.51.100.2", 9060))) for p in packets]
    is_the_call(calls_of(frames.pcap(captured)))


def test_a_long_call_id_and_empty_frames():
    long = "x" * 4096
    out = [(1, b""), (2, frames.datagram(b"", ALICE, BOB)), (3, frames.datagram(message("OPTIONS sip:b SIP/2.0", call=long, method="OPTIONS"), ALICE, BOB))]
    found = calls_of(frames.pcap(out))
    assert [c["call_id"] for c in found] == [long]


def test_memory_does_not_grow_with_the_file():
    """40 MB of RTP and of calls that never end, in less memory than that."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.pcap")
        voice = frames.datagram(frames.rtp(1, 1, 1, bytes(1200)), (ALICE[0], 4000), (BOB[0], 4002))
        with open(path, "wb") as out:
            out.write(frames.pcap([]))
            record = struct.pack("<IIII", 1, 0, len(voice), len(voice)) + voice
            for _ in range(40):
                out.write(record * 850)
        run = subprocess.run(["python3", "-c", "import resource,subprocess,sys\n"
                              "subprocess.run(sys.argv[1:],check=True)\n"
                              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", programs.PROGRAM, "trace", "--json", path],
                             capture_output=True, text=True, check=True, timeout=120)
        if not os.environ.get("ASAN_OPTIONS"):
            assert int(run.stdout.split()[-1]) < 60000, run.stdout


# --- captures of others ---

def captures():
    folder = os.path.join(DATA, "pcap")
    found = sorted(glob.glob(os.path.join(folder, "sip", "*")) + glob.glob(os.path.join(folder, "rtp-stun-dtls", "*")))
    if not found:
        raise Skip("no test data")
    return [(path, os.path.join(folder, "expected", os.path.basename(path) + ".txt")) for path in found]


def expected(path, section):
    lines, inside = [], False
    with open(path, encoding="utf-8", errors="replace") as text:
        for line in text:
            inside = line.startswith("## " + section) if line.startswith("##") else inside
            if inside and not line.startswith("##"):
                lines.append(line.rstrip("\n"))
    return lines


# Frames whose Call-ID was cut off, or broken by bits that were flipped, tshark has without a name, or names otherwise.
BROKEN = {"nDPI__fuzz-2006-06-26-2594.pcap"}
NO_CAPTURE = {"Wireshark__RTP-only_PCMU_2-packets.cap"}  # NetXRay's form


def test_captures_have_the_messages_that_tshark_counts():
    n = 0
    for path, oracle in captures():
        name = os.path.basename(path)
        wanted, found = {}, {}
        for line in expected(oracle, "SIP frames"):
            for call in line.split("\t")[-3].split(","):
                wanted[call] = wanted.get(call, 0) + 1
        for c in calls(path, status=1 if name in NO_CAPTURE else 0):
            call = "" if c["call_id"].startswith("no Call-ID ") else c["call_id"]
            found[call] = found.get(call, 0) + c["messages"]
        if name in BROKEN:
            assert sum(found.values()) >= sum(wanted.values()) - 1, (name, found, wanted)
        else:
            assert found == wanted, (name, found, wanted)
        n += sum(found.values())
    tap.note(f"{n} messages in {len(captures())} captures")


STREAM = re.compile(r"\s*[-\d.]+\s+[-\d.]+\s+(\S+)\s+(\d+)\s+(\S+)\s+(\d+)\s+0x([0-9A-F]{8})\s+(.*?)\s+(\d+)\s+(-?\d+) \(.*?\)\s+(.*)")
# tshark takes the clock of one stream, 44,100 Hz, as 44,000; what follows a digit it measures from the digit's last packet by
# the timestamp of the voice before it; and there is one capture whose times are years apart.
OTHER_CLOCK = 0x043DA985
BROKEN_TIMES = "Wireshark__testing.ext.pcap"
ROUNDED = 0.0011


def tshark_streams(path):
    """(from, to, ssrc) -> (what it carries, packets, lost, mean and greatest jitter), RTP that nothing announced included."""
    run = subprocess.run(["tshark", "-r", path, "-q", "--enable-heuristic", "rtp_udp", "-z", "rtp,streams"], capture_output=True, text=True, check=False)
    found = {}
    for match in filter(None, map(STREAM.match, run.stdout.splitlines())):
        numbers = [max(0.0, float(x)) for x in re.findall(r"-?[\d.]+", match[9])]
        found[f"{match[1]}:{match[2]}", f"{match[3]}:{match[4]}", int(match[5], 16)] = match[6], int(match[7]), int(match[8]), numbers[4], numbers[5]
    return found


def check_stream(ours, theirs, path):
    what, packets, lost, mean, most = theirs
    assert (ours["packets"], ours["lost"]) == (packets, max(0, lost)), (path, ours, theirs)
    if "event" in what or ours["ssrc"] == OTHER_CLOCK or path.endswith(BROKEN_TIMES):
        return False
    assert abs(ours["jitter_mean_ms"] - mean) < ROUNDED and abs(ours["jitter_max_ms"] - most) < ROUNDED, (path, ours, theirs)
    return True


def test_captures_have_the_streams_that_tshark_counts():
    if not shutil.which("tshark"):
        raise Skip("no tshark")
    n = timed = strangers = 0
    for path, _ in captures():
        if os.path.basename(path) in NO_CAPTURE:
            continue
        ours = {(s["from_address"], s["to_address"], s["ssrc"]): s for s in lines("--streams", "--json", path)}
        theirs = tshark_streams(path)
        for key in theirs:
            if key in ours:
                timed += check_stream(ours[key], theirs[key], path)
                n += 1
                strangers += ours[key]["call_id"] is None
            else:
                assert theirs[key][1] < 3, (path, key, theirs[key])  # too few to be sure of
        for key in ours:
            assert key in theirs or ours[key]["call_id"], (path, key)
    assert n > 60 and strangers > 25 and timed > 40, (n, strangers, timed)
    tap.note(f"{n} streams, {strangers} of no call; jitter of {timed} is equal to a microsecond")


def test_broken_captures_do_no_harm():
    """Cut anywhere and with bytes changed: it ends, and says nothing of itself."""
    rng = random.Random(5)
    whole = frames.pcap(wires() + streams(57))
    files = [whole, frames.pcapng([(at, frame, 0) for at, frame in wires()], key_log=b"CLIENT_RANDOM 00 00\n")]
    with contextlib.suppress(Skip):
        files += [open(path, "rb").read() for path, _ in rng.sample(captures(), 8) if os.path.getsize(path) < 200000]
    for data in files:
        for _ in range(8):
            broken = bytearray(data[:rng.randrange(len(data))])
            for _ in range(rng.randrange(40)):
                if broken:
                    broken[rng.randrange(len(broken))] = rng.randrange(256)
            with file_of(bytes(broken)) as path:
                tandem("trace", "--json", path, status=(0, 1))


if __name__ == "__main__":
    tap.run()
