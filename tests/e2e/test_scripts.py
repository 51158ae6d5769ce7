"""Scripts seen from outside: the guide's example, what they do to requests, what becomes of those where they fail, reloads, and that
nobody waits for a bad one."""
import json
import os
import re
import subprocess
import tempfile

import tap
from control import Phone, ctl
from server import PROGRAM, Server, free_port, wait_for
from sipp import Sipp
from test_routing import Config

HERE = os.path.dirname(os.path.abspath(__file__))
GUIDE = os.path.join(HERE, "..", "..", "docs", "guide", "scripting.md")
SCRIPT = """
function screen(request)
  local from = request:header("X-From")
  if request.user == "forever" then while true do end end
  if request.user == "wrong" then
    return {forward = request.nothing}
  end
  if from == "far" then return {reply = "480 Closed to " .. request.from_user} end
  if request.user == "desk" then
    return {set_user = "bob", set_header = "Subject: from the desk", remove_header = "X-Secret", tag = "desk"}
  end
end
"""
RULES = "  - {method: [MESSAGE, INVITE], lua: screen%s}\n  - {header: X-Tagged, tag: desk, reply: 486}\n"


class Scripted(Config):
    def __init__(self, script=SCRIPT, rules=RULES % "", more=""):
        super().__init__("")
        self.script = os.path.join(self.folder.name, "routing.lua")
        self.write(script)
        with open(self.name, "w", encoding="utf-8") as f:
            f.write(f"lua: {{scripts: ['{self.script}']}}\nroutes:\n{rules}{more}")

    def write(self, script):
        with open(self.script, "w", encoding="utf-8") as f:
            f.write(script)


def check(*words, status=0):
    got = subprocess.run([PROGRAM, "check", *words], capture_output=True, text=True, timeout=60, check=False)
    assert got.returncode == status, f"{got.returncode}\n{got.stdout}\n{got.stderr}"
    return got


def test_the_guides_example_does_what_it_says():
    with open(GUIDE, encoding="utf-8") as f:
        text = f.read()
    script, = re.findall(r"```lua\n(.*?)```", text, re.S)
    rules, = re.findall(r"```yaml\n(.*?)```", text, re.S)
    config = Scripted(script)
    with open(config.name, "w", encoding="utf-8") as f:
        f.write(rules.replace("/etc/tandem/routing.lua", config.script))
    *rows, last = config.explain("INVITE sip:+4930123@localhost", "--sender", "account")
    assert rows[0]["outcome"] == "took" and 'forward="set:north"' in rows[0]["what"], rows
    assert "instructions" in rows[0]["what"] and "set:north" in last["what"], (rows, last)
    *rows, last = config.explain("INVITE sip:+7123@localhost", "--sender", "account")
    assert last["outcome"] == "reply" and "404 No way there" in last["what"], last
    *rows, last = config.explain("INVITE sip:bob@localhost", "--sender", "account")
    assert rows[0]["outcome"] == "changed" and last["outcome"] == "lookup", (rows, last)


def test_a_script_is_tried_without_a_configuration():
    config = Scripted()
    got = check("--json", "--script", config.script, "--function", "screen", "--explain", "INVITE sip:x@localhost",
                "--header", "X-From: far", "--from", "sip:al@localhost")
    rows = [json.loads(line) for line in got.stdout.splitlines()]
    assert "480 Closed to al" in rows[-1]["what"], rows
    with tempfile.NamedTemporaryFile("w", suffix=".sip") as request:
        request.write("INVITE sip:wrong@localhost SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\nMax-Forwards: 70\n"
                      "From: <sip:a@localhost>;tag=1\nTo: <sip:b@localhost>\nCall-ID: 1\nCSeq: 1 INVITE\n\n")
        request.flush()
        got = check("--script", config.script, "--function", "screen", "--request", request.name)
        assert f'{config.script}:6: a request has no "nothing"' in got.stdout, got.stdout
    check("--script", config.script, "--function", "none", "--explain", "INVITE sip:x@localhost", status=2)
    check("--script", config.script, "--function", "screen", status=2)
    check("--script", "/nonexistent.lua", "--explain", "INVITE sip:x@localhost", status=2)


def test_a_fault_in_a_script_is_told_with_its_line():
    config = Scripted("function screen(\n")
    got = config.check("--file-only", status=2)
    assert f"{config.script}:2: " in got.stderr, got.stderr
    config = Scripted("function other() end\n")
    got = config.check("--file-only", status=2)
    assert "routes[1].lua: " in got.stderr and "no global function" in got.stderr, got.stderr


def test_requests_obey_a_script():
    config = Scripted()
    with Server(*config.options()) as server, Phone(server, "alice") as alice, Phone(server, "bob") as bob:
        assert bob.register() == 200
        to = "sip:bob@127.0.0.1"
        alice.send("MESSAGE", to, to, "X-From: far\r\n")
        assert alice.final() == 480
        alice.send("MESSAGE", "sip:desk@127.0.0.1", to, "X-Secret: 1\r\nSubject: x\r\nX-Kept: y\r\n")
        got = bob.receive()
        assert "Subject: from the desk\r\n" in got and "X-Secret" not in got and "X-Kept: y" in got, got
        bob.answer(got, 200, "OK")
        assert alice.final() == 200
        alice.send("MESSAGE", "sip:desk@127.0.0.1", to, "X-Tagged: 1\r\n")
        assert alice.final() == 486


def test_what_fails_is_answered_and_logged_and_nobody_else_waits():
    config = Scripted()
    with Server(*config.options()) as server, Phone(server, "alice") as alice, Phone(server, "bob") as bob:
        assert bob.register() == 200
        for user in ("forever", "wrong"):
            alice.send("MESSAGE", f"sip:{user}@127.0.0.1", f"sip:{user}@127.0.0.1")
            got = alice.receive()
            assert got.startswith("SIP/2.0 500 ") and "Warning: 399 " in got and config.script not in got, got
        wait_for(lambda: "took more than 20000 instructions" in server.stderr(), 10, server.stderr)
        assert f"{config.script}:4: " in server.stderr(), server.stderr()
        to = "sip:bob@127.0.0.1"
        for _ in range(200):
            alice.send("MESSAGE", "sip:forever@127.0.0.1", to)
        alice.send("MESSAGE", to, to)
        bob.answer(bob.receive(), 200, "OK")
        rows = ctl(config.folder.name, "explain", "MESSAGE sip:wrong@127.0.0.1")
        assert rows[0]["outcome"] == "failed" and "on_error: 500" in rows[0]["what"], rows


def test_the_next_rule_may_have_its_turn():
    config = Scripted(rules=RULES % ", on_error: next", more="  - {user: wrong, reply: 410}\n")
    with Server(*config.options()) as server, Phone(server, "alice") as alice:
        alice.send("MESSAGE", "sip:wrong@127.0.0.1", "sip:wrong@127.0.0.1")
        assert alice.final() == 410


def test_scripts_are_reloaded_or_refused():
    config = Scripted("function screen() return {reply = 480} end\n")
    with Server(*config.options()) as server, Phone(server, "alice") as alice:
        uri = "sip:bob@127.0.0.1"
        alice.send("MESSAGE", uri, uri)
        assert alice.final() == 480
        config.write("function screen() return {reply = 410} end\n")
        ctl(config.folder.name, "reload")
        alice.send("MESSAGE", uri, uri)
        assert alice.final() == 410
        config.write("function screen() return {reply = \n")
        ctl(config.folder.name, "reload", status=1)
        alice.send("MESSAGE", uri, uri)
        assert alice.final() == 410


def test_calls_go_where_a_script_says():
    ports = [free_port(), free_port()]
    script = "function way(r) return {forward = 'set:' .. (r:header('X-Way') or 'one')} end\n"
    config = Scripted(script, "  - {user: gateway, lua: way}\n", f"""
sets:
  - {{name: one, members: [{{uri: "sip:127.0.0.1:{ports[0]}"}}]}}
  - {{name: two, members: [{{uri: "sip:127.0.0.1:{ports[1]}"}}]}}
""")
    with Server(*config.options()) as server, Sipp("callee.xml", ports[0], "-m", "100", "-timeout", "60s") as one:
        caller = Sipp("caller.xml", free_port(), "-s", "gateway", "-m", "100", "-r", "50", "-timeout", "50s", remote=server.addr)
        called = caller.finish(60)
        assert called["ok"] == 100 and called["failed"] == 0, f"{called} {caller.errors()}"
        assert one.finish(30)["ok"] == 100


if __name__ == "__main__":
    tap.run()
