"""SIPp calls SIPp through the server: registered callee, Record-Route, both transports, and loss."""
import os

import tap
from server import Server, free_port
from sipp import Sipp, register

CALLS = int(os.environ.get("TANDEM_E2E_CALLS", "10000"))
RATE = 400
TRANSPORTS = {"udp": "u1", "tcp": "t1"}


def calls(transport, count, rate, caller_options=(), callee_options=(), serve=(), patient=False):
    """Places `count` calls and returns what the caller's and the callee's SIPp counted."""
    with Server(*serve) as server:
        callee_port = free_port()
        mode = TRANSPORTS[transport]
        kind = "_patient.xml" if patient else ".xml"
        with Sipp("callee" + kind, callee_port, "-m", str(count), "-timeout", "240s", *callee_options,
                  transport=mode) as callee:
            register(server, "bob", callee_port, transport, free_port())
            caller = Sipp("caller" + kind, free_port(), "-s", "bob", "-m", str(count), "-r", str(rate), "-l", "4000",
                          "-timeout", "240s", *caller_options, remote=server.addr, transport=mode)
            called = caller.finish(260)
            answered = callee.finish(30)
            tap.note(f"{transport}: caller {called}, callee {answered}")
            assert called["ok"] == count and called["failed"] == 0, f"{caller.errors()}\n{callee.errors()}"
            return called, answered


def test_ten_thousand_calls_over_udp():
    called, answered = calls("udp", CALLS, RATE)
    assert called["retransmissions"] <= CALLS // 1000, called
    assert answered["failed"] == 0, answered


def test_ten_thousand_calls_over_tcp():
    called, answered = calls("tcp", CALLS, RATE)
    assert called["retransmissions"] == 0, called
    assert answered["failed"] == 0, answered


def test_calls_with_one_worker():
    calls("udp", 1000, RATE, serve=("--workers", "1"))


def test_calls_with_four_workers():
    calls("udp", 1000, RATE, serve=("--workers", "4"))


def test_no_call_is_lost_when_each_side_loses_a_twentieth_of_its_packets():
    lossy = ("-lost", "5", "-max_retrans", "12", "-max_invite_retrans", "12", "-max_non_invite_retrans", "12")
    calls("udp", 500, 50, caller_options=(*lossy, "-d", "20000"), callee_options=lossy, patient=True)


if __name__ == "__main__":
    tap.run()
