"""The metrics listener: what it counts, that its text is OpenMetrics, and that no reader holds up the server."""
import contextlib
import http.client
import os
import re
import socket
import subprocess
import tempfile
import time

import tap
from control import Phone
from openmetrics import parse, value
from server import PROGRAM, Server, free_port, wait_for
from sipp import Sipp, register

CALLS = int(os.environ.get("TANDEM_E2E_CONTROL_CALLS", "600"))
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


@contextlib.contextmanager
def serving(*options):
    """A server with a metrics listener; yields it and a function that reads the families."""
    port = free_port()
    with Server("--metrics", f"127.0.0.1:{port}", *options) as server:
        yield server, port, lambda: parse(get(port)[2])


def get(port, method="GET", path="/metrics", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, dict(response.getheaders()), text


def test_the_text_is_openmetrics_and_each_family_is_documented():
    with serving("--workers", "3") as (_, port, families):
        status, headers, _ = get(port)
        assert status == 200
        assert headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8", headers
        found = families()
        assert value(found, "tandem_workers") == value(found, "tandem_workers_answering") == 3
        assert len([1 for name, _ in found["tandem_timers"].samples if name]) == 3, "a sample for each worker"
        with open(os.path.join(ROOT, "docs", "metrics.md"), encoding="utf-8") as f:
            documented = set(re.findall(r"^\| `(\w+)` \|", f.read(), re.M))
        assert documented == set(found), documented ^ set(found)


def test_curl_reads_it():
    with serving() as (_, port, _):
        got = subprocess.run(["curl", "-sSf", f"http://127.0.0.1:{port}/metrics"], capture_output=True, text=True,
                             timeout=30, check=True)
        assert parse(got.stdout)


def test_other_requests_are_refused():
    with serving() as (_, port, families):
        assert get(port, path="/")[0] == 404
        assert get(port, "POST", body="x" * 100000)[0] == 405
        assert get(port, "HEAD")[2] == ""
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"\x00\xff" * 5000 + b"\r\n\r\n")
            raw.settimeout(20)
            with contextlib.suppress(ConnectionResetError):
                raw.recv(1000)
        assert families()


def test_messages_are_counted_by_what_they_are():
    with serving() as (server, _, families), Phone(server, "bob") as phone:
        assert phone.register() == 200
        phone.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1")
        assert phone.final() == 200
        phone.send("JUMP", "sip:127.0.0.1", "sip:127.0.0.1")
        assert phone.final() == 405
        phone.send("MESSAGE", "sip:nobody@127.0.0.1", "sip:nobody@127.0.0.1")
        assert phone.final() == 404
        phone.socket.sendto(b"OPTIONS sip:x SIP/2.0\r\n\r\n", (server.host, server.port))
        found = wait_for(lambda: (f := families()) and value(f, "tandem_bad_messages_total", fault="missing_via") and f,
                         10, "the bad message")
        for method in ("REGISTER", "MESSAGE", "other"):
            assert value(found, "tandem_requests_total", direction="in", method=method) == 1, method
        assert value(found, "tandem_requests_total", direction="in", method="OPTIONS") == 2
        for code, count in (("200", 2), ("404", 1), ("405", 1), ("4xx", 0)):
            assert value(found, "tandem_responses_total", direction="out", code=code) == count, code
        assert value(found, "tandem_messages_total", direction="in", transport="udp") == 5
        assert value(found, "tandem_messages_total", transport="tcp") == 0
        assert value(found, "tandem_admissions_total", result="registered") == 1
        assert value(found, "tandem_admissions_total", result="unknown_user") == 1
        assert value(found, "tandem_admissions_total", result="failed") == 0
        assert value(found, "tandem_location_records") == 1
        assert value(found, "tandem_limit", table="transactions") == 4000000


def test_strangers_make_no_new_series():
    with serving() as (server, _, families), Phone(server, "eve") as phone:
        before = {key for family in families().values() for key in family.samples}
        for i in range(200):
            phone.send(f"M{i}", f"sip:u{i}@127.0.0.1", f"sip:u{i}@127.0.0.1")
            phone.socket.sendto(f"SIP/2.0 {100 + 3 * i} x\r\nVia: SIP/2.0/UDP x{i};branch=z9hG4bK{i}\r\n"
                                f"From: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: {i}\r\nCSeq: 1 M{i}\r\n"
                                "Content-Length: 0\r\n\r\n".encode(), (server.host, server.port))
        wait_for(lambda: value(families(), "tandem_messages_total", direction="in") >= 400, 20, "400 messages")
        found = families()
        assert {key for family in found.values() for key in family.samples} == before
        assert value(found, "tandem_requests_total", direction="in", method="other") == 200
        assert value(found, "tandem_stray_responses_total") > 0


def test_the_store_is_timed():
    with tempfile.TemporaryDirectory() as folder, serving("--data", folder) as (server, _, families), \
            Phone(server, "bob") as phone:
        for _ in range(5):
            assert phone.register() == 200
        found = families()
        assert value(found, "tandem_store_writes_total") == 5
        assert 1 <= value(found, "tandem_store_commit_seconds_count") <= 5
        assert value(found, "tandem_store_commit_seconds_sum") > 0
        assert value(found, "tandem_store_failing") == 0


def test_a_listener_that_cannot_be_opened_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        got = subprocess.run([PROGRAM, "serve", "--listen", f"udp:127.0.0.1:{free_port()}", "--metrics",
                              f"127.0.0.1:{taken.getsockname()[1]}"], capture_output=True, text=True, timeout=30, check=False)
        assert got.returncode == 2 and "metrics.listen" in got.stderr, got


def test_readers_that_stall_stall_nobody():
    """Some send half a request, some ask and never read; calls go on without loss and are counted to the last."""
    with serving("--workers", "2") as (server, port, families), contextlib.ExitStack() as stack:
        callee_port = free_port()
        callee = stack.enter_context(Sipp("callee.xml", callee_port, "-m", str(CALLS), "-timeout", "120s"))
        register(server, "bob", callee_port, "udp", free_port())
        for i in range(10):
            raw = stack.enter_context(socket.socket())
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            raw.connect(("127.0.0.1", port))
            raw.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 20 if i % 2 else b"GET /met")
        caller = Sipp("caller.xml", free_port(), "-s", "bob", "-m", str(CALLS), "-r", "100", "-timeout", "120s",
                      remote=server.addr)
        asked = 0
        while caller.process.poll() is None:
            assert value(families(), "tandem_workers_answering") == 2
            asked += 1
            time.sleep(0.02)
        called, answered = caller.finish(130), callee.finish(30)
        tap.note(f"caller {called}, callee {answered}, asked {asked} times meanwhile")
        assert called["ok"] == CALLS and called["failed"] == 0 and called["retransmissions"] == 0, called
        assert asked > 3
        found = families()
        assert value(found, "tandem_requests_total", direction="in", method="INVITE") == CALLS
        assert value(found, "tandem_requests_total", direction="out", method="BYE") == CALLS
        assert value(found, "tandem_responses_total", direction="in", code="180") == CALLS
        assert value(found, "tandem_retransmissions_sent_total") == 0


if __name__ == "__main__":
    tap.run()
