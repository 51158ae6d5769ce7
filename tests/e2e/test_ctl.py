"""The control socket and `tandem ctl`: what they show and do, and that no client holds up the server."""
import contextlib
import json
import os
import re
import signal
import socket
import stat
import subprocess
import tempfile
import time

import tap
from control import Phone, Wire, ctl
from server import PROGRAM, Server, free_port, wait_for
from sipp import Sipp, register

CALLS = int(os.environ.get("TANDEM_E2E_CONTROL_CALLS", "600"))


@contextlib.contextmanager
def serving(*options):
    """A server with a data folder; yields both."""
    with tempfile.TemporaryDirectory() as folder, Server("--data", folder, *options) as server:
        yield server, folder


def test_status_tells_how_the_server_is():
    with serving("--workers", "3") as (server, folder), Phone(server, "bob") as phone:
        assert phone.register() == 200
        (row,) = ctl(folder, "status")
        assert row["workers"] == row["workers_answering"] == 3, row
        assert row["listeners"] == [f"udp:{server.addr}", f"tcp:{server.addr}"], row
        assert row["users_online"] == row["registrations"] == 1 and row["draining"] is False, row
        assert row["messages_in"] >= 1 and row["messages_out"] >= 1 and row["transactions"] >= 1, row
        assert row["pid"] == server.process.pid and row["memory_bytes"] > 1000000, row
        text = ctl(folder, "status", options=())
        assert re.search(r"^users online +1$", text, re.M) and re.search(r"^memory +\d+\.\d MiB$", text, re.M), text


def test_registrations_are_found_and_removed():
    with serving() as (server, folder), contextlib.ExitStack() as stack:
        phones = {name: stack.enter_context(Phone(server, name)) for name in ("alice", "bob", "jimbob")}
        for phone in phones.values():
            assert phone.register() == 200
        assert phones["bob"].register(contact='<sip:bob@192.0.2.9:7777>;q=0.5;+sip.instance="<urn:uuid:1-2>"',
                                      more="Supported: path\r\nPath: <sip:edge.example.com;lr>\r\n") == 200
        rows = ctl(folder, "registrations")
        assert len(rows) == 4, rows
        (second,) = [row for row in rows if row["contact"] == "sip:bob@192.0.2.9:7777"]
        assert second["aor"] == "sip:bob@localhost" and 590 <= second["expires_s"] <= 600, second
        assert second["q"] == 0.5 and second["instance"] == "urn:uuid:1-2", second
        assert second["path"] == "<sip:edge.example.com;lr>" and second["transport"] == "udp", second
        assert second["from"] == f"127.0.0.1:{phones['bob'].port}", second
        assert len(ctl(folder, "registrations", "bob")) == 3
        assert len(ctl(folder, "registrations", "bob@localhost")) == 2
        assert len(ctl(folder, "registrations", "*@localhost", "--limit", "2")) == 2
        assert len(ctl(folder, "registrations", "--limit", "1")) == 1
        assert ctl(folder, "registrations", "nobody") == []
        assert sorted((row["aor"], row["registrations"]) for row in ctl(folder, "users")) == [
            ("sip:alice@localhost", 1), ("sip:bob@localhost", 2), ("sip:jimbob@localhost", 1)]

        assert ctl(folder, "registrations", "remove", "bob@localhost", "sip:bob@192.0.2.9:7777") == [{"removed": 1}]
        assert len(ctl(folder, "registrations", "bob@localhost")) == 1
        assert ctl(folder, "registrations", "remove", "sip:alice@localhost") == [{"removed": 1}]
        ctl(folder, "registrations", "remove", "alice@localhost", status=1)
        ctl(folder, "registrations", "remove", "nobody@localhost", status=1)
        ctl(folder, "registrations", "remove", status=2)
        phones["bob"].send("MESSAGE", "sip:alice@127.0.0.1", "sip:alice@127.0.0.1")
        assert phones["bob"].final() == 480, "who was removed is known, but not there"


def test_calls_and_transactions_are_shown_while_they_last():
    with serving() as (server, folder), Phone(server, "bob") as callee, Phone(server, "alice") as caller:
        assert callee.register() == 200
        call_id = caller.send("INVITE", "sip:bob@127.0.0.1", "sip:bob@127.0.0.1",
                              f"Contact: <sip:alice@127.0.0.1:{caller.port}>\r\n")
        invite = callee.receive()
        assert invite.startswith("INVITE "), invite
        (call,) = ctl(folder, "calls")
        assert call["state"] == "trying" and call["call_id"] == call_id, call
        assert call["from"] == "sip:alice@127.0.0.1" and call["to"] == "sip:bob@127.0.0.1", call
        callee.answer(invite, 180, "Ringing")
        wait_for(lambda: ctl(folder, "calls")[0]["state"] == "ringing", 10, "ringing")
        rows = [row for row in ctl(folder, "transactions") if row["method"] == "INVITE"]
        assert sorted(row["side"] for row in rows) == ["client", "server"], rows
        assert {row["call_id"] for row in rows} == {call_id} and {row["state"] for row in rows} == {"Proceeding"}, rows
        text = ctl(folder, "calls", options=(), env={"COLUMNS": "80"})
        assert len(text.splitlines()) == 2 and max(map(len, text.splitlines())) <= 80, text
        callee.answer(invite, 486, "Busy Here")
        assert caller.final() == 486
        assert ctl(folder, "calls") == []


def test_bans_are_shown_made_and_lifted():
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
        config.write("accounts:\n  auth: required\ntrusted: [127.0.0.1]\n")
        config.flush()
        with serving("--config", config.name, "--workers", "3") as (server, folder), \
                Phone(server, "eve", "127.0.0.7") as phone:
            assert phone.register() == 401
            assert ctl(folder, "bans") == []
            assert ctl(folder, "ban", "127.0.0.7", "600") == []
            phone.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1")
            assert phone.hears_nothing()
            (row,) = ctl(folder, "bans")
            assert row["address"] == "127.0.0.7" and 590 <= row["seconds"] <= 600 and row["dropped"] == 1, row
            ctl(folder, "ban", "2001:db8::1")
            assert len(ctl(folder, "bans")) == 2 and len(ctl(folder, "bans", "--limit", "1")) == 1
            ctl(folder, "unban", "127.0.0.7")
            assert phone.register() == 401
            ctl(folder, "unban", "127.0.0.7", status=1)
            ctl(folder, "ban", "127.0.0.1", status=1)  # who is trusted is never banned
            ctl(folder, "ban", "nobody", status=2)
            ctl(folder, "ban", "192.0.2.1", "0", status=2)
            assert "unbanned addr=127.0.0.7" in server.stderr()


def test_accounts_are_counted_and_looked_for_at_once():
    with serving() as (_, folder):
        assert ctl(folder, "accounts") == [{"accounts": 0}]
        subprocess.run([PROGRAM, "user", "add", "bob@localhost", "--data", folder], input="a long secret\n", text=True,
                       capture_output=True, timeout=30, check=True)
        ctl(folder, "accounts", "reload")
        wait_for(lambda: ctl(folder, "accounts") == [{"accounts": 1}], 10, "the account")
        assert ctl(folder, "status")[0]["accounts"] == 1
        ctl(folder, "accounts", "away", status=2)


def test_commands_come_from_a_script():
    with serving() as (_, folder):
        script = "# a remark\nstatus\n\nusers \"\"\nlog warn\nregistrations remove \"nobody@localhost\"\n"
        rows = ctl(folder, "-", stdin=script, status=1)
        assert [row["status"] for row in rows if "status" in row] == [0, 0, 0, 1], rows
        assert ctl(folder, "status")[0]["log_level"] == "warn"
        ctl(folder, "-", stdin="status\nnonsense\n", status=2)
        ctl(folder, "-", stdin="users " + "x" * 4089 + "drain\n", status=2)  # the end of a line is no command
        ctl(folder, "-", stdin="status\0drain\n", status=2)
        assert not ctl(folder, "status")[0]["draining"]


def test_what_cannot_be_done_is_said():
    with serving() as (_, folder):
        for words in (["nonsense"], ["log", "loud"], ["log"], ["users", "a", "b"], ["calls", "--limit", "0"], []):
            ctl(folder, *words, status=2)
        ctl(folder, "status", "more", status=2)
    with tempfile.TemporaryDirectory() as nobody:
        ctl(nobody, "status", status=3)


def test_the_level_of_the_log_changes_at_once():
    with serving() as (server, folder), Phone(server, "bob") as phone:
        def bad_message():
            phone.socket.sendto(b"JUNK\r\n\r\n", (server.host, server.port))
            time.sleep(0.2)
            return "bad message" in server.stderr()
        assert not bad_message()
        ctl(folder, "log", "debug")
        assert wait_for(bad_message, 10, "a line of level debug")


def test_drain_ends_the_server():
    with tempfile.TemporaryDirectory() as folder:
        server = Server("--data", folder)
        ctl(folder, "drain")
        assert server.process.wait(60) == 0
        assert "draining" in server.stderr()
        assert not os.path.exists(os.path.join(folder, "control")), "the socket is left behind"


def test_only_the_owner_may_connect_and_a_stale_socket_is_replaced():
    with tempfile.TemporaryDirectory() as folder:
        server = Server("--data", folder)
        path = os.path.join(folder, "control")
        mode = os.stat(path).st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600, oct(mode)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        assert os.path.exists(path)
        with Server("--data", folder) as again:
            assert ctl(folder, "status")[0]["pid"] == again.process.pid


def test_the_socket_of_a_running_server_is_left_alone():
    with serving() as (server, folder):
        other = subprocess.run([PROGRAM, "serve", "--listen", f"udp:127.0.0.1:{free_port()}", "--control",
                                os.path.join(folder, "control")], capture_output=True, text=True, timeout=30, check=False)
        assert other.returncode == 2 and "another server" in other.stderr, other
        assert ctl(folder, "status")[0]["pid"] == server.process.pid


def found(server, *words, status=0):
    """What a command says that is told nothing of where the server is."""
    if os.path.exists("/run/tandem/control"):
        raise tap.Skip("a service runs here")
    env = {name: value for name, value in os.environ.items() if name != "TANDEM_DATA"}
    run = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
                         env={**env, "XDG_RUNTIME_DIR": server.runtime})
    assert run.returncode == status, (run.returncode, run.stdout, run.stderr)
    return run.stdout


def test_a_server_without_a_folder_is_found():
    with Server() as server, Phone(server, "anna") as anna:
        place = os.path.join(server.runtime, "tandem")
        assert stat.S_IMODE(os.stat(place).st_mode) == 0o700 and os.listdir(place) == ["control"]
        assert f"pid {server.process.pid}" in " ".join(found(server, "ctl", "status").split())
        anna.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1")
        assert anna.final() == 200
        assert json.loads(found(server, "trace", "--list", "--json"))["method"] == "OPTIONS"
        server.stop()
        assert os.listdir(place) == []
        assert found(server, "ctl", "status", status=3) == ""


def test_the_first_server_keeps_the_common_place():
    with tempfile.TemporaryDirectory() as runtime:
        first = Server(runtime=runtime)
        with contextlib.ExitStack() as at_end:
            at_end.callback(first.process.wait)
            at_end.callback(first.process.kill)
            with Server(runtime=runtime) as second:
                assert str(first.process.pid) in found(first, "ctl", "status")
                wait_for(lambda: "another server answers" in second.stderr(), 10, second.stderr)
            assert str(first.process.pid) in found(first, "ctl", "status")
        with Server(runtime=runtime) as third:  # what a killed one has left is replaced
            assert str(third.process.pid) in found(third, "ctl", "status")


def test_a_path_that_is_told_is_the_only_one():
    with tempfile.TemporaryDirectory() as folder, Server("--control", os.path.join(folder, "control")) as server:
        assert os.listdir(server.runtime) == []
        (row,) = ctl(folder, "status")
        assert row["pid"] == server.process.pid


def test_a_place_that_others_may_change_is_not_used():
    def link(place):
        os.mkdir(place + "-of-somebody")
        os.symlink(place + "-of-somebody", place)

    def open_to_all(place):
        os.mkdir(place)
        os.chmod(place, 0o777)

    for spoil in (link, open_to_all):
        with tempfile.TemporaryDirectory() as runtime:
            place = os.path.join(runtime, "tandem")
            spoil(place)
            with Server(runtime=runtime):
                assert os.listdir(place) == []
            with socket.socket(socket.AF_UNIX) as trap:
                trap.bind(os.path.join(place, "control"))
                trap.listen()
                trap.setblocking(False)
                subprocess.run([PROGRAM, "ctl", "status"], capture_output=True, timeout=60, check=False,
                               env={**os.environ, "XDG_RUNTIME_DIR": runtime})
                try:
                    trap.accept()
                except BlockingIOError:
                    continue
                raise AssertionError("a stranger's socket was spoken to")


def test_a_line_that_is_too_long_ends_its_client_alone():
    with serving() as (_, folder), Wire(folder) as wire:
        wire.send(b"x" * 5000)
        assert wire.answer()[-1]["status"] == 2
        with contextlib.suppress(ConnectionResetError):
            assert wire.socket.recv(100) == b""
        ctl(folder, "status")


def test_any_bytes_are_answered():
    with serving() as (_, folder), Wire(folder) as wire:
        for line in (b"\x00\x01\xff\n", b"\"open\n", b"a b c d e f g h i j\n", b"\xc3\xa4\n"):
            wire.send(line)
            assert wire.answer()[-1]["status"] == 2, line
        wire.send(b"\r\n  \nstatus\r\n")
        assert wire.answer()[-1] == {"status": 0}


def test_there_is_a_bound_on_clients():
    with serving() as (_, folder), contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(folder)) for _ in range(16)]
        for wire in wires:
            wire.send(b"status\n")
            assert wire.answer()[-1]["status"] == 0
        with Wire(folder) as one_more:
            assert one_more.answer()[-1] == {"status": 1, "error": "too many clients"}
        wires[0].close()
        wait_for(lambda: subprocess.run([PROGRAM, "ctl", "--data", folder, "status"], capture_output=True,
                                        check=False).returncode == 0, 10, "a place that became free")


def test_clients_that_read_nothing_stall_nobody():
    """Some ask and ask and never read, others begin a line and never end it; calls go on without loss."""
    with serving("--workers", "2") as (server, folder), contextlib.ExitStack() as stack:
        callee_port = free_port()
        callee = stack.enter_context(Sipp("callee.xml", callee_port, "-m", str(CALLS), "-timeout", "120s"))
        register(server, "bob", callee_port, "udp", free_port())
        for i in range(12):
            wire = stack.enter_context(Wire(folder))
            wire.socket.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                for _ in range(20000 if i % 2 else 1):
                    wire.socket.send(b"transactions\nhelp\n" if i % 2 else b"stat")
        caller = Sipp("caller.xml", free_port(), "-s", "bob", "-m", str(CALLS), "-r", "100", "-timeout", "120s",
                      remote=server.addr)
        asked = 0
        while caller.process.poll() is None:
            assert ctl(folder, "status")[0]["workers_answering"] == 2
            ctl(folder, "transactions")
            asked += 1
        called, answered = caller.finish(130), callee.finish(30)
        tap.note(f"caller {called}, callee {answered}, asked {asked} times meanwhile; {server.rss_kb()} kB")
        assert called["ok"] == CALLS and called["failed"] == 0 and called["retransmissions"] == 0, called
        assert asked > 3 and server.rss_kb() < 200000


def test_a_client_that_goes_away_amid_its_answer_is_forgotten():
    with serving() as (server, folder):
        ctl(folder, "status")  # its socket has a second descriptor once it listens
        before = len(os.listdir(f"/proc/{server.process.pid}/fd"))
        for _ in range(100):
            with Wire(folder) as wire, contextlib.suppress(OSError):  # some are turned away: too many at once
                wire.send(b"status\ntransactions\nregistrations\n" * 5)
                wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        wait_for(lambda: len(os.listdir(f"/proc/{server.process.pid}/fd")) <= before, 20, "descriptors come back")
        ctl(folder, "status")


if __name__ == "__main__":
    tap.run()
