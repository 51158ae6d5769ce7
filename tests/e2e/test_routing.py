"""Rules of the configuration seen from outside: the guide's examples, explanations, redirects that real clients follow, and a set of
peers one of whose members is killed in mid-load."""
import json
import os
import re
import subprocess
import tempfile

import tap
from baresip import Baresip
from control import Phone, ctl
from server import PROGRAM, Server, free_port, wait_for
from sipp import Sipp

HERE = os.path.dirname(os.path.abspath(__file__))
GUIDE = os.path.join(HERE, "..", "..", "docs", "guide", "routing.md")
CALLS = int(os.environ.get("TANDEM_E2E_ROUTING_CALLS", "600"))


class Config:
    """A configuration in a folder of its own, which is the server's data folder, too."""

    def __init__(self, text):
        self.folder = tempfile.TemporaryDirectory()
        self.name = os.path.join(self.folder.name, "tandem.yaml")
        with open(self.name, "w", encoding="utf-8") as f:
            f.write(text)

    def options(self):
        return ("--config", self.name, "--data", self.folder.name)

    def check(self, *options, status=0):
        got = subprocess.run([PROGRAM, "check", *options, self.name], capture_output=True, text=True, timeout=60, check=False)
        assert got.returncode == status, f"{got.returncode}\n{got.stdout}\n{got.stderr}"
        return got

    def explain(self, *words):
        return [json.loads(line) for line in self.check("--json", "--explain", *words).stdout.splitlines()]


def blocks():
    with open(GUIDE, encoding="utf-8") as f:
        return re.findall(r"```yaml\n(.*?)```", f.read(), re.S)


def test_every_example_of_the_guide_is_good():
    assert len(blocks()) >= 2
    for text in blocks():
        Config(text).check("--file-only")


def test_the_guides_first_example_does_what_it_says():
    config = Config(blocks()[0])
    *rows, last = config.explain("INVITE sip:0900123@example.com", "--sender", "account")
    assert rows[0]["outcome"] == "took" and rows[0]["name"] == "no premium numbers" and len(rows) == 1, rows
    assert last["outcome"] == "reply" and "403 Not from here" in last["what"], last
    *rows, last = config.explain("INVITE sip:0049301234@example.com", "--sender", "account")
    assert [row["outcome"] for row in rows] == ["missed", "changed", "took"], rows
    assert last["outcome"] == "forward" and last["uri"] == "sip:+49301234@example.com", last
    assert "sip:+49301234@gateway.example.net" in last["what"], last
    *rows, last = config.explain("MESSAGE sip:+49301234@example.com")
    assert rows[2]["condition"] == "method" and rows[2]["found"] == "MESSAGE" and last["outcome"] == "lookup", rows


def test_a_number_that_the_dns_would_be_asked_for_is_told_with_its_names():
    config = Config("domains: [example.com]\ndns: {enum: [e164.arpa, e164.example]}\n"
                    "routes:\n  - {number: ['00'], strip: 2, prefix: '+'}\n  - {number: ['+900'], reply: 403}\n")
    for uri in "tel:+49-89-12", "sip:00498912@example.com":
        last = config.explain(f"INVITE {uri}", "--sender", "account")[-1]
        assert last["outcome"] == "lookup", last
        assert "at 2.1.9.8.9.4.e164.arpa, then 2.1.9.8.9.4.e164.example, for who may" in last["what"], last
    for uri in "tel:+900123", "sip:498912@example.com", "sip:bob@example.com":
        assert "e164" not in config.explain(f"INVITE {uri}", "--sender", "account")[-1]["what"], uri


def test_a_bad_rule_is_told_with_its_line():
    config = Config("routes:\n  - user: bob\n    reply: 200 OK\n")
    got = config.check("--file-only", status=2)
    assert ":3:routes[1].reply: " in got.stderr and "300 to 699" in got.stderr, got.stderr
    got = config.check("--explain", "INVITE sip:bob@example.com", status=2)
    assert ":3:routes[1].reply: " in got.stderr, got.stderr


def test_a_running_server_explains_and_obeys():
    config = Config("routes:\n  - {name: closed, user: bob, header: 'X-From ~ far', reply: 480 Closed}\n")
    with Server(*config.options()) as server, Phone(server, "alice") as alice, Phone(server, "bob") as bob:
        assert bob.register() == 200
        rows = ctl(config.folder.name, "explain", "INVITE sip:bob@127.0.0.1", "--header", "X-From: far away")
        assert rows[0]["outcome"] == "took" and rows[-1]["outcome"] == "reply", rows
        rows = ctl(config.folder.name, "explain", "INVITE sip:bob@127.0.0.1")
        assert rows[0]["condition"] == "header" and rows[-1]["outcome"] == "lookup", rows
        text = ctl(config.folder.name, "explain", "INVITE sip:bob@127.0.0.1", options=())
        assert "closed" in text and "header does not hold" in text, text
        ctl(config.folder.name, "explain", "nothing", status=2)
        uri = "sip:bob@127.0.0.1"
        alice.send("MESSAGE", uri, uri, "X-From: far away\r\n")
        assert alice.final() == 480
        alice.send("MESSAGE", uri, uri)
        bob.answer(bob.receive(), 200, "OK")
        assert alice.final() == 200


def test_rules_are_reloaded_or_refused():
    config = Config("routes: [{user: bob, reply: 480}]\n")
    with Server(*config.options()) as server, Phone(server, "alice") as alice:
        uri = "sip:bob@127.0.0.1"
        alice.send("MESSAGE", uri, uri)
        assert alice.final() == 480
        with open(config.name, "w", encoding="utf-8") as f:
            f.write("routes: [{user: bob, reply: 410}]\n")
        ctl(config.folder.name, "reload")
        alice.send("MESSAGE", uri, uri)
        assert alice.final() == 410
        with open(config.name, "w", encoding="utf-8") as f:
            f.write("routes: [{user_pattern: '(', reply: 410}]\n")
        ctl(config.folder.name, "reload", status=1)
        alice.send("MESSAGE", uri, uri)
        assert alice.final() == 410


def test_a_302_is_followed_by_a_real_phone():
    port = free_port()
    config = Config(f"routes:\n  - {{method: INVITE, user: office, redirect: 'sip:office@127.0.0.1:{port}'}}\n")
    with Server(*config.options()) as server, Baresip(server, "alice") as alice, \
            Sipp("callee.xml", port, "-m", "1", "-timeout", "60s") as office:
        alice.command("dial", f"sip:office@{server.addr}")
        alice.await_event("CALL_ESTABLISHED")
        alice.command("hangup")
        got = office.finish(30)
        assert got["ok"] == 1 and got["failed"] == 0, f"{got} {office.errors()}"


def test_a_set_shares_its_load_by_weight():
    ports = [free_port(), free_port()]
    config = Config(f"""
routes: [{{user: gateway, forward: "set:two"}}]
sets:
  - name: two
    members: [{{uri: "sip:127.0.0.1:{ports[0]}", weight: 3}}, {{uri: "sip:127.0.0.1:{ports[1]}"}}]
""")
    with Server(*config.options()) as server, \
            Sipp("callee.xml", ports[0], "-timeout", "120s") as one, Sipp("callee.xml", ports[1], "-timeout", "120s") as two:
        caller = Sipp("caller.xml", free_port(), "-s", "gateway", "-m", str(CALLS), "-r", "100", "-timeout", "100s",
                      remote=server.addr)
        called = caller.finish(110)
        assert called["ok"] == CALLS and called["failed"] == 0, f"{called} {caller.errors()}"

        def taken(sipp):
            return int(sipp.last_row().get("TotalCallCreated") or 0)
        wait_for(lambda: taken(one) + taken(two) >= CALLS, 20, lambda: f"{taken(one)} and {taken(two)}")
        assert 0.65 < taken(one) / CALLS < 0.85, f"{taken(one)} of {CALLS}"


def test_a_member_that_is_killed_in_mid_load_loses_no_call():
    ports = [free_port(), free_port()]
    config = Config(f"""
drain: 1s
routes: [{{user: gateway, forward: "set:two"}}]
sets:
  - name: two
    members: [{{uri: "sip:127.0.0.1:{ports[0]}"}}, {{uri: "sip:127.0.0.1:{ports[1]}"}}]
""")
    with Server(*config.options()) as server, \
            Sipp("callee.xml", ports[0], "-timeout", "120s") as one, Sipp("callee.xml", ports[1], "-timeout", "120s") as two:
        caller = Sipp("caller.xml", free_port(), "-s", "gateway", "-m", str(CALLS), "-r", "100", "-timeout", "60s",
                      remote=server.addr)
        wait_for(lambda: int(caller.last_row().get("SuccessfulCall(C)") or 0) > CALLS // 6, 30, "calls")
        one.stop()
        called = caller.finish(70)
        tap.note(f"caller {called}")
        # What it was just answering is lost with it: a BYE has nobody to go to, and who rings may ring until Timer C.
        assert called["ok"] >= CALLS - 3, f"{called} {caller.errors()}"


def test_a_member_that_is_gone_is_found_out_and_found_again():
    port = free_port()
    config = Config(f"""
routes: [{{user: gateway, forward: "set:two"}}]
sets:
  - name: two
    probe: 1s
    members: [{{uri: "sip:127.0.0.1:{port}"}}, {{uri: "sip:127.0.0.1:{free_port()}", priority: 1}}]
""")

    def states():
        return [row["state"] for row in ctl(config.folder.name, "peers")]
    with Server(*config.options(), "--workers", "2") as server:
        wait_for(lambda: states() == ["down", "down"], 30, states)
        with Sipp("callee_options.xml", port, "-timeout", "60s") as callee:
            wait_for(lambda: states() == ["up", "down"], 30, lambda: f"{states()} {callee.errors()}")
            ctl(config.folder.name, "peers", "out", f"sip:127.0.0.1:{port}")
            assert states() == ["out", "down"], states()
            ctl(config.folder.name, "peers", "in", f"sip:127.0.0.1:{port}")
            assert states() == ["up", "down"], states()
            ctl(config.folder.name, "peers", "out", "sip:nobody", status=1)
        wait_for(lambda: states() == ["down", "down"], 30, states)
        assert "PRIORITY" in ctl(config.folder.name, "peers", options=())
        assert server.alive()


if __name__ == "__main__":
    tap.run()
