"""A server that is short of descriptors or memory. What cannot be done is refused, who needs nothing
new goes on, nothing crashes, and all is well again once there is enough."""
import contextlib
import json
import os
import resource
import socket
import ssl
import subprocess
import tempfile

import server as programs
import tap
from certs import Certs
from control import Phone, ctl
from registrars import Registrars
from server import Server, free_port, wait_for
from test_store import check_lasts
from websocket import WebSocket

DESCRIPTORS = 64
ROOM = 4 << 20  # beyond what the server has
USERS, SOME = 100000, 500
CALLS = 2000


def limit(server, kind, most):
    resource.prlimit(server.process.pid, kind, (most, resource.prlimit(server.process.pid, kind)[1]))


def options_answered(server):
    with contextlib.suppress(OSError), Phone(server, "asks") as phone:
        phone.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1")
        return phone.final() == 200


# --- descriptors ---


def taken(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def opened(port, tls):
    with contextlib.suppress(OSError, AssertionError), WebSocket("localhost", port, tls=tls):
        return True


def test_descriptors():
    """By TLS, WebSockets and TCP. Connections that stand are served, and the control socket answers."""
    with Certs() as certs, tempfile.TemporaryDirectory() as data, contextlib.ExitStack() as crowd:
        config, ports = os.path.join(data, "tandem.yaml"), {by: free_port() for by in ("tls", "ws", "wss")}
        with open(config, "w", encoding="ascii") as f:
            f.write(f"tls:\n  certificates: [{certs.make('localhost', 'DNS:localhost')}]\n")
        listen = [word for by, port in ports.items() for word in ("--listen", f"{by}:127.0.0.1:{port}")]
        with Server("--workers", "1", "--config", config, "--data", data, *listen) as server:
            web = WebSocket("127.0.0.1", ports["ws"])
            limit(server, resource.RLIMIT_NOFILE, DESCRIPTORS)
            for port in (*ports.values(), server.port):
                for _ in range(DESCRIPTORS):
                    crowd.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            wait_for(lambda: "limit reached table=descriptors" in server.stderr(), 10, server.stderr)
            for _ in range(3):
                ctl(data, "status")
                assert taken(server) >= DESCRIPTORS - 2, "it answered once there were descriptors again"
            assert options_answered(server)
            web.send("\r\n\r\n")
            assert web.receive() == (1, b"\r\n")
            crowd.close()
            context = ssl.create_default_context(cafile=certs.ca)
            for port, tls in ((ports["ws"], None), (ports["wss"], context)):
                wait_for(lambda p=port, t=tls: opened(p, t), 10, "a new connection")


# --- memory ---


def data_bytes(server):
    """What RLIMIT_DATA bounds: address space that is only reserved does not count."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) << 10 for line in f if line.startswith("VmData:"))


def calls(server):
    done = subprocess.run([programs.PROGRAM, "load", "call", f"sip:x@{server.addr}", "--answer", "--rate", "500", "--count", str(CALLS), "--timeout", "8",
                           "--json"],
                          stdout=subprocess.PIPE, text=True, timeout=120, check=False)
    end = json.loads(done.stdout.splitlines()[-1])
    tap.note(f"{end['succeeded']} calls of {CALLS}, {end['failures']}")
    return end


def test_memory():
    """What finds none is answered 503 or 500, or goes unanswered; what was answered 200 is kept."""
    with tempfile.TemporaryDirectory() as data:
        with Server("--workers", "2", "--data", data) as server, Registrars(server.port) as phones:
            phones.run(range(SOME))
            limit(server, resource.RLIMIT_DATA, data_bytes(server) + ROOM)

            phones.run(range(SOME, USERS), until=lambda: 'why="no memory"' in server.stderr(), seconds=60)
            assert phones.statuses() <= {200, 500, 503}, phones.statuses()
            end = calls(server)
            assert end["started"] == end["succeeded"] + end["failed"] == CALLS and end["failed"] > 0, end
            # "stopped": what was still under way when the last timed out.
            causes = {(f["cause"], f.get("status")) for f in end["failures"]}
            assert causes <= {("status", 500), ("status", 503), ("timeout", None), ("stopped", None)}, end
            limit(server, resource.RLIMIT_DATA, resource.RLIM_INFINITY)
            end = calls(server)
            assert end["succeeded"] == CALLS and end["failed"] == 0, end
            phones.run(list(phones.waiting))
            assert not phones.waiting
        with Server("--data", data) as after:
            tap.note(f"{check_lasts(phones, after.port)} registrations answered 200")


if __name__ == "__main__":
    tap.run()
