"""SIPp plays the other phone, in scenarios of ours, and in those that others wrote to test user agents, which are in the optional
test data."""
import os

import tap
from client import Client, answer, events
from server import free_port, wait_for
from sipp import Sipp
from talk import Bob, await_direction, folder

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("TANDEM_TESTDATA") or os.path.join(HERE, "..", "..", "..", "shared", "testdata")
PHONES = "pjsip_pjproject/tests/pjsua/scripts-sipp"

def scenario(name):
    path = os.path.join(DATA, "sipp", PHONES, name + ".xml")
    if not os.path.exists(path):
        raise tap.Skip("no test data")
    return path


def passed(sipp, seconds=30):
    got = sipp.finish(seconds)
    assert got["ok"] == 1 and got["failed"] == 0 and got["status"] == 0, f"{got}\n{sipp.errors()}"


def caller(name, bob, *options):
    """Calls Bob."""
    return Sipp(name, free_port(), "-m", "1", "-s", "bob", "-timeout", "25s", "-mp", str(free_port() & ~1), *options, remote=bob.addr)

import sys
for n in ["alt-pjsua-uas-static-pt-no-rtpmap","uac-183-wrong-media","uac-early-recv-update-481","uac-inv-and-ack-without-sdp","uac-inv-retrans-after-ack","uac-inv-two-media-but-one-disabled-no-rtpmap","uac-message-no-body","uac-norefersub","uac-norefersub-disabled","uac-prack-sdp-decline","uac-subscribe","uac-ticket-1148","uac-upd-sdp-decline","uac-upd-sdp-offer"]:
    with Bob() as bob:
        with caller(scenario(n), bob) as s:
            if "two-media" in n or "1148" in n:
                bob.await_event("answered"); import time; time.sleep(.5); bob.tell("hold")
            got = s.finish(8)
            print(n, got, s.errors()[:600] if got["ok"]!=1 else "")
        if bob.process.poll() is None: bob.process.kill()
        bob.process.wait(); print("   ", bob.read()[2:]);
def callee(name):
    port=free_port()
    s=Sipp(name, port, "-m","1","-timeout","25s"); s.addr=f"127.0.0.1:{port}"; return s
for n in ["uas-422-then-200-bad-se","uas-answer-180-multiple-fmts-support-update","uas-answer-183-without-to-tag","uas-answer-183-wrong-attr","uas-answer-183-wrong-media","uas-answer-200-reinvite-without-sdp","uas-answer-200-update-without-sdp","uas-keep-call-on-tsx-fail","uas-norefersub","uas-reinv-and-ack-same-branch-without-sdp","uas-template"]:
    with callee(scenario(n)) as s:
        import time; time.sleep(.3)
        with Client("call","--as","alice@127.0.0.1:%d"%free_port(),"--via-server","none",f"sipp@{s.addr}","--timeout","3") as c:
            if "reinvite" in n or "update-without" in n or "keep" in n:
                c.await_event("answered"); time.sleep(.5); c.tell("hold")
            got=s.finish(9)
            print(n, got, s.errors()[:600] if got["ok"]!=1 else "")
            if c.process.poll() is None: c.process.kill()
            c.process.wait(); print("   ", c.process.returncode, c.read())
for n in ["uas-auth","uas-auth-two-algo"]:
    with callee(scenario(n)) as s:
        time.sleep(.3)
        import subprocess
        r=subprocess.run(["build/tandem","register",f"alice@{s.addr}","--once","--json"],env={**os.environ,"TANDEM_PASSWORD":"x"},capture_output=True,text=True)
        got=s.finish(9); print(n,got,s.errors()[:600]); print(r)
