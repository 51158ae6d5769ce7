"""TLS handshakes a second of the server's CPU time, full ones and resumed ones, and the memory of an idle TLS connection, beside
Kamailio with the same certificate (ECDSA P-256, TLS 1.3)."""
import contextlib
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile

import lab

HANDSHAKES, WARM = 1000, 200
IDLE, IDLE_WARM = 20000, 2000
RESERVED = 200  # descriptors for everything else
# The bar: bytes of an idle connection.
MOST_BYTES = 20000
NAME = "localhost"
PROGRAM = os.path.join(lab.BUILD, "tandem")


def request(n):
    return (f"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK{n}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:t@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {n}\r\nCSeq: 1 OPTIONS\r\n"
            "Content-Length: 0\r\n\r\n").encode()


def free_port():
    """Below those that the clients' ends are given."""
    for port in range(20000 + os.getpid() % 5000, 30000):
        with contextlib.suppress(OSError), socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
            return port
    raise lab.Broken("no port is free")


def tandem(certs):
    port = free_port()
    config = os.path.join(certs, "t.yaml")
    with open(config, "w", encoding="ascii") as f:
        f.write(f"tls:\n  certificates: [{certs}/{NAME}.pem]\n")
    return lab.Server("tandem", [PROGRAM, "serve", "--config", config, "--listen", f"tls:127.0.0.1:{port}", "--workers", "1"], port, True)


def kamailio(certs):
    port = free_port()
    command = [lab.kamailio_program(), "-f", os.path.join(lab.HERE, "kamailio", "tls.cfg"), "-A", f'CERT="{certs}/{NAME}.pem"', "-l",
               f"tls:127.0.0.1:{port}", "-l", f"udp:127.0.0.1:{port}", "-m", "4096", "-M", "64", "-x", "fm", "-X", "fm", "-DD", "-E", "-w",
               "@FOLDER@", "-Y", "@FOLDER@"]
    return lab.Server(lab.kamailio_name(), command, port, False)


def context(certs):
    made = ssl.create_default_context(cafile=f"{certs}/ca.pem")
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    return made


def connect(server, how, session=None):
    """A connection over which one request was answered, so that the server's tickets were read, too."""
    bare = socket.create_connection(("127.0.0.1", server.port), 10)
    s = how.wrap_socket(bare, server_hostname=NAME, session=session)
    s.sendall(request(id(s)))
    if not s.recv(4096).startswith(b"SIP/2.0 200 "):
        raise lab.Broken(f"{server.who}: no 200 over TLS")
    return s


@contextlib.contextmanager
def on_the_other_cpu():
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {lab.cpus()[1]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def shake(server, certs, resumed, count=HANDSHAKES):
    """The server's CPU time a connection with one request and its answer."""
    how, session, got = context(certs), None, 0
    server.pids = lab.tree(server.process.pid)  # children may have come after the first answer
    cpu = lab.cpu_ns(server.pids)
    with on_the_other_cpu():
        for _ in range(count):
            with connect(server, how, session if resumed else None) as s:
                got += s.session_reused
                session = s.session
    return (lab.cpu_ns(server.pids) - cpu) / count, got


def handshakes(report, starts, certs):
    for resumed in (False, True):
        figures, told = {}, {}
        for who, start in starts.items():
            with start() as server:
                shake(server, certs, resumed, WARM)
                runs = [shake(server, certs, resumed) for _ in range(lab.RUNS)]
            best = sorted(ns for ns, _ in runs)[len(runs) // 2]
            figures[who] = 1e9 / best
            told[who] = {"runs": [round(1e9 / ns) for ns, _ in runs], "resumed": [n for _, n in runs], "count": HANDSHAKES, **lab.machine()}
        report.plain(f"{'resumed' if resumed else 'full'} handshakes a CPU-second", "/s", figures, told)


def hold(server, certs, count):
    """So many connections that have had their request and now are silent: what is left of TLS here is given up, their descriptors kept."""
    how = context(certs)
    with on_the_other_cpu():
        return [connect(server, how).detach() for _ in range(count)]


def idle(report, starts, certs):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(IDLE, hard - IDLE_WARM - RESERVED)
    figures, told = {}, {}
    for who, start in starts.items():
        with start() as server:
            kept = hold(server, certs, IDLE_WARM)
            server.pids = lab.tree(server.process.pid)
            before = server.pss()
            try:
                kept += hold(server, certs, count)
                figures[who] = (server.pss() - before) / count
            finally:
                for fd in kept:
                    os.close(fd)
        told[who] = {"connections": count, "by": "growth of PSS", **lab.machine()}
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    report.plain(f"memory of an idle connection of {count}", "bytes", figures, told, most=MOST_BYTES)


def measure(report):
    with tempfile.TemporaryDirectory(prefix="bench-") as certs:
        subprocess.run([PROGRAM, "cert", "--out", certs, NAME], check=True, stdout=subprocess.DEVNULL)
        starts = {"tandem": lambda: tandem(certs)}
        if lab.kamailio_program():
            starts[lab.kamailio_name()] = lambda: kamailio(certs)
        handshakes(report, starts, certs)
        idle(report, starts, certs)


sys.exit(lab.main("tls", __doc__, measure))
