"""SIPp scenarios that others wrote to test proxies, from the optional test data: each pair plays through the server as its
authors meant it."""
import os

import tap
from server import Server, free_port
from sipp import Sipp, register

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("TANDEM_TESTDATA") or os.path.join(HERE, "..", "..", "..", "shared", "testdata")
PROXIES = "siphon-project_siphon-sip/sipp"
PHONES = "thevoiceguy_siphon-rs/sip-testkit/sipp"

# Caller and callee; those whose names say b2bua ask nothing of the middle that a proxy does not do. Left out: prack (its callee
# answers the INVITE with one Via of two), subscribe (its notifier leaves the route set out), b2bua_reinvite_reject,
# b2bua_set_host and b2bua_bye_glare (which want dialogs of the middle's own).
PAIRS = ("proxy_refer", "rtpengine", "b2bua_reinvite", "b2bua_failure", "b2bua_early_media", "b2bua_topology",
         "b2bua_session_timer")
# Callers that find somebody who takes the call. Left out: route_bye, whose Route header says "Route:" twice.
CALLERS = (f"{PROXIES}/rf_proxy_uac.xml", f"{PROXIES}/rtpproxy_uac.xml", f"{PROXIES}/failover_uac.xml",
           f"{PHONES}/invite_multi_codec.xml", f"{PHONES}/max_forwards_decrement.xml")


def scenario(name):
    path = os.path.join(DATA, "sipp", name)
    if not os.path.exists(path):
        raise tap.Skip("no test data")
    return path


def play(server, caller, callee):
    port = free_port()
    with Sipp(callee, port, "-m", "1", "-s", "bob", "-timeout", "30s") as called:
        register(server, "bob", port, "udp", free_port())
        with Sipp(caller, free_port(), "-m", "1", "-s", "bob", "-timeout", "30s", remote=server.addr) as calling:
            got = calling.finish(40)
            assert got["ok"] == 1 and got["failed"] == 0, f"the caller of {caller}: {got} {calling.errors()}"
        got = called.finish(40)
        assert got["ok"] == 1 and got["failed"] == 0, f"the callee of {callee}: {got} {called.errors()}"


def test_pairs():
    for name in PAIRS:
        caller, callee = scenario(f"{PROXIES}/{name}_uac.xml"), scenario(f"{PROXIES}/{name}_uas.xml")
        with Server() as server:
            play(server, caller, callee)


def test_callers():
    for name in CALLERS:
        with Server() as server:
            play(server, scenario(name), "callee.xml")


def test_messages():
    with Server() as server:
        play(server, scenario(f"{PROXIES}/message.xml"), scenario(f"{PROXIES}/message_uas.xml"))


if __name__ == "__main__":
    tap.run()
