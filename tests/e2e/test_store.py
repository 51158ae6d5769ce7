"""What the server keeps: everything that was answered 200 is there after a crash, a disk that is full or slow harms nobody."""
import contextlib
import os
import signal
import sqlite3
import subprocess
import tempfile
import threading

import server as programs
import tap
from control import Phone, ctl
from registrars import Registrars
from server import Server, wait_for

USERS = 10000


def crash(server):
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()


def lasting(users, port):
    """What the server says of each user's contacts."""
    with Registrars(port) as asked:
        asked.run(users, contact=False)
        assert not asked.waiting, f"{len(asked.waiting)} queries unanswered"
        return asked


def check_lasts(before, port):
    """Everything answered 200 before is there, with the time that it has left."""
    users = [u for u, (status, _) in before.answered.items() if status == 200]
    asked = lasting(users, port)
    missing = [u for u in users if len(asked.contacts[u]) != 1]
    assert not missing, f"{len(missing)} of {len(users)} were lost, u{missing[0]} among them"
    for u in users:
        left = int(asked.contacts[u][0][1])
        gone = asked.answered[u][1] - before.answered[u][1]
        assert abs(3600 - gone - left) <= 2, f"u{u}: {left} s left {gone:.1f} s after its 200"
    return len(users)


def test_what_was_answered_is_there_after_a_kill():
    with tempfile.TemporaryDirectory() as data:
        server = Server("--data", data)
        with Registrars(server.port) as phones:
            phones.run(range(USERS // 2))
            timer = threading.Timer(0.3, crash, [server])
            timer.start()
            phones.run(range(USERS // 2, 2 * USERS), until=lambda: not timer.is_alive(), seconds=30)
            timer.join()
            phones.run([], seconds=0)
            with Server("--data", data) as again:
                tap.note(f"{check_lasts(phones, again.port)} registrations answered before the kill")


def test_killed_again_and_again():
    with tempfile.TemporaryDirectory() as data, contextlib.ExitStack() as stack:
        phones = []
        for turn in range(5):
            server = Server("--data", data)
            some = stack.enter_context(Registrars(server.port))
            phones.append(some)
            timer = threading.Timer(0.1 + 0.07 * turn, crash, [server])
            timer.start()
            some.run(range(turn * USERS, (turn + 1) * USERS), until=lambda t=timer: not t.is_alive(), seconds=30)
            timer.join()
        with Server("--data", data) as again:
            tap.note([check_lasts(p, again.port) for p in phones])


def test_an_orderly_end_keeps_everything():
    with tempfile.TemporaryDirectory() as data:
        with Server("--data", data) as server, Registrars(server.port) as phones:
            phones.run(range(500))
            phones.run(range(0, 500, 2), expires=0)
        with Server("--data", data) as again:
            asked = lasting(range(500), again.port)
            assert [len(asked.contacts[u]) for u in range(500)] == [0, 1] * 250


def test_all_of_a_binding_lasts():
    """Path, instance, q, and the way that it came by: as `tandem ctl` shows them before and after a kill."""
    more = ("Path: <sip:edge.example;lr>\r\nSupported: path, outbound\r\n")
    contact = '<sip:carol@192.0.2.1:{}>;q=0.3;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"'
    with tempfile.TemporaryDirectory() as data:
        server = Server("--data", data)
        with Phone(server, "carol") as phone:
            assert phone.register(contact=contact.format(phone.port), more=more) == 200
            before = ctl(data, "registrations")
            crash(server)
            with Server("--data", data, port=server.port):
                after = ctl(data, "registrations")
                assert abs(before[0].pop("expires_s") - after[0].pop("expires_s")) < 60
                assert before == after and len(after) == 1, (before, after)
                assert {"path", "instance", "q", "from"} <= set(after[0]) and after[0]["by_flow"], after


def test_a_backup_of_the_accounts_needs_no_pause():
    with tempfile.TemporaryDirectory() as data, Server("--data", data) as server:
        add = [programs.PROGRAM, "user", "add", "--generate", "--data", data]
        subprocess.run([*add, "alice@localhost"], stdout=subprocess.DEVNULL, timeout=30, check=True)
        copy, file = os.path.join(data, "copy"), os.path.join(data, "accounts.db")
        with contextlib.closing(sqlite3.connect(file)) as db, contextlib.closing(sqlite3.connect(copy)) as to:
            db.backup(to)
        subprocess.run([*add, "bob@localhost"], stdout=subprocess.DEVNULL, timeout=30, check=True)
        wait_for(lambda: ctl(data, "accounts") == [{"accounts": 2}], 10, "both accounts")
        with contextlib.closing(sqlite3.connect(file)) as db, contextlib.closing(sqlite3.connect(copy)) as source:
            source.backup(db)
        wait_for(lambda: ctl(data, "accounts") == [{"accounts": 1}], 10, "the account of the copy")
        assert server.alive()


def test_one_server_a_folder():
    with tempfile.TemporaryDirectory() as data, Server("--data", data):
        second = subprocess.run([programs.PROGRAM, "serve", "--listen", "udp:127.0.0.1:0", "--data", data],
                                capture_output=True, text=True, timeout=programs.READY_S, check=False)
        assert second.returncode == 2, second
        assert f"tandem: {data}: another server uses this folder (process " in second.stderr, second.stderr


def test_a_file_of_a_newer_version_is_refused():
    with tempfile.TemporaryDirectory() as data:
        with Server("--data", data):
            pass
        with contextlib.closing(sqlite3.connect(os.path.join(data, "locations.db"))) as db:
            db.execute("PRAGMA user_version = 99")
        run = subprocess.run([programs.PROGRAM, "serve", "--listen", "udp:127.0.0.1:0", "--data", data],
                             capture_output=True, text=True, timeout=programs.READY_S, check=False)
        assert run.returncode == 2 and "newer version of tandem" in run.stderr, run


def test_a_damaged_file_is_refused():
    with tempfile.TemporaryDirectory() as data:
        with Server("--data", data) as server, Registrars(server.port) as phones:
            phones.run(range(2000))
        with open(os.path.join(data, "locations.db"), "r+b") as db:
            db.seek(200000)
            db.write(b"\xff" * 4096)
        run = subprocess.run([programs.PROGRAM, "serve", "--listen", "udp:127.0.0.1:0", "--data", data],
                             capture_output=True, text=True, timeout=programs.READY_S, check=False)
        assert run.returncode == 2 and "locations.db: " in run.stderr, run


def test_nothing_is_readable_by_others():
    with tempfile.TemporaryDirectory() as data:
        with Server("--data", data) as server, Registrars(server.port) as phones:
            phones.run(range(10))
            for name in os.listdir(data):
                mode = os.stat(os.path.join(data, name)).st_mode & 0o777
                assert mode & 0o077 == 0, f"{name} has mode {mode:o}"


def in_namespace(command):
    """A mount namespace of its own, where a file system may be mounted without rights elsewhere."""
    if subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "true"], check=False,
                      capture_output=True).returncode:
        raise tap.Skip("no mount namespaces here")
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command]


def test_a_full_disk_is_a_503_and_passes():
    with tempfile.TemporaryDirectory() as data:
        port = programs.free_port()
        serve = f"exec {os.path.abspath(programs.PROGRAM)} serve --no-sandbox --listen udp:127.0.0.1:{port} --data {data}"
        with open(os.path.join(data, "said"), "w+", encoding="utf-8") as said:
            process = subprocess.Popen(in_namespace(f"mount -t tmpfs -o size=1m none {data} && {serve}"), text=True,
                                       stdout=subprocess.PIPE, stderr=said)
            root = f"/proc/{process.pid}/root{data}"
            try:
                assert process.stdout.readline().startswith("ready ")
                with Registrars(port) as phones:
                    phones.run(range(100))
                    assert phones.statuses() == {200}
                    with open(root + "/filler", "wb", buffering=0) as filler:
                        with contextlib.suppress(OSError):
                            while True:
                                filler.write(b"x" * 4096)
                    phones.run(range(100, 400))
                    refused = [u for u in range(100, 400) if phones.answered[u][0] == 503]
                    assert phones.statuses() == {200, 503} and refused, phones.statuses()
                    assert not lasting(refused[-1:], port).contacts[refused[-1]], "refused, and yet there"
                    os.unlink(root + "/filler")
                    phones.run(refused)
                    assert all(phones.answered[u][0] == 200 for u in refused)
                    check_lasts(phones, port)
            finally:
                process.terminate()
                assert process.wait(programs.STOP_S) == 0
            said.seek(0)
            text = said.read()
            assert "store failed" in text and "store back" in text, text
            assert text.count("store failed") < 40, "an alarm a commit"


if __name__ == "__main__":
    tap.run()
