"""What a running server keeps of what passed, and what it says why (`tandem ctl trace`)."""
import contextlib
import json
import os
import subprocess
import tempfile

import tap
from control import Phone, ctl
from server import PROGRAM, Server


@contextlib.contextmanager
def serving(*lines, workers=2):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tandem.yaml")
        with open(path, "w", encoding="ascii") as f:
            f.write("".join(line + "\n" for line in lines))
        with Server("--config", path, "--data", folder, "--workers", str(workers)) as server:
            yield server, folder


def server_version():
    return subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


def trace(folder, *words):
    """The rows by Call-ID's text, and the cursor."""
    *rows, last = ctl(folder, "trace", *words)
    assert list(last) == ["cursor"], last
    return rows, last["cursor"]


def of_call(rows, call_id):
    """(messages, reasons) of a call, in the order in which they were kept."""
    messages = [r for r in rows if "message" in r and f"\nCall-ID: {call_id}\r\n" in r["message"]]
    return messages, [(r["reason"], r.get("about", "")) for r in rows if r.get("call_id") == call_id]


def starts(messages):
    return [m["message"].split("\r\n")[0].replace(" SIP/2.0", "").split(" sip:")[0] for m in messages]


def test_a_call_and_why_it_went_there():
    rules = 'routes: [{name: nobody, user: [carol], reply: 480 Gone}, {name: all of them, method: [INVITE], serve: lookup}]'
    with serving(rules) as (server, folder), Phone(server, "alice") as alice, Phone(server, "bob") as bob:
        assert bob.register() == 200
        call_id = alice.send("INVITE", "sip:bob@127.0.0.1", "sip:bob@127.0.0.1")
        invite = bob.receive()
        bob.answer(invite, 486, "Busy")
        assert alice.final() == 486
        rows, _ = trace(folder)
        messages, reasons = of_call(rows, call_id)
        assert starts(messages) == ["INVITE", "SIP/2.0 100 Trying", "INVITE", "SIP/2.0 486 Busy", "ACK", "SIP/2.0 486 Busy"], starts(messages)
        assert reasons == [("rule", "#2 all of them"), ("binding", f"sip:bob@127.0.0.1:{bob.port}")], reasons
        assert messages[0]["source"] == f"127.0.0.1:{alice.port}" and messages[0]["destination"] == server.addr
        assert messages[2]["source"] == server.addr and messages[2]["destination"] == f"127.0.0.1:{bob.port}"
        assert messages[2]["transport"] == "UDP" and messages[2]["message"] == invite
        times = [m["at"] for m in messages]
        assert times == sorted(times) and times[0] > 1e9


def test_secrets_are_masked_and_the_refusal_has_its_reason():
    with serving("accounts: {auth: required}") as (server, folder), Phone(server, "alice") as alice:
        secret = "0123456789abcdef0123456789abcdef"
        call_id = alice.send("REGISTER", "sip:127.0.0.1", "sip:alice@127.0.0.1",
                             f'Authorization: Digest username="alice", realm="127.0.0.1", nonce="x", uri="sip:127.0.0.1", response="{secret}"\r\n')
        assert alice.final() == 401
        rows, _ = trace(folder)
        messages, reasons = of_call(rows, call_id)
        assert len(messages) == 2 and secret not in str(rows), rows
        assert 'username="alice"' in messages[0]["message"]
        assert reasons == [("challenged", "")], reasons


def test_a_cursor_goes_on_where_it_was():
    with serving(workers=3) as (server, folder), Phone(server, "alice") as alice:
        alice.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1")
        assert alice.final() == 200
        rows, cursor = trace(folder)
        assert len(rows) == 2, rows
        assert trace(folder, "--after", cursor) == ([], cursor)
        call_id = alice.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1")
        assert alice.final() == 200
        rows, _ = trace(folder, "--after", cursor)
        assert len(of_call(rows, call_id)[0]) == len(rows) == 2, rows
        for words in (["--after"], ["--after", "1"], ["--after", "1,2,3,4"], ["--after", "a,b,c"], ["before", "1,2,3"]):
            ctl(folder, "trace", *words, status=2)


def test_a_place_that_is_silent():
    with serving("timers: {t1: 50ms}") as (server, folder), Phone(server, "alice") as alice, Phone(server, "bob") as silent:
        call_id = alice.send("INVITE", f"sip:x@127.0.0.1:{silent.port}", f"sip:x@127.0.0.1:{silent.port}")
        assert alice.final() == 408
        reasons = of_call(trace(folder)[0], call_id)[1]
        assert reasons == [("timed_out", f"INVITE to udp:127.0.0.1:{silent.port}")], reasons


def shown(folder, *words, status=0):
    """What `tandem trace` prints of the server."""
    got = subprocess.run([PROGRAM, "trace", "--data", folder, *words], capture_output=True, text=True, timeout=60, check=False,
                         stdin=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "120"})
    assert got.returncode == status, (got.stdout, got.stderr)
    return got.stdout if status == 0 else got.stderr


def test_tandem_trace_shows_it():
    with serving() as (server, folder), Phone(server, "alice") as alice, Phone(server, "bob") as bob:
        assert bob.register() == 200
        busy = alice.send("INVITE", "sip:bob@127.0.0.1", "sip:bob@127.0.0.1")
        bob.answer(bob.receive(), 486, "Busy Here")
        assert alice.final() == 486
        gone = alice.send("INVITE", "sip:nobody@127.0.0.1", "sip:nobody@127.0.0.1")
        assert alice.final() == 404
        rows = [json.loads(line) for line in shown(folder, "--list", "--json").splitlines()]
        assert [(r["method"], r["status"]) for r in rows] == [("REGISTER", 200), ("INVITE", 486), ("INVITE", 404)], rows
        assert rows[1]["call_id"] == busy and rows[1]["messages"] == 6, rows
        ladder = shown(folder, busy)
        assert "INVITE bob" in ladder and "486 Busy Here" in ladder and f"tandem: goes to sip:bob@127.0.0.1:{bob.port}" in ladder, ladder
        assert shown(folder, gone, "--explain").splitlines() == [
            gone, "  refused by Tandem/" + server_version() + " with 404 Not Found after 0.0 s", "  - there is no sip:nobody@127.0.0.1 here"]
        assert "busy" not in shown(folder, "--explain", "--method", "REGISTER")
        capture = os.path.join(folder, "x.pcapng")
        shown(folder, "--pcap", capture, "--call", busy)
        with open(capture, "rb") as f:
            assert f.read().count(b"\r\nCall-ID: " + busy.encode()) == 6
        shown(folder, "no-such-call", status=1)
        assert "none answers there" in shown("/nonexistent", "--list", status=3)


def test_a_phone_draws_what_it_has_sent_and_heard():
    with serving() as (server, _):
        got = subprocess.run([PROGRAM, "options", f"sip:{server.addr}", "--trace", "--json"], capture_output=True, text=True, timeout=60, check=True)
        assert "OPTIONS" in got.stderr and "200 OK" in got.stderr and server.addr in got.stderr, got.stderr
        assert all(json.loads(line) for line in got.stdout.splitlines())


def test_nothing_is_kept_where_that_is_configured():
    with serving("trace: {memory: 0}") as (server, folder), Phone(server, "alice") as alice:
        alice.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1")
        assert alice.final() == 200
        assert trace(folder)[0] == []


def test_the_oldest_is_forgotten():
    with serving("trace: {memory: 1}", workers=1) as (server, folder), Phone(server, "alice") as alice:
        for _ in range(300):
            last = alice.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1", "X-Long: " + 6000 * "x" + "\r\n")
            assert alice.final() == 200
        rows, _ = trace(folder)
        kept = sum(len(r["message"]) for r in rows)
        assert 700_000 < kept < 1 << 20, kept
        assert of_call(rows, last)[0]


if __name__ == "__main__":
    tap.run()
