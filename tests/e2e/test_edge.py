"""Servers as edge proxies (RFC 5626 5): phones register with their home through them, and are called back by the flows that they keep."""
import contextlib
import socket

import tap
from phone import Phone
from server import Server

OUTBOUND = ["Supported: path, outbound"]


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    return s


def enroll(user, local, edge, home, reg_id):
    bob = Phone(user, local, (edge.host, edge.port), instance="urn:uuid:1", contact=f"sip:{user}@10.9.9.9:5060")
    ok = bob.register(home.addr, reg_id=reg_id, lines=[*OUTBOUND, f"Route: <sip:{edge.addr};lr>"])
    assert ok.status == 200, ok.text
    assert ok.all("Require") == ["outbound"], ok.text
    assert ";ob>" in ok.one("Path") and edge.addr in ok.one("Path"), ok.text
    return bob


def talk(alice, bob, home):
    call_id = f"call-{alice.cseq}-{alice.id}"
    alice.invite(f"sip:bob@{home.addr}", call_id)
    invite = bob.wait(lambda m: m.method == "INVITE")
    bob.answer(invite, 200)
    ok = alice.wait(lambda m: m.status == 200 and m.one("Call-ID") == call_id)
    alice.within("ACK", ok, cseq=ok.one("CSeq").split()[0])
    bob.wait(lambda m: m.method == "ACK")
    bob.within("BYE", invite, forward=False)
    alice.answer(alice.wait(lambda m: m.method == "BYE"), 200)
    bob.wait(lambda m: m.status == 200 and "BYE" in m.one("CSeq"))


def test_called_through_the_edge():
    with Server() as edge, Server() as home, Phone("alice", udp(), (home.host, home.port)) as alice, \
            enroll("bob", udp(), edge, home, 1) as bob:
        talk(alice, bob, home)
        talk(alice, bob, home)


def test_the_other_edge_where_the_flow_at_one_has_failed():
    with Server() as one, Server() as other, Server() as home, contextlib.ExitStack() as open_:
        alice = open_.enter_context(Phone("alice", udp(), (home.host, home.port)))
        bob = open_.enter_context(enroll("bob", udp(), one, home, 1))
        by_stream = enroll("bob", socket.create_connection((other.host, other.port), 10), other, home, 2)
        talk(alice, by_stream, home)
        assert not bob.poll(lambda m: m.method == "INVITE")
        by_stream.close()
        talk(alice, bob, home)
        bob.register(home.addr, expires=0, reg_id=1, lines=[*OUTBOUND, f"Route: <sip:{one.addr};lr>"])
        alice.invite(f"sip:bob@{home.addr}", "nobody")
        final = alice.wait(lambda m: m.status >= 300 and m.one("Call-ID") == "nobody")
        assert final.status == 480, final.text  # RFC 5626 11.5: no phone ever sees a 430


def test_a_token_of_somebody_elses_making():
    with Server() as edge, Phone("mallory", udp(), (edge.host, edge.port)) as mallory:
        target = "7f000001"
        for user in (f"ob-001388{target}-0123456789abcdef", "ob--0123456789abcdef"):
            mallory.send("MESSAGE sip:bob@10.9.9.9", [mallory.via(), "From: <sip:m@x>;tag=1", "To: <sip:bob@10.9.9.9>",
                                                      f"Call-ID: {user}", f"CSeq: {mallory.cseq} MESSAGE", "Max-Forwards: 70",
                                                      f"Route: <sip:{user}@{edge.addr};lr;ob>"])
            assert mallory.wait(lambda m: m.status >= 200).status == 403


if __name__ == "__main__":
    tap.run()
