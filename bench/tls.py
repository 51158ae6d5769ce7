"""TLS handshakes a second of the server's CPU time, full ones and resumed ones, and the memory of an idle TLS connection, beside
Kamailio with the same certificate (ECDSA P-256, TLS 1.3). While Tandem holds them, calls go through it."""
import contextlib
import os
import resource
import select
import socket
import ssl
import statistics
import sys

import lab

HANDSHAKES, WARM = 500, 200
IDLE, IDLE_WARM = 20000, 2000
RESERVED = 120  # descriptors for everything else
SOURCES = 8  # addresses that they come from: no port is wanted twice
CALLS, CALL_RATE = 1000, 500
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
    listeners = [word for road in ("tls", "udp") for word in ("--listen", f"{road}:127.0.0.1:{port}")]
    return lab.Server("tandem", [PROGRAM, "serve", "--config", config, *listeners, "--workers", "1"], port, True)


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


def connect(server, how, session=None, source=1):
    """A connection over which one request was answered, so that the server's tickets were read, too."""
    bare = socket.create_connection(("127.0.0.1", server.port), 10, (f"127.0.0.{source}", 0))
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
    """The servers take turns."""
    with lab.running(starts) as servers:
        for resumed in (False, True):
            runs = {who: [] for who in servers}
            for number in range(-1, lab.RUNS):
                for who, server in servers.items():
                    run = shake(server, certs, resumed, HANDSHAKES if number >= 0 else WARM)
                    runs[who] += [run] if number >= 0 else []
            told = {who: {"runs": [round(1e9 / ns) for ns, _ in taken], "resumed": [n for _, n in taken], "count": HANDSHAKES, **lab.machine()}
                    for who, taken in runs.items()}
            report.figures(f"{'resumed' if resumed else 'full'} handshakes a CPU-second", "/s",
                         {who: 1e9 / statistics.median(ns for ns, _ in taken) for who, taken in runs.items()}, told)


def hold(server, certs, count):
    """So many connections that have had their request and now are silent: what is left of TLS here is given up, their descriptors kept."""
    how = context(certs)
    with on_the_other_cpu():
        return [connect(server, how, source=1 + n % SOURCES).detach() for n in range(count)]


def ended(fds):
    """How many of these silent connections are so no more: who is idle hears nothing but its end."""
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    return len(poll.poll(0))


def calls(server):
    return server.load("call", CALL_RATE, CALLS, "--callee", lab.free_port())


def grow(server, certs, count, with_calls):
    """The growth of memory by `count` connections behind the first ones, and two loads of calls: before them and beside them."""
    kept = hold(server, certs, IDLE_WARM)
    try:
        server.pids = lab.tree(server.process.pid)
        loads = [calls(server)] if with_calls else []
        before = server.pss()
        kept += hold(server, certs, count)
        bytes_each = (server.pss() - before) / count
        loads += [calls(server)] if with_calls else []
        return bytes_each, ended(kept), loads
    finally:
        for fd in kept:
            os.close(fd)


def judge_calls(report, loads):
    for name, load in zip(("without", "beside"), loads):
        lab.say(f"calls {name} the connections: {load['lost']} lost, {load['bad']} bad, p50 {load['p50']} us, p99 {load['p99']} us, {load['us']:.0f} us CPU")
        report.failed |= load["lost"] + load["bad"] > 0


def idle(report, starts, certs):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(IDLE, hard - RESERVED) - IDLE_WARM
    figures, told = {}, {}
    for who, start in starts.items():
        with start() as server:
            figures[who], gone, loads = grow(server, certs, count, who == "tandem")
        judge_calls(report, loads)
        report.failed |= who == "tandem" and gone > 0
        told[who] = {"connections": count + IDLE_WARM, "ended": gone, "by": f"growth of PSS by the last {count}", **lab.machine()}
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    report.figures(f"memory of an idle connection of {count + IDLE_WARM}", "bytes", figures, told)


def measure(report):
    with lab.certificate(NAME) as certs:
        starts = {"tandem": lambda: tandem(certs)}
        if lab.kamailio_program():
            starts[lab.kamailio_name()] = lambda: kamailio(certs)
        handshakes(report, starts, certs)
        idle(report, starts, certs)


sys.exit(lab.main("tls", __doc__, measure))
