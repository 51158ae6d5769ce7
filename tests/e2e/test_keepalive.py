"""What phones send to keep their flows open, on the ports of SIP itself: STUN and CRLF (RFC 5626 3.5, 4.4, 8)."""
import contextlib
import os
import select
import socket
import struct
import tempfile

import tap
from phone import Phone
from server import Server

COOKIE = 0x2112A442


def binding(id_, attributes=b"", kind=1):
    return struct.pack(">HHI", kind, len(attributes), COOKIE) + id_ + attributes


def mapped(answer):
    """The address of an XOR-MAPPED-ADDRESS that is the first attribute."""
    kind, length, _, family, port = struct.unpack(">HHBBH", answer[20:28])
    assert (kind, length, family) == (0x20, 8, 1), answer
    number = struct.unpack(">I", answer[28:32])[0] ^ COOKIE
    return socket.inet_ntoa(struct.pack(">I", number)), port ^ (COOKIE >> 16)


def phone(server):
    p = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    p.bind(("127.0.0.1", 0))
    p.connect((server.host, server.port))
    p.settimeout(10)
    return p


def options(p, server, branch):
    me = "%s:%d" % p.getsockname()
    return (f"OPTIONS sip:{server.addr} SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bK{branch}\r\nFrom: <sip:a@{me}>;tag=1\r\n"
            f"To: <sip:{server.addr}>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
            "Content-Length: 0\r\n\r\n").encode()


def test_stun_beside_sip():
    with Server() as server, phone(server) as p:
        for _ in range(3):
            id_ = os.urandom(12)
            p.send(binding(id_))
            answer = p.recv(2048)
            assert answer[:2] == b"\x01\x01" and answer[8:20] == id_, answer
            assert mapped(answer) == p.getsockname(), answer
            p.send(options(p, server, id_.hex()))
            assert p.recv(4096).startswith(b"SIP/2.0 200 ")


def test_what_is_not_understood_is_told():
    with Server() as server, phone(server) as p:
        id_ = os.urandom(12)
        p.send(binding(id_, struct.pack(">HHI", 3, 4, 6)))  # CHANGE-REQUEST of RFC 3489
        answer = p.recv(2048)
        assert answer[:2] == b"\x01\x11" and b"Unknown Attribute" in answer, answer


def test_bytes_that_are_no_request_get_nothing():
    with Server() as server, phone(server) as p:
        id_ = os.urandom(12)
        p.send(binding(id_, kind=0x11))  # an indication
        p.send(binding(id_, kind=0x101))  # somebody's answer
        p.send(binding(id_) + b"1234")
        p.send(binding(id_, struct.pack(">HHI", 0x8028, 4, 1)))  # a wrong fingerprint
        p.send(b"\r\n\r\n")
        p.send(options(p, server, "after"))
        assert p.recv(4096).startswith(b"SIP/2.0 "), "an answer to what is none"
        assert not select.select([p], [], [], 0)[0]


def test_double_line_ends_on_a_stream():
    with Server() as server, socket.create_connection((server.host, server.port), 10) as c:
        for _ in range(2):
            c.sendall(b"\r\n\r\n")
            got = b""
            while len(got) < 2:
                got += c.recv(2 - len(got))
            assert got == b"\r\n"


def test_the_server_asks_phones_by_whichever_worker_has_their_connection():
    """Eight phones with connections of their own, which four workers share out, answer for longer than the server waits."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file, contextlib.ExitStack() as stack:
        file.write("registrar: {ping: 1s, ping_with: options}\ntimers: {t1: 50ms}\n")
        file.flush()
        server = stack.enter_context(Server("--config", file.name, "--workers", "4"))
        phones = []
        for n in range(8):
            connection = socket.create_connection((server.host, server.port), 10)
            phones.append(stack.enter_context(Phone(f"p{n}", connection, None, contact=f"sip:p{n}@10.0.0.2:5060;transport=tcp")))
            phones[n].at = "10.0.0.2:5060"
            assert phones[n].register(server.host).status == 200
        for _ in range(6):
            for p in phones:
                p.answer(p.wait(lambda m: m.method == "OPTIONS"), 200)
        for p in phones:
            p.send(f"REGISTER sip:{server.host}", [p.via(), f"From: <sip:{p.user}@{server.host}>;tag=q", f"To: <sip:{p.user}@{server.host}>",
                                                   f"Call-ID: q-{p.id}", f"CSeq: {p.cseq} REGISTER", "Max-Forwards: 70"])
            known = p.wait(lambda m: m.status == 200 and "REGISTER" in m.one("CSeq"))
            assert known.one("Contact").startswith(f"<{p.contact}>"), known.text


if __name__ == "__main__":
    tap.run()
