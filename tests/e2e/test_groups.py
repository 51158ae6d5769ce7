"""Groups that are called as one, their agents who log in and out, and codes that phones dial, with real phones."""
import contextlib
import os
import subprocess
import tempfile

import tap
from baresip import Baresip
from control import Phone, ctl
from server import PROGRAM, Server, wait_for

GROUP = """
groups:
  - name: sales
    numbers: ["600"]
    members: [{{user: bob}}, {{user: carol}}, {{user: dave}}]
    {more}
features: {{forward_always: "*72", forward_always_off: "*73", login: "*45", logout: "*46"}}
"""


@contextlib.contextmanager
def serving(more="", folder=None, workers=2):
    """A server with a group; yields it and its data folder."""
    with contextlib.ExitStack() as stack:
        folder = folder or stack.enter_context(tempfile.TemporaryDirectory())
        path = os.path.join(folder, "tandem.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(GROUP.format(more=more))
        yield stack.enter_context(Server("--config", path, "--data", folder, "--workers", str(workers))), folder


def phones(stack, server, *users):
    return [stack.enter_context(Baresip(server, user)) for user in users]


def dial(phone, server, user="sales"):
    phone.command("dial", f"sip:{user}@{server.addr}")


def states(folder):
    return {row["member"].partition(":")[2].partition("@")[0]: row["state"] for row in ctl(folder, "group", "sales")}


def test_all_ring_one_answers():
    with serving() as (server, folder), contextlib.ExitStack() as stack:
        alice, *three = phones(stack, server, "alice", "bob", "carol", "dave")
        dial(alice, server, "600")
        for phone in three:
            phone.await_event("CALL_INCOMING")
        three[2].command("accept")
        for phone in (alice, three[2]):
            phone.await_event("CALL_ESTABLISHED")
        for phone in three[:2]:
            phone.await_event("CALL_CLOSED")
        wait_for(lambda: states(folder)["dave"] == "busy", 10, "dave is busy")
        alice.command("hangup")
        three[2].await_event("CALL_CLOSED")
        wait_for(lambda: states(folder)["dave"] == "in", 10, "dave is free")


def test_one_after_the_other_who_is_there():
    with serving("order: in-order\n    ring_time: 2s") as (server, _), contextlib.ExitStack() as stack:
        alice, bob, dave = phones(stack, server, "alice", "bob", "dave")
        dial(alice, server)
        bob.await_event("CALL_INCOMING")
        assert not dave.saw("CALL_INCOMING"), "two ring at once"
        bob.await_event("CALL_CLOSED")
        dave.await_event("CALL_INCOMING")
        dave.command("accept")
        alice.await_event("CALL_ESTABLISHED")
        alice.command("hangup")
        dave.await_event("CALL_CLOSED")


def test_nobody_answers_and_it_is_forwarded():
    with serving("order: in-order\n    ring_time: 1s\n    forward: sip:erin@localhost") as (server, _), \
            contextlib.ExitStack() as stack:
        alice, bob, erin = phones(stack, server, "alice", "bob", "erin")
        dial(alice, server)
        bob.await_event("CALL_INCOMING")
        erin.await_event("CALL_INCOMING")
        erin.command("accept")
        alice.await_event("CALL_ESTABLISHED")
        alice.command("hangup")
        erin.await_event("CALL_CLOSED")


def test_agents_log_in_and_out():
    with tempfile.TemporaryDirectory() as folder:
        with serving("login: true", folder) as (server, _), contextlib.ExitStack() as stack:
            alice, bob, carol = (stack.enter_context(Phone(server, user)) for user in ("alice", "bob", "carol"))
            for phone in (bob, carol):
                assert phone.register() == 200
            assert states(folder) == {"bob": "out", "carol": "out", "dave": "out"}
            alice.send("INVITE", "sip:sales@localhost", "sip:sales@localhost")
            assert alice.final() == 480, "nobody has logged in"
            ctl(folder, "group", "sales", "login", "bob")
            ctl(folder, "group", "sales", "login", "nobody", status=1)
            ctl(folder, "group", "nothing", "login", "bob", status=1)
            ctl(folder, "group", "sales", "join", "bob", status=2)
            assert states(folder) == {"bob": "in", "carol": "out", "dave": "out"}
            with Phone(server, "erin") as erin:
                erin.send("INVITE", "sip:sales@localhost", "sip:sales@localhost")
                request = bob.receive()
                assert request.startswith("INVITE "), request
                bob.answer(request, 486, "Busy Here")
                assert erin.final() == 486
            assert carol.hears_nothing()
        with serving("login: true", folder) as (server, _):
            assert states(folder)["bob"] == "in", "it is kept"
            ctl(folder, "group", "sales", "logout", "bob@localhost")
            assert states(folder)["bob"] == "out"


def test_a_phone_logs_in_by_a_code():
    with serving("login: true") as (server, folder), contextlib.ExitStack() as stack:
        alice, carol = phones(stack, server, "alice", "carol")
        dial(carol, server, "*45600")
        carol.await_event("CALL_CLOSED")
        assert "480 Logged in" in carol.output(), carol.output()
        assert states(folder)["carol"] == "in"
        carol.forget()
        dial(alice, server)
        carol.await_event("CALL_INCOMING")
        carol.command("hangup")
        alice.await_event("CALL_CLOSED")
        carol.forget()
        dial(carol, server, "*46")
        carol.await_event("CALL_CLOSED")
        assert states(folder)["carol"] == "out"


def test_a_phone_forwards_its_calls_by_a_code():
    with serving() as (server, folder), contextlib.ExitStack() as stack:
        alice, bob, carol = phones(stack, server, "alice", "bob", "carol")
        dial(bob, server, "*72carol")
        bob.await_event("CALL_CLOSED")
        assert ctl(folder, "forward", "bob@localhost") == [{"when": "always", "to": "sip:carol@localhost"}]
        dial(alice, server, "bob")
        carol.await_event("CALL_INCOMING")
        carol.command("hangup")
        alice.await_event("CALL_CLOSED")
        bob.forget()
        dial(bob, server, "*73")
        bob.await_event("CALL_CLOSED")
        assert ctl(folder, "forward", "bob@localhost") == []
        with Phone(server, "dave") as dave:
            dave.send("MESSAGE", "sip:*72@localhost", "sip:*72@localhost")
            assert dave.final() == 484
            dave.send("MESSAGE", "sip:*72bob@localhost", "sip:*72bob@localhost")
            assert dave.final() == 200
        assert len(ctl(folder, "forward", "dave@localhost")) == 1


def test_a_call_waits_for_an_agent_who_is_free():
    config = "groups: [{name: help, members: [{user: bob}], queue: 2, queue_time: 30s, wrap_up: 1s}]\n"
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        path = os.path.join(folder, "tandem.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(config)
        server = stack.enter_context(Server("--config", path, "--data", folder, "--workers", "2"))
        alice, bob, carol = phones(stack, server, "alice", "bob", "carol")
        dial(alice, server, "help")
        bob.await_event("CALL_INCOMING")
        bob.command("accept")
        alice.await_event("CALL_ESTABLISHED")
        bob.await_event("CALL_ESTABLISHED")
        bob.forget()
        dial(carol, server, "help")
        wait_for(lambda: "182" in carol.output(), 10, lambda: f"182\n{carol.output()}")
        assert not bob.saw("CALL_INCOMING"), "it rings in the middle of a call"
        alice.command("hangup")
        bob.await_event("CALL_INCOMING")
        bob.command("accept")
        carol.await_event("CALL_ESTABLISHED")
        carol.command("hangup")


def test_explain_knows_groups():
    with serving() as (_, folder):
        for request, outcome in (("INVITE sip:600@localhost", "group"), ("INVITE sip:sales@localhost", "group"),
                                 ("MESSAGE sip:sales@localhost", "lookup"), ("INVITE sip:bob@localhost", "lookup")):
            assert ctl(folder, "explain", request)[-1]["outcome"] == outcome, request


def test_faults_are_told_with_their_lines():
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write("groups:\n  - name: a\n    members: [{user: b}]\n    forward: nobody\n")
        f.flush()
        got = subprocess.run([PROGRAM, "check", f.name], capture_output=True, text=True, timeout=30, check=False)
        assert got.returncode == 2 and f"{f.name}:4:groups[1].forward: " in got.stderr, got.stderr


if __name__ == "__main__":
    tap.run()
