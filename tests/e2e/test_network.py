"""Listeners of every kind, and peers that do not behave: crowds, readers that stall, writers that never finish."""
import contextlib
import os
import resource
import select
import signal
import socket
import subprocess
import time

import server as programs
import tap
from server import Server, wait_for

SILENT_S = 20  # data/limits.def: TCP_SILENT_S


class Started:
    """`tandem serve` with listeners of the test's choice; `listeners` is what its ready line says."""

    def __init__(self, *options, descriptors=None):
        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.process = subprocess.Popen([programs.PROGRAM, "serve", *options], stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, preexec_fn=limit)
        readable, _, _ = select.select([self.process.stdout], [], [], programs.READY_S)
        line = self.process.stdout.readline() if readable else ""
        if not line.startswith("ready "):
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"no ready line but {line!r}")
        self.listeners = [parse(uri) for uri in line.split()[1:]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            assert self.process.wait(programs.STOP_S) == 0
        finally:
            self.process.kill()


def parse(uri):
    transport, rest = uri.split(":", 1)
    host, port = rest.rsplit(":", 1)
    return transport, host.strip("[]"), int(port)


def shown(host):
    return f"[{host}]" if ":" in host else host


def options(transport, host, port, branch, call):
    """Each with a Call-ID of its own: the same one by another branch would be a merged request (RFC 3261 8.2.2.2)."""
    return (f"OPTIONS sip:{shown(host)}:{port} SIP/2.0\r\nVia: SIP/2.0/{transport.upper()} {shown(host)}:9;rport;"
            f"branch=z9hG4bK{branch}\r\nFrom: <sip:a@x.example>;tag=1\r\nTo: <sip:{shown(host)}>\r\n"
            f"Call-ID: {call}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode()


def connect(transport, host, port):
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    peer = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
    peer.settimeout(5)
    peer.connect((host, port))
    return peer


def answers(transport, host, port, call=None):
    unique = str(time.monotonic_ns())
    with connect(transport, host, port) as peer:
        peer.send(options(transport, host, port, unique, call or unique))
        return peer.recv(65536).startswith(b"SIP/2.0 200 ")


def cpu_seconds(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total / 1e9


def has_ip6():
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.bind(("::1", 0))
        return True
    return False


def test_ip6_over_both_transports():
    if not has_ip6():
        raise tap.Skip("no IPv6 here")
    with Started("--listen", "udp:[::1]:0", "--listen", "tcp:[::1]:0") as started:
        assert len(started.listeners) == 2, started.listeners
        for at in started.listeners:
            assert at[2] != 0 and answers(*at), at


def test_localhost_is_both_loopback_addresses():
    with Started("--listen", "udp:localhost:0") as started:
        assert started.listeners[0][1] == "127.0.0.1", started.listeners
        assert len(started.listeners) == 1 + has_ip6()
        for at in started.listeners:
            assert answers(*at), at


def register(host, port):
    unique = str(time.monotonic_ns())
    return options("udp", host, port, unique, unique).replace(b"OPTIONS", b"REGISTER").replace(
        b"To: <sip:", b"Contact: <sip:a@127.0.0.1:9>\r\nTo: <sip:a@").replace(b"From: <sip:a@x.example>",
                                                                            f"From: <sip:a@{host}>".encode())


def asked(at):
    with connect(*at) as peer:
        peer.send(register(at[1], at[2]))
        return peer.recv(65536).decode()


def test_a_listener_that_is_not_on_loopback_asks_who_it_is():
    with Started("--listen", "udp:0.0.0.0:0") as started:
        if all(at[1].startswith("127.") for at in started.listeners):
            raise tap.Skip("no address but loopback")
        for at in started.listeners:
            answer = asked(at)
            assert answer.startswith("SIP/2.0 401 ") and "\r\nWWW-Authenticate: Digest " in answer, answer


def test_a_wildcard_names_every_address_and_may_let_everybody_in():
    with Started("--listen", "udp:0.0.0.0:0", "--listen", "tcp:0.0.0.0:0", "--no-auth") as started:
        assert ("udp", "127.0.0.1") in [at[:2] for at in started.listeners], started.listeners
        assert ("tcp", "127.0.0.1") in [at[:2] for at in started.listeners], started.listeners
        for at in started.listeners:
            if at[1] == "127.0.0.1":
                assert answers(*at), at
            if at[0] == "udp":
                assert asked(at).startswith("SIP/2.0 200 "), at


def test_several_workers_share_connections_and_calls():
    """Call-IDs of every worker over connections of every worker: a request that lands elsewhere is answered all the same."""
    with Started("--workers", "3", "--listen", "tcp:127.0.0.1:0", "--listen", "udp:127.0.0.1:0") as started:
        for at in started.listeners:
            for i in range(40):
                assert answers(*at, call=f"{at[0]}{i}"), (at, i)


def test_hangup_changes_nothing():
    with Started("--listen", "udp:127.0.0.1:0") as started:
        started.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        assert started.process.poll() is None and answers(*started.listeners[0])


def test_an_end_does_not_wait_for_what_lingers():
    """RFC 3261 17.2.2: Timer J keeps an answered transaction for 32 seconds; the server's end is not that slow."""
    with Started("--listen", "udp:127.0.0.1:0") as started:
        assert answers(*started.listeners[0])
        begun = time.monotonic()
        started.process.terminate()
        assert started.process.wait(programs.STOP_S) == 0
        assert time.monotonic() - begun < 2, "waited for finished transactions"


def test_out_of_descriptors_it_neither_spins_nor_stops():
    with Started("--workers", "1", "--listen", "tcp:127.0.0.1:0", "--listen", "udp:127.0.0.1:0",
                 descriptors=64) as started:
        tcp, udp = started.listeners
        crowd = []
        for _ in range(200):
            with contextlib.suppress(OSError):
                crowd.append(connect(*tcp))
        assert answers(*udp)
        before = cpu_seconds(started.process.pid)
        time.sleep(1)
        assert cpu_seconds(started.process.pid) - before < 0.3, "it spins"
        assert answers(*udp)
        for peer in crowd:
            peer.close()

        def served():
            with contextlib.suppress(OSError):
                return answers(*tcp)

        wait_for(served, 10, "a connection once descriptors are free again")


def test_a_reader_that_stalls_is_closed_and_costs_little():
    with Server("--workers", "1") as server, socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.settimeout(10)
        peer.connect(("127.0.0.1", server.port))
        before = server.rss_kb()
        try:
            for i in range(400):
                peer.sendall(b"".join(options("tcp", "127.0.0.1", server.port, f"{i}x{j}", f"{i}x{j}") for j in range(200)))
        except (BrokenPipeError, ConnectionResetError):
            pass
        else:
            raise AssertionError("still open after 80000 unread answers")
        assert server.rss_kb() - before < 40000, (before, server.rss_kb())
        assert answers("udp", "127.0.0.1", server.port)


def test_a_message_that_never_ends_is_closed_in_time():
    with Server() as server, connect("tcp", "127.0.0.1", server.port) as slow:
        begun = time.monotonic()
        slow.settimeout(2)
        for byte in options("tcp", "127.0.0.1", server.port, "slow", "slow")[:-2]:
            try:
                slow.send(bytes([byte]))
                if slow.recv(1) == b"":
                    break
            except socket.timeout:
                pass
            except (BrokenPipeError, ConnectionResetError):
                break
            assert time.monotonic() - begun < SILENT_S + 5, "still open"
        assert time.monotonic() - begun > SILENT_S - 3
        assert answers("tcp", "127.0.0.1", server.port)


if __name__ == "__main__":
    tap.run()
