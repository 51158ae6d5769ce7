"""Sets of peers seen from outside: calls go to who has the fewest, nobody gets more than he may have, and a Kamailio that is asked
whether it is there."""
import re

import tap
from control import Phone, ctl
from kamailio import PlainKamailio
from server import Server, free_port, wait_for
from sipp import Sipp
from test_routing import Config


def set_of(ports, policy, more=("", "")):
    members = ", ".join(f'{{uri: "sip:127.0.0.1:{port}"{text}}}' for port, text in zip(ports, more))
    return f'routes: [{{user: gateway, forward: "set:two"}}]\nsets:\n  - {{name: two, policy: {policy}, members: [{members}]}}\n'


def calls(config):
    return [row["calls"] for row in ctl(config.folder.name, "peers")]


def created(sipp):
    return int(sipp.last_row().get("TotalCallCreated") or 0)


def test_calls_go_to_who_has_the_fewest():
    ports = [free_port(), free_port()]
    config = Config("drain: 1s\n" + set_of(ports, "least"))
    with Server(*config.options(), "--workers", "2") as server, Sipp("callee.xml", ports[0], "-timeout", "90s") as quick, \
            Sipp("callee_slow.xml", ports[1], "-d", "4000", "-timeout", "90s") as slow:
        caller = Sipp("caller.xml", free_port(), "-s", "gateway", "-m", "200", "-r", "25", "-timeout", "60s", remote=server.addr)
        called = caller.finish(70)
        assert called["ok"] == 200 and called["failed"] == 0, f"{called} {caller.errors()}"
        wait_for(lambda: created(quick) + created(slow) >= 200, 20, lambda: f"{created(quick)} and {created(slow)}")
        tap.note(f"quick {created(quick)} slow {created(slow)}")
        assert created(slow) < 50, f"{created(slow)} of 200 went to the slow one"
        wait_for(lambda: calls(config) == [0, 0], 20, lambda: calls(config))


def test_nobody_gets_more_calls_than_he_may_have():
    ports = [free_port(), free_port()]
    config = Config("drain: 1s\n" + set_of(ports, "round-robin", (", calls: 4", ", calls: 6")))
    with Server(*config.options(), "--workers", "2") as server, Sipp("callee_slow.xml", ports[0], "-d", "6000", "-timeout", "60s"), \
            Sipp("callee_slow.xml", ports[1], "-d", "6000", "-timeout", "60s"):
        caller = Sipp("caller.xml", free_port(), "-s", "gateway", "-m", "30", "-r", "60", "-timeout", "40s", remote=server.addr)
        wait_for(lambda: calls(config) == [4, 6], 10, lambda: calls(config))
        rows = ctl(config.folder.name, "peers")
        assert [row["calls_most"] for row in rows] == [4, 6], rows
        called = caller.finish(50)
        assert called["ok"] == 10 and called["failed"] == 20, f"{called} {caller.errors()}"
        wait_for(lambda: calls(config) == [0, 0], 20, lambda: calls(config))
        assert sum(row["passed_over"] for row in ctl(config.folder.name, "peers")) >= 20
        assert "PASSED OVER" in ctl(config.folder.name, "peers", options=())


def test_the_next_rule_takes_what_finds_no_room_and_explain_says_so():
    ports, other = [free_port()], free_port()
    text = set_of(ports, "random", (", calls: 3",)).replace(
        'routes: [{user: gateway, forward', f'routes: [{{room: two, user: gateway, forward').replace(
        '"set:two"}]', f'"set:two"}}, {{user: gateway, forward: "sip:127.0.0.1:{other}"}}]')
    config = Config("drain: 1s\n" + text)
    with Server(*config.options(), "--workers", "2") as server, Sipp("callee_slow.xml", ports[0], "-d", "4000", "-timeout", "60s"), \
            Sipp("callee.xml", other, "-timeout", "60s") as overflow:
        ask = ("explain", "INVITE sip:gateway@127.0.0.1")
        assert [row["outcome"] for row in ctl(config.folder.name, *ask)] == ["took", "forward"]
        caller = Sipp("caller.xml", free_port(), "-s", "gateway", "-m", "10", "-r", "50", "-timeout", "40s", remote=server.addr)
        wait_for(lambda: calls(config) == [3], 10, lambda: calls(config))
        rows = ctl(config.folder.name, *ask)
        assert (rows[0]["outcome"], rows[0]["condition"], rows[0]["found"], rows[1]["outcome"]) == ("missed", "room", "two", "took"), rows
        called = caller.finish(50)
        assert called["ok"] == 10 and created(overflow) == 7, f"{called} {created(overflow)} {caller.errors()}"


def test_a_caller_is_told_that_all_are_full():
    port = free_port()
    config = Config("drain: 1s\n" + set_of([port], "random", (", rate: 1",)))
    with Server(*config.options(), "--workers", "1") as server, Phone(server, "alice") as alice, \
            Sipp("callee_slow.xml", port, "-d", "1000", "-timeout", "60s"):
        answers = []
        for _ in range(3):
            alice.send("INVITE", "sip:gateway@127.0.0.1", "sip:gateway@127.0.0.1", f"Contact: <sip:alice@127.0.0.1:{alice.port}>\r\n")
        while len(answers) < 2:
            got = alice.receive()
            if got.startswith("SIP/2.0 503 "):
                assert "Retry-After: " in got, got
                answers.append(got)
        cseqs = {re.search(r"CSeq: (\d+)", got)[1] for got in answers}
        assert len(cseqs) == 2 and "1" not in cseqs, cseqs


def test_calls_of_a_reload_still_count():
    port = free_port()
    text = "drain: 1s\n" + set_of([port], "least", (", calls: 2",))
    config = Config(text)
    with Server(*config.options()) as server, Sipp("callee_slow.xml", port, "-d", "5000", "-timeout", "60s"):
        caller = Sipp("caller.xml", free_port(), "-s", "gateway", "-m", "2", "-r", "10", "-timeout", "40s", remote=server.addr)
        wait_for(lambda: calls(config) == [2], 10, lambda: calls(config))
        with open(config.name, "w", encoding="utf-8") as f:
            f.write(text.replace("calls: 2", "calls: 9"))
        ctl(config.folder.name, "reload")
        wait_for(lambda: [(row["calls"], row["calls_most"]) for row in ctl(config.folder.name, "peers")] == [(2, 9)], 10, "the new limit")
        assert caller.finish(50)["ok"] == 2
        wait_for(lambda: calls(config) == [0], 20, lambda: calls(config))


def test_a_kamailio_is_asked_whether_it_is_there():
    port = free_port()
    text = set_of([port], "least").replace("policy: least", "policy: least, probe: 1s, down_after: 1, alive: [ALIVE]")
    config = Config(text.replace("ALIVE", "200-299"))

    def state():
        return ctl(config.folder.name, "peers")[0]["state"]
    with Server(*config.options()) as server:
        with PlainKamailio("127.0.0.1", port):
            # It knows nobody: 404, which is no 2xx.
            wait_for(lambda: state() == "down", 30, state)
            with open(config.name, "w", encoding="utf-8") as f:
                f.write(text.replace("ALIVE", "200-299, 404"))
            ctl(config.folder.name, "reload")
            wait_for(lambda: state() == "up", 30, state)
        wait_for(lambda: state() == "down", 30, state)
        assert server.alive()


if __name__ == "__main__":
    tap.run()
