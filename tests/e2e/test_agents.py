"""`tandem trace --listen`: what capture agents send by HEP, Kamailio's siptrace, tandem itself and others."""
import json
import os
import socket
import struct

import frames
import tap
from client import tandem
from kamailio import MODULES, PlainKamailio
from server import free_port, wait_for
from sipp import Sipp, register
from test_live import Live
from test_trace import ALICE, BOB, CALL, INVITE, file_of, hep, is_the_call, wires

SIPTRACE = """loadmodule "siptrace.so"
modparam("siptrace", "duplicate_uri", "sip:{collector}")
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", {version})
modparam("siptrace", "hep_capture_id", 7)
modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_mode", 1)
"""


class Collector(Live):
    def __init__(self, *words, transport="udp"):
        super().__init__("--listen", f"hep:{transport}:127.0.0.1:0", *words)
        self.address = self.said.split(f"hep:{transport}:")[1].split()[0]
        host, port = self.address.rsplit(":", 1)
        self.place = host, int(port)


def packet(text, way, seconds=None):
    """HEP 3 of one message; without seconds it does not say when."""
    body, chunk = hep(text, way)
    if seconds is not None:
        body += chunk(9, struct.pack("!I", int(seconds))) + chunk(10, struct.pack("!I", round(seconds % 1 * 1000000)))
    body += chunk(11, b"\x01") + chunk(12, struct.pack("!I", 7)) + struct.pack("!HHH", 17, 1, 8) + b"xx" + chunk(15, text)
    return b"HEP3" + struct.pack("!H", 6 + len(body)) + body


PACKETS = [packet(text, way, 1700000000 + i / 2) for i, (text, way) in enumerate(CALL)]


def test_what_tandem_sends_is_received():
    with Collector("--list", "--json") as c, file_of(frames.pcap(wires())) as path:
        tandem("trace", "--hep", c.address, path)
        c.stop()
    is_the_call(c.objects())


def test_a_ladder_of_what_came():
    with Collector("--call", "call-1") as c, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for p in PACKETS:
            s.sendto(p, c.place)
        c.stop()
    assert "180 Ringing" in c.out and "192.0.2.2:5070" in c.out, c.out


def kamailio_calls(version):
    """What becomes of five calls over a Kamailio whose siptrace speaks this version."""
    if not os.path.exists(f"{MODULES}/siptrace.so"):
        raise tap.Skip("no siptrace")
    with Collector("--list", "--json") as c:
        port = free_port()
        with PlainKamailio(f"127.0.0.1:{port}", port, more=SIPTRACE.format(collector=c.address, version=version)) as proxy:
            callee_port = free_port()
            with Sipp("callee.xml", callee_port, "-m", "5", "-timeout", "60s") as callee:
                register(proxy, "bob", callee_port, "udp", free_port())
                caller = Sipp("caller.xml", free_port(), "-s", "bob", "-m", "5", "-timeout", "60s", remote=proxy.addr)
                assert caller.finish(90)["ok"] == 5, caller.errors()
                callee.finish(30)
        c.stop()
    return c.objects(), c.said, (port, callee_port)


def check_kamailio(version):
    found, said, _ = kamailio_calls(version)
    invites = [o for o in found if o["method"] == "INVITE"]
    # each message as it came and as it went: INVITE, 180, 200, ACK, BYE, 200 both ways, and Kamailio's 100
    assert len(invites) == 5 and all(o["status"] == 200 and o["messages"] >= 13 for o in invites), (found, said)
    assert [o["status"] for o in found if o["method"] == "REGISTER"] == [200], found
    assert "0 packets and 0 connections were no HEP" in said, said


def test_calls_of_kamailio_by_hep_3():
    check_kamailio(3)


def test_calls_of_kamailio_by_hep_2():
    check_kamailio(2)


def test_calls_of_kamailio_by_hep_1():
    check_kamailio(1)


def test_packets_of_a_stream_in_any_portions():
    data = b"".join(PACKETS)
    for portion in (1, 100, len(data)):
        with Collector("--list", "--json", transport="tcp") as c:
            with socket.create_connection(c.place) as s:
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for at in range(0, len(data), portion):
                    s.sendall(data[at:at + portion])
            c.stop()
        is_the_call(c.objects())


def test_several_agents_at_once_and_what_is_no_hep():
    with Collector("--list", "--json", "--filter", "host 192.0.2.1", transport="tcp") as c:
        sockets = [socket.create_connection(c.place) for _ in range(20)]
        for i, s in enumerate(sockets):
            text = INVITE.replace(b"call-1", b"call-%d" % i)
            s.sendall(packet(text, 0)[:50])
        bad = socket.create_connection(c.place)
        bad.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert bad.recv(1) == b""
        for i, s in enumerate(sockets):
            text = INVITE.replace(b"call-1", b"call-%d" % i)
            s.sendall(packet(text, 0)[50:])
            s.close()
        bad.close()
        c.stop()
    assert sorted(o["call_id"] for o in c.objects()) == sorted(f"call-{i}" for i in range(20)), c.out
    assert "1 connections were no HEP" in c.said, c.said


def test_bad_packets_are_counted_and_harm_nothing():
    with Collector("--follow", "--json") as c, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for bad in (b"", b"HEP3", b"HEP3\x00\x06", b"nonsense", PACKETS[0][:-1], b"\x01\x10\x02\x11" + bytes(12), b"\x02" * 100):
            s.sendto(bad, c.place)
        for p in PACKETS:
            s.sendto(p, c.place)
        wait_for(lambda: c.out.count("\n") == 6, 30, lambda: c.out + c.said)
        c.stop()
    assert [(m["from_address"], m.get("status")) for m in c.objects()][:2] == [
        ("192.0.2.1:5060", None), ("192.0.2.2:5070", 180)], c.out
    assert "7 packets and 0 connections were no HEP" in c.said, c.said


def test_the_file_has_what_came():
    with file_of(b"", "out.pcapng") as path:
        with Collector("--follow", "--pcap", path) as c, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for p in PACKETS:
                s.sendto(p, c.place)
            c.stop()
        is_the_call([json.loads(line) for line in tandem("trace", "--json", path).stdout.splitlines()])
    assert ALICE[0] in c.out and BOB[0] in c.out


if __name__ == "__main__":
    tap.run()
