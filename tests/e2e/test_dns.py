"""Servers found by a real name server (RFC 3263): the trapezoid of two domains, a host of a set that dies under load, a
name server that never answers."""
import contextlib
import os
import signal
import socket
import tempfile

import tap
from baresip import Baresip
from kamailio import PlainKamailio
from knot import Knot
from server import Server, free_port, wait_for
from sipp import Sipp, register

# The first transport of each domain leads to where nobody is but for the one that is meant.
ZONE = """@ NAPTR 10 50 "s" "SIP+D2{letter}" "" _sip._{proto}
@ NAPTR 20 50 "s" "SIP+D2{other}" "" _sip._{wrong}
_sip._{proto} SRV 10 0 {dead} host
_sip._{proto} SRV 20 0 {port} host
_sip._{wrong} SRV 10 0 {dead} host
host A 127.0.0.1
"""


def zone(proto, port):
    wrong = "tcp" if proto == "udp" else "udp"
    return ZONE.format(proto=proto, wrong=wrong, letter=proto[0].upper(), other=wrong[0].upper(), port=port,
                       dead=free_port())


@contextlib.contextmanager
def serve(domain, servers, port, *options):
    """A server of one domain that asks these name servers."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tandem.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"domains: [{domain}]\ndns: {{servers: ['{servers}'], timeout: 1s}}\n")
        with Server("--config", path, *options, port=port) as server:
            yield server


def call(caller, target, callee):
    for phone in (caller, callee):
        phone.forget()
    caller.command("dial", target)
    callee.await_event("CALL_INCOMING")
    callee.command("accept")
    for phone in (caller, callee):
        phone.await_event("CALL_ESTABLISHED")
    caller.command("hangup")
    callee.await_event("CALL_CLOSED")


# baresip names its own transport in what it dials: that domain's SRV records are asked for, no NAPTR.
def trapezoid(proto):
    a, b = free_port(), free_port()
    with Knot({"a.example": zone(proto, a), "b.example": zone(proto, b)}) as names, \
            serve("a.example", names.addr, a) as first, serve("b.example", names.addr, b) as second, \
            Baresip(first, "alice", proto, outbound=True) as alice, Baresip(second, "bob", proto, outbound=True) as bob:
        call(alice, "sip:bob@b.example", bob)
        call(bob, "sip:alice@a.example", alice)
        call(alice, "sip:bob@b.example", bob)


def test_two_domains_find_each_other_by_srv_over_udp():
    trapezoid("udp")


def naptr(proto):
    a, b, caller, callee = free_port(), free_port(), free_port(), free_port()
    with Knot({"b.example": zone(proto, b)}) as names, serve("a.example", names.addr, a) as first, \
            serve("b.example", names.addr, b) as second, Sipp("busy.xml", callee, "-timeout", "100s"):
        register(second, "bob", callee, local_port=free_port())
        register(first, "caller", caller, local_port=caller)
        load = Sipp("caller_away.xml", caller, "-s", "bob", "-key", "domain", "b.example", "-m", "200", "-r", "100",
                    "-timeout", "60s", remote=first.addr)
        got = load.finish(80)
        tap.note(got)
        assert got["ok"] == 200 and got["failed"] == 0, f"{got}\n{load.errors()}"


def test_a_domain_is_found_by_naptr_over_udp():
    naptr("udp")


def test_a_domain_is_found_by_naptr_over_tcp():
    naptr("tcp")


def test_a_phone_here_calls_one_of_a_domain_that_kamailio_serves():
    port = free_port()
    with Knot({"b.example": zone("udp", port)}) as names, PlainKamailio("b.example", port) as other, \
            serve("a.example", names.addr, None) as server, \
            Baresip(server, "alice", outbound=True) as alice, Baresip(other, "bob") as bob:
        call(alice, "sip:bob@b.example", bob)


CALLS = 3000


def test_a_host_of_a_set_dies_under_load_and_no_call_is_lost():
    one, two, caller = free_port(), free_port(), free_port()
    pool = f"@ NAPTR 1 1 \"s\" \"SIP+D2U\" \"\" _sip._udp\n_sip._udp SRV 10 50 {one} host\n_sip._udp SRV 10 50 {two} host\nhost A 127.0.0.1\n"
    with Knot({"pool.example": pool}) as names, serve("a.example", names.addr, None) as server, \
            Sipp("busy.xml", one, "-timeout", "240s") as dies, Sipp("busy.xml", two, "-timeout", "240s") as lives:
        register(server, "caller", caller, local_port=caller)
        with Sipp("caller_away.xml", caller, "-s", "bob", "-key", "domain", "pool.example", "-m", str(CALLS), "-r", "200",
                  "-timeout", "200s", remote=server.addr) as load:
            wait_for(lambda: int(load.last_row().get("SuccessfulCall(C)") or 0) > CALLS // 5, 60, load.errors)
            before = int(dies.last_row().get("SuccessfulCall(C)") or 0)
            dies.stop()
            got = load.finish(220)
        after = int(lives.last_row().get("SuccessfulCall(C)") or 0)
        tap.note(f"caller {got}; until it died the one host had answered {before}, the other at last {after}")
        assert got["ok"] == CALLS and got["failed"] == 0, f"{got}\n{load.errors()}"
        assert before > CALLS // 20 and after > CALLS // 2, (before, after)


def test_a_name_server_that_never_answers_holds_up_no_other_call():
    callee, caller, away = free_port(), free_port(), free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
        hole.bind(("127.0.0.1", 0))
        with serve("a.example", "127.0.0.1:%d" % hole.getsockname()[1], None, "--workers", "1") as server, \
                Sipp("callee.xml", callee, "-m", "1000", "-timeout", "200s"):
            register(server, "bob", callee, local_port=free_port())
            register(server, "caller", away, local_port=away)
            with Sipp("caller_away.xml", away, "-s", "x", "-key", "domain", "[call_number].black.example", "-m", "500", "-r",
                      "100", "-timeout", "100s", remote=server.addr) as lost:
                got = Sipp("caller.xml", caller, "-s", "bob", "-m", "1000", "-r", "100", "-timeout", "100s",
                           remote=server.addr).finish(120)
                away_got = lost.finish(120)
            tap.note(f"beside {away_got['failed']} calls to names that nobody answers for: {got}")
            assert got["ok"] == 1000 and got["failed"] == 0 and got["retransmissions"] == 0, got
            assert away_got["ok"] == 0 and away_got["failed"] == 500, away_got


def text_of(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


@contextlib.contextmanager
def serve_from(dns, *options):
    """A server with this `dns`, and what replaces that by SIGHUP; caller is registered there."""
    with tempfile.TemporaryDirectory() as folder:
        path = text_of(folder, "tandem.yaml", f"domains: [a.example]\ndns: {dns}\n")
        away = free_port()
        with Server("--config", path, *options) as server:

            def reload(dns, event="reloaded"):
                before = server.stderr().count(event)
                text_of(folder, "tandem.yaml", f"domains: [a.example]\ndns: {dns}\n")
                server.process.send_signal(signal.SIGHUP)
                wait_for(lambda: server.stderr().count(event) > before, 10, server.stderr)

            def calls(n=1, domain="b.example"):
                return Sipp("caller_away.xml", away, "-s", "bob", "-key", "domain", domain, "-m", str(n), "-timeout", "60s",
                            remote=server.addr)

            register(server, "caller", away, local_port=away)
            yield server, reload, calls


def answered(phone):
    return int(phone.last_row().get("SuccessfulCall(C)") or 0)


def test_a_name_server_that_is_killed():
    """What it said before is good for as long as it said; a name that is asked for then is answered for by nobody, and the call fails."""
    port = free_port()
    zones = {"b.example": zone("udp", port), "c.example": zone("udp", port)}
    with Knot(zones) as names, Sipp("busy.xml", port, "-timeout", "100s") as there, \
            serve_from(f"{{servers: ['{names.addr}'], timeout: 200ms, tries: 2}}", "--workers", "1") as (_, _, calls):
        assert calls().finish(60)["ok"] == 1
        names.process.kill()
        assert calls(20).finish(60)["ok"] == 20
        lost = calls(20, "c.example")
        got = lost.finish(60)
        assert got["ok"] == 0 and got["failed"] == 20 and "SIP/2.0 5" in lost.errors(), f"{got}\n{lost.errors()}"
        with Knot(zones, port=names.port):
            wait_for(lambda: calls(1, "c.example").finish(60)["ok"] == 1, 60, "a call once there is a name server again")
        wait_for(lambda: answered(there) >= 22, 20, there.errors)


def records(port):
    return f"b.example. NAPTR 1 1 s SIP+D2U \"\" _sip._udp.b.example.\n_sip._udp.b.example. SRV 1 1 {port} h.b.example.\nh.b.example. A 127.0.0.1\n"


def test_a_reload_takes_up_names_of_the_operators_own():
    one, two = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder, Sipp("busy.xml", one, "-timeout", "100s") as first, \
            Sipp("busy.xml", two, "-timeout", "100s") as second:
        hosts = text_of(folder, "hosts", records(one))
        with serve_from(f"{{hosts: {hosts}}}", "--workers", "2") as (_, reload, calls):
            assert calls(8).finish(60)["ok"] == 8
            wait_for(lambda: answered(first) == 8, 20, first.errors)
            text_of(folder, "hosts", "b.example. A here\n")
            reload(f"{{hosts: {hosts}}}", "reload refused")
            assert calls().finish(60)["ok"] == 1
            wait_for(lambda: answered(first) == 9, 20, first.errors)
            text_of(folder, "hosts", records(two))
            reload(f"{{hosts: {hosts}}}")
            assert calls(8).finish(60)["ok"] == 8
            wait_for(lambda: answered(second) == 8, 20, second.errors)
            assert answered(first) == 9


def test_a_reload_asks_other_name_servers_and_forgets_what_the_old_ones_said():
    one, two = free_port(), free_port()
    with Knot({"b.example": zone("udp", one)}) as old, Knot({"b.example": zone("udp", two)}) as new, \
            Sipp("busy.xml", one, "-timeout", "100s") as first, Sipp("busy.xml", two, "-timeout", "100s") as second, \
            serve_from(f"{{servers: ['{old.addr}']}}") as (server, reload, calls):
        assert calls().finish(60)["ok"] == 1
        wait_for(lambda: answered(first) == 1, 20, first.errors)
        reload(f"{{servers: ['{new.addr}'], timeout: 1s, tries: 3}}")
        assert "key=dns" not in server.stderr(), server.stderr()
        assert calls().finish(60)["ok"] == 1
        wait_for(lambda: answered(second) == 1, 20, second.errors)


def test_a_look_up_under_way_is_asked_of_the_new_name_servers():
    port = free_port()
    with Knot({"b.example": zone("udp", port)}) as names, Sipp("busy.xml", port, "-timeout", "100s"), \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
        hole.bind(("127.0.0.1", 0))
        hole.settimeout(20)
        with serve_from("{servers: ['127.0.0.1:%d'], timeout: 30s}" % hole.getsockname()[1]) as (_, reload, calls), \
                calls() as waits:
            hole.recv(4096)
            reload(f"{{servers: ['{names.addr}']}}")
            got = waits.finish(60)
            assert got["ok"] == 1 and got["failed"] == 0, f"{got}\n{waits.errors()}"


def is_nobodys(caller, target):
    caller.forget()
    caller.command("dial", target)
    caller.await_event("CALL_CLOSED")
    assert any("404" in str(event.get("param")) for event in caller.events), caller.events


def test_a_number_that_nobody_has_leads_to_a_phone_of_another_domain():
    port = free_port()
    numbers = "2.1.9.8.9.4 NAPTR 10 10 \"u\" \"E2U+email:mailto\" \"!^.*$!mailto:bob@b.example!\" .\n" \
        "2.1.9.8.9.4 NAPTR 20 10 \"u\" \"E2U+sip\" \"!^\\\\+4989(.*)$!sip:bob\\\\1@b.example!\" .\n"
    with Knot({"e164.arpa": numbers, "b.example": zone("udp", port)}) as names, \
            serve("b.example", names.addr, port) as second, Baresip(second, "bob12", "udp") as bob, \
            serve_from(f"{{servers: ['{names.addr}'], enum: [e164.arpa]}}") as (first, reload, _), \
            Baresip(first, "alice", "udp", outbound=True) as alice:
        call(alice, "sip:+498912@a.example", bob)
        is_nobodys(alice, "sip:+498913@a.example")
        reload(f"{{servers: ['{names.addr}']}}")
        is_nobodys(alice, "sip:+498912@a.example")


if __name__ == "__main__":
    tap.run()
