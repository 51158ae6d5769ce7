"""A worker never waits: whatever stalls beside it, calls go on without loss and without delay."""
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import tempfile
import uuid

import server as programs
import tap
from certs import Certs
from registrars import Registrars
from server import Server, free_port, wait_for
from sipp import Sipp, register
from slow_disk import disk_that_may_stall

CALLS, RATE = 600, 200
DNS = ("127.9.9.9", 53)


def message(server, method, uri, lines="", body="", transport="UDP"):
    unique = uuid.uuid4().hex
    return (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:9;rport;branch=z9hG4bK{unique}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:dora@{server.host}>;tag=1\r\nTo: <sip:dora@{server.host}>\r\n"
            f"Call-ID: {unique}\r\nCSeq: 1 {method}\r\n{lines}Content-Length: {len(body)}\r\n\r\n{body}").encode()


@contextlib.contextmanager
def peer_of(server, transport="udp"):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM) as peer:
        peer.settimeout(5)
        peer.connect((server.host, server.port))
        yield peer


def calls_go_on(server, stall=lambda: None):
    """All calls succeed, and hardly a message has to be sent twice: nobody stood still for half a second. `stall` is called when all
    that are called are registered."""
    port = free_port()
    with Sipp("callee.xml", port, "-m", str(CALLS), "-timeout", "60s") as callee:
        register(server, "bob", port, "udp", free_port())
        stall()
        with Sipp("caller.xml", free_port(), "-s", "bob", "-m", str(CALLS), "-r", str(RATE), "-timeout", "60s",
                  remote=server.addr) as caller:
            called = caller.finish(70)
            assert called["ok"] == CALLS and called["failed"] == 0, (called, caller.errors())
            assert called["retransmissions"] <= CALLS // 20, called
        callee.finish(30)


# --- a name server that never answers ---


@contextlib.contextmanager
def silent_name_server():
    """A program to start the server with, for which all names are at a server that says nothing."""
    if os.geteuid() != 0:
        raise tap.Skip("needs root")
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dns:
        dns.bind(DNS)
        conf, start = os.path.join(folder, "resolv.conf"), os.path.join(folder, "start")
        with open(conf, "w", encoding="ascii") as f:
            f.write(f"nameserver {DNS[0]}\n")
        with open(start, "w", encoding="ascii") as f:
            f.write("#!/bin/sh\nexec unshare -m sh -c 'mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"' "
                    f"{conf} {os.path.abspath(programs.PROGRAM)} \"$@\"\n")
        os.chmod(start, 0o755)
        if subprocess.run([start, "--version"], capture_output=True, check=False).returncode:
            raise tap.Skip("no mount namespaces here")
        dns.settimeout(10)
        yield start, dns


def ask_for_names(server, n):
    """Requests to phones that gave names as their addresses."""
    with peer_of(server) as phone:
        phone.send(message(server, "REGISTER", f"sip:{server.host}", "Contact: <sip:dora@nowhere.example:5070>\r\n"))
        assert phone.recv(65536).startswith(b"SIP/2.0 200 ")
        for _ in range(n):
            phone.send(message(server, "MESSAGE", f"sip:dora@{server.host}"))


def test_a_name_server_that_never_answers():
    """Neither calls nor the end wait for it: the C library asks for five seconds before it tries again."""
    with silent_name_server() as (start, dns), Server("--workers", "2", program=start) as server:
        ask_for_names(server, 600)
        assert dns.recv(512), "no name was asked for"
        calls_go_on(server)
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "draining" in server.stderr(), 5, server.stderr)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(3)


# --- a reader of the log that does not read ---


@contextlib.contextmanager
def full_pipe():
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    fcntl.fcntl(writer, fcntl.F_SETFL, 0)
    try:
        yield writer
    finally:
        os.close(reader)
        os.close(writer)


def test_a_log_that_nobody_reads():
    with full_pipe() as writer, Server("--workers", "2", "-v", stderr=writer) as server:
        with peer_of(server) as stranger:
            for _ in range(500):
                stranger.send(b"INVITE nothing of sense\r\n\r\n")
        calls_go_on(server)


# --- peers that do not read ---


def test_a_phone_that_does_not_read_its_connection():
    with Server("--workers", "2") as server, peer_of(server, "tcp") as phone, peer_of(server) as sender:
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        phone.send(message(server, "REGISTER", f"sip:{server.host}", "Contact: <sip:dora@127.0.0.1:9;transport=tcp>\r\n",
                           transport="TCP"))
        assert phone.recv(65536).startswith(b"SIP/2.0 200 ")
        for _ in range(3000):
            sender.send(message(server, "MESSAGE", f"sip:dora@{server.host}", "Content-Type: text/plain\r\n", "x" * 900))
        calls_go_on(server)


def test_peers_that_stall_in_their_handshake():
    """By TLS, as clients that stop in the middle of a record, and as a server that accepts and says nothing."""
    with Certs() as certs, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as silent:
        config, secure = os.path.join(folder, "t.yaml"), free_port()
        with open(config, "w", encoding="ascii") as f:
            f.write(f"tls:\n  certificates: [{certs.make('localhost', 'DNS:localhost')}]\n")
        mute = silent.enter_context(socket.create_server(("127.0.0.1", 0)))
        with Server("--workers", "2", "--config", config, "--listen", f"tls:127.0.0.1:{secure}") as server, peer_of(server) as phone:
            for _ in range(100):
                s = silent.enter_context(socket.create_connection(("127.0.0.1", secure), 10))
                s.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
            phone.send(message(server, "REGISTER", f"sip:{server.host}",
                               f"Contact: <sip:dora@127.0.0.1:{mute.getsockname()[1]};transport=tls>\r\n"))
            assert phone.recv(65536).startswith(b"SIP/2.0 200 ")
            for _ in range(100):
                phone.send(message(server, "MESSAGE", f"sip:dora@{server.host}"))
            mute.settimeout(10)
            waiting = silent.enter_context(mute.accept()[0])
            waiting.settimeout(10)
            assert waiting.recv(1) == b"\x16", "no handshake was begun"
            calls_go_on(server)


def test_peers_that_stall_in_their_upgrade():
    """Half a request for a WebSocket, and half a handshake before one."""
    with Certs() as certs, tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as silent:
        config, plain, secure = os.path.join(folder, "t.yaml"), free_port(), free_port()
        with open(config, "w", encoding="ascii") as f:
            f.write(f"tls:\n  certificates: [{certs.make('localhost', 'DNS:localhost')}]\n")
        with Server("--workers", "2", "--config", config, "--listen", f"ws:127.0.0.1:{plain}", "--listen", f"wss:127.0.0.1:{secure}") as server:
            for port, half in ((plain, b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: webso"), (secure, b"\x16\x03\x01\x02\x00\x01\x00")):
                for _ in range(100):
                    silent.enter_context(socket.create_connection(("127.0.0.1", port), 10)).sendall(half)
            calls_go_on(server)


# --- a disk that stands still ---


def test_a_store_that_stands_still():
    with disk_that_may_stall() as (_, server, toggle), Registrars(server.port) as phones:

        def stall():
            toggle()
            phones.run(range(100), seconds=1)
            assert len(phones.waiting) == 100, "answered before it was on disk"

        calls_go_on(server, stall)
        toggle()
        phones.run(range(100))
        assert not phones.waiting and phones.statuses() == {200}
        server.stop()


# --- a collector that is gone ---


def test_a_collector_that_is_gone():
    """Who follows the server's trace and passes it on to nobody."""
    with tempfile.TemporaryDirectory() as data, Server("--workers", "2", "--data", data) as server:
        command = [programs.PROGRAM, "trace", "--data", data, "--follow", "--hep", f"127.0.0.1:{free_port()}"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as agent:
            calls_go_on(server)
            assert agent.poll() is None, agent.communicate()
            agent.send_signal(signal.SIGINT)
            errors = agent.communicate(timeout=30)[1]
            assert agent.returncode and "Connection refused" in errors, (agent.returncode, errors)


if __name__ == "__main__":
    tap.run()
