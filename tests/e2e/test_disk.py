"""A disk that stands still holds up nobody: no caller, no other client of the control socket, not the end of the server."""
import os
import signal
import socket
import subprocess
import time

import server as programs
import tap
from control import ctl
from registrars import Registrars
from server import STOP_S, Server, wait_for
from slow_disk import disk_that_may_stall

STUCK = 4  # exit status


def wait_in_vain(phones, users):
    phones.run(users, seconds=1)
    assert all(u in phones.waiting for u in users), "answered before it was on disk"


def options_time(server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.settimeout(5)
        began = time.monotonic()
        s.sendto((f"OPTIONS sip:localhost SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{s.getsockname()[1]};branch=z9hG4bKo\r\n"
                  "From: <sip:a@localhost>;tag=1\r\nTo: <sip:localhost>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n"
                  "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode(), ("127.0.0.1", server.port))
        assert s.recv(65535).startswith(b"SIP/2.0 200")
        return time.monotonic() - began


def test_nobody_else_stands_still():
    with disk_that_may_stall() as (_, server, toggle), Registrars(server.port) as phones, \
            Registrars(server.port) as others:
        phones.run(range(10))
        toggle()
        wait_in_vain(phones, range(10, 20))
        asked = options_time(server)
        assert asked < 0.5, f"OPTIONS took {asked:.3f} s while the disk stood still"
        others.run(range(10), contact=False, seconds=5)
        assert not others.waiting, "a look-up waited for the disk"
        toggle()
        phones.run(range(10, 20))
        assert not phones.waiting and phones.statuses() == {200}
        server.stop()


def check_end(data, server, phones):
    """It ended and said what is not sure; what was answered is there for the next."""
    assert server.process.wait(STOP_S) == STUCK, server.stderr()
    said = server.stderr()
    assert "store stuck seconds=5 unanswered=10" in said, said
    os.unlink(os.path.join(data, "stall"))
    with Server("--data", data) as again, Registrars(again.port) as asked:
        asked.run(range(20), contact=False)
        assert all(len(asked.contacts[u]) == 1 for u in range(10)), "what was answered 200 is lost"
    assert phones.statuses() == {200}


def test_the_second_signal_does_not_wait_for_it():
    with disk_that_may_stall() as (data, server, toggle), Registrars(server.port) as phones:
        phones.run(range(10))
        toggle()
        wait_in_vain(phones, range(10, 20))
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "draining" in server.stderr(), 5, server.stderr)
        server.process.send_signal(signal.SIGTERM)
        check_end(data, server, phones)
        assert "ending at once" in server.stderr(), server.stderr()


def test_nor_does_the_drain():
    with disk_that_may_stall() as (data, server, toggle), Registrars(server.port) as phones:
        phones.run(range(10))
        toggle()
        wait_in_vain(phones, range(10, 20))
        server.process.send_signal(signal.SIGTERM)
        check_end(data, server, phones)


def test_a_removal_that_waits_holds_up_no_other_client():
    with disk_that_may_stall() as (data, server, toggle), Registrars(server.port) as phones:
        phones.run(range(3))
        toggle()
        command = [programs.PROGRAM, "ctl", "--socket", os.path.join(data, "control"), "registrations", "remove"]
        waiting = [subprocess.Popen([*command, f"u{u}@localhost"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                   for u in range(2)]
        # What is removed is gone from memory at once, on disk it is not.
        wait_for(lambda: len(ctl(data, "registrations")) == 1, 5, lambda: ctl(data, "registrations"))
        assert ctl(data, "status")
        assert all(w.poll() is None for w in waiting), "a removal was told before it was on disk"
        toggle()
        for w in waiting:
            out, err = w.communicate(timeout=20)
            assert w.returncode == 0, (out, err)
        server.stop()


def test_a_removal_is_given_up_in_the_end():
    with disk_that_may_stall() as (data, server, toggle), Registrars(server.port) as phones:
        phones.run(range(1))
        toggle()
        command = [programs.PROGRAM, "ctl", "--socket", os.path.join(data, "control"), "registrations", "remove", "u0@localhost"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert run.returncode == 1 and "the removal may still take effect" in run.stderr, run
        toggle()
        server.stop()


if __name__ == "__main__":
    tap.run()
