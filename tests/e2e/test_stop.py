"""The server ends cleanly on SIGTERM: what is new is refused, calls in progress end, a second signal does not wait."""
import contextlib
import signal
import socket
import subprocess
import tempfile
import uuid

import server as programs
import tap
from server import STOP_S, Server, free_port, wait_for
from sipp import Sipp, register

CALLS = 40


def request(server, method, uri, lines="", to=None):
    unique = uuid.uuid4().hex
    return (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {server.host}:9;rport;branch=z9hG4bK{unique}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:carol@{server.host}>;tag=1\r\nTo: <{to or f'sip:carol@{server.host}'}>\r\n"
            f"Call-ID: {unique}\r\nCSeq: 1 {method}\r\n{lines}Content-Length: 0\r\n\r\n").encode()


def ask(server, method, uri, lines="", transport="udp", to=None):
    """The answer to one request outside of any dialog."""
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as peer:
        peer.settimeout(5)
        peer.connect((server.host, server.port))
        peer.send(request(server, method, uri, lines, to))
        return peer.recv(65536).decode("latin-1")


def refuses(server):
    """Asked as often as makes each worker answer."""
    with contextlib.suppress(OSError):
        return all(ask(server, "OPTIONS", f"sip:{server.addr}").startswith("SIP/2.0 503 ") for _ in range(16))


@contextlib.contextmanager
def calls_in_progress(server, talk_ms, transport="udp", count=CALLS):
    """A caller and a callee with `count` calls between them that have just been answered."""
    mode = {"udp": "u1", "tcp": "t1"}[transport]
    port = free_port()
    with Sipp("callee_talking.xml", port, "-m", str(count), "-timeout", "120s", transport=mode) as callee:
        register(server, "bob", port, transport, free_port())
        with Sipp("caller_talking.xml", free_port(), "-s", "bob", "-m", str(count), "-r", str(count), "-d",
                  str(talk_ms), "-timeout", "120s", remote=server.addr, transport=mode) as caller:
            wait_for(lambda: callee.talking() == count, 30, lambda: f"{callee.last_row()}")
            yield caller, callee


def drains_under_calls(transport):
    server = Server()
    with calls_in_progress(server, 6000, transport) as (caller, callee):
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: refuses(server), 10, "503 for what is new")
        for kind in ("udp", "tcp"):
            for method, uri, lines in (("INVITE", f"sip:bob@{server.addr}", "Contact: <sip:carol@127.0.0.1:9>\r\n"),
                                       ("REGISTER", f"sip:{server.addr}", "Contact: <sip:carol@127.0.0.1:9>\r\n")):
                answer = ask(server, method, uri, lines, kind)
                assert answer.startswith("SIP/2.0 503 ") and "\r\nRetry-After: " in answer, answer
        assert server.alive(), "it does not wait for the calls"
        called, answered = caller.finish(60), callee.finish(60)
    assert called["ok"] == CALLS and called["failed"] == 0, (called, caller.errors())
    assert answered["ok"] == CALLS and answered["failed"] == 0, (answered, callee.errors())
    assert server.process.wait(STOP_S) == 0
    errors = server.stop()
    assert "calls left" not in errors, errors


def test_calls_over_udp_end_while_it_drains():
    drains_under_calls("udp")


def test_calls_over_tcp_end_while_it_drains():
    drains_under_calls("tcp")


def test_calls_that_come_all_the_time_while_it_drains():
    """Those that stand end well, those that begin get a 503: none is left without an answer."""
    n, port = 300, free_port()
    server = Server("--workers", "2")
    with Sipp("callee_talking.xml", port, "-timeout", "120s") as callee:
        register(server, "bob", port, "udp", free_port())
        with Sipp("caller_talking.xml", free_port(), "-s", "bob", "-m", str(n), "-r", "100", "-d", "5000", "-timeout",
                  "120s", remote=server.addr) as caller:
            wait_for(lambda: callee.talking() > 0, 30, lambda: f"{callee.last_row()}")
            server.process.send_signal(signal.SIGTERM)
            called = caller.finish(60)
            row = caller.last_row()
            assert server.process.wait(STOP_S) == 0
    errors = server.stop()
    refused = int(row["FailedUnexpectedMessage(C)"])
    assert called["ok"] > 0 and refused > 0, row
    assert called["ok"] + refused == n and called["failed"] == refused, (row, caller.errors())
    assert "503 Service Unavailable" in caller.errors(), caller.errors()
    assert "calls left" not in errors, errors
    tap.note(f"{called['ok']} calls ended well, {refused} were refused")


def test_calls_in_progress_survive_a_restart():
    """Offers within the call and its end pass a server that was started after it, which asks others for credentials."""
    with tempfile.TemporaryDirectory() as data:
        server = Server("--data", data)
        with calls_in_progress(server, 5000) as (caller, callee):
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: "draining" in server.stderr(), 10, server.stderr)
            server.stop()
            subprocess.run([programs.PROGRAM, "user", "add", f"carol@{server.host}", "--generate", "--data", data],
                           stdout=subprocess.DEVNULL, timeout=30, check=True)
            with Server("--data", data, port=server.port):
                called = caller.finish(60)
                callee.finish(60)
        assert called["ok"] == CALLS and called["failed"] == 0, (called, caller.errors(), callee.errors())


def test_it_waits_no_longer_than_it_was_told_to():
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write("drain: 1s\n")
        f.flush()
        server = Server("--config", f.name)
        with calls_in_progress(server, 100000, count=2):
            errors = server.stop()
    assert "calls left calls=2" in errors and "ending at once" not in errors, errors


def test_a_second_signal_does_not_wait_for_calls():
    server = Server()
    with calls_in_progress(server, 100000, count=1):
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: refuses(server), 10, "503 for what is new")
        assert server.alive()
        errors = server.stop()
    assert "ending at once" in errors and "calls left" in errors, errors


def test_terminated_while_a_phone_is_registered():
    server = Server()
    register(server, "bob", free_port(), "udp", free_port())
    server.stop(signal.SIGTERM)


def test_interrupted_while_connections_are_open():
    server = Server()
    with socket.create_connection(("127.0.0.1", server.port)) as half:
        half.sendall(b"OPTIONS sip:x SIP/2.0\r\nVia: ")
        register(server, "bob", free_port(), "tcp", free_port())
        server.stop(signal.SIGINT)


def test_a_port_in_use_is_a_configuration_error():
    with Server() as first:
        try:
            Server("--listen", f"tcp:{first.addr}").stop()
        except AssertionError as why:
            assert "in use" in str(why), why
        else:
            raise AssertionError("two servers on one port")


if __name__ == "__main__":
    tap.run()
