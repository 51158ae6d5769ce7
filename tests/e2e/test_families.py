"""Two families and two transports at one server: a phone on IPv6 calls one on IPv4 and the other way round, each side with the
address by which it reaches the server in Via and Record-Route (RFC 5658), played by SIPp."""
import contextlib
import socket

import tap
from server import Server, free_port
from sipp import Sipp, register

FOUR, SIX = "127.0.0.1", "::1"


@contextlib.contextmanager
def both():
    """A server with UDP and TCP on one port of both families; `at` says where by family."""
    try:
        port = free_port(SIX)
    except OSError:
        raise tap.Skip("no IPv6 here") from None
    with Server("--listen", f"udp:[{SIX}]:{port}", "--listen", f"tcp:[{SIX}]:{port}", "--no-auth", port=port) as server:
        yield server, {FOUR: f"{FOUR}:{port}", SIX: f"[{SIX}]:{port}"}


class At:
    """What sipp.register wants to know of a server, of one of its families."""

    def __init__(self, addr):
        self.addr = addr


def check_call(caller_host, caller_by, callee_host, callee_by):
    with both() as (_, at):
        port = free_port(callee_host)
        with Sipp("callee.xml", port, "-m", "3", "-timeout", "60s", host=callee_host, transport=callee_by) as callee:
            register(At(at[callee_host]), "bob", port, transport={"u1": "udp", "t1": "tcp"}[callee_by],
                     local_port=free_port(callee_host), host=callee_host)
            with Sipp("caller.xml", free_port(caller_host), "-m", "3", "-s", "bob", "-timeout", "60s", host=caller_host,
                      transport=caller_by, remote=at[caller_host]) as caller:
                got = caller.finish(40)
                assert got["ok"] == 3 and got["failed"] == 0, f"{got} {caller.errors()} {callee.errors()}"
            got = callee.finish(40)
            assert got["ok"] == 3 and got["failed"] == 0, f"{got} {callee.errors()}"


def test_six_calls_four():
    check_call(SIX, "u1", FOUR, "u1")


def test_four_calls_six():
    check_call(FOUR, "u1", SIX, "u1")


def test_six_by_tcp_calls_four_by_udp():
    check_call(SIX, "t1", FOUR, "u1")


def test_four_by_udp_calls_six_by_tcp():
    check_call(FOUR, "u1", SIX, "t1")


def peer(host):
    s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((host, 0))
    s.settimeout(10)
    return s


def shown(s):
    host, port = s.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def send(s, at, text):
    host, port = at.rsplit(":", 1)
    s.sendto(text.encode(), (host.strip("[]"), int(port)))


def test_each_side_sees_its_own_address():
    with both() as (_, at), peer(FOUR) as bob, peer(SIX) as alice:
        send(bob, at[FOUR], f"REGISTER sip:{at[FOUR]} SIP/2.0\r\nVia: SIP/2.0/UDP {shown(bob)};branch=z9hG4bKr\r\n"
             f"From: <sip:bob@{FOUR}>;tag=1\r\nTo: <sip:bob@{FOUR}>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\n"
             f"Contact: <sip:bob@{shown(bob)}>\r\nContent-Length: 0\r\n\r\n")
        assert bob.recv(65536).startswith(b"SIP/2.0 200 ")
        send(alice, at[SIX], f"INVITE sip:bob@{at[SIX]} SIP/2.0\r\nVia: SIP/2.0/UDP {shown(alice)};branch=z9hG4bKi\r\n"
             f"From: <sip:alice@[{SIX}]>;tag=1\r\nTo: <sip:bob@[{SIX}]>\r\nCall-ID: i\r\nCSeq: 1 INVITE\r\n"
             f"Contact: <sip:alice@{shown(alice)}>\r\nContent-Length: 0\r\n\r\n")
        got = bob.recv(65536).decode()
        lines = got.split("\r\n")
        vias = [line for line in lines if line.startswith("Via:")]
        routes = [line for line in lines if line.startswith("Record-Route:")]
        assert vias[0].startswith(f"Via: SIP/2.0/UDP {at[FOUR]};") and vias[1].startswith(f"Via: SIP/2.0/UDP {shown(alice)};"), got
        assert len(routes) == 2, got
        assert routes[0].startswith(f"Record-Route: <sip:{at[FOUR]};lr"), routes
        assert routes[1].startswith(f"Record-Route: <sip:{at[SIX]};lr"), routes
        same = [line for line in lines if line.startswith(("Via:", "From:", "To:", "Call-ID:", "CSeq:"))]
        send(bob, at[FOUR], "\r\n".join(["SIP/2.0 486 Busy Here", *same, "Content-Length: 0", "", ""]))
        assert bob.recv(65536).startswith(b"ACK "), "a refusal without an ACK"


if __name__ == "__main__":
    tap.run()
