"""Throws published torture messages and messages of real phones at the server, over UDP and TCP, inside a network
namespace without routes: each gets its verdict, the server stays up, and it still serves a call."""
import csv
import glob
import os
import re
import select
import socket
import subprocess
import sys

import tap
from server import Server, free_port
from sipp import Sipp, register

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("TANDEM_TESTDATA") or os.path.join(HERE, "..", "..", "..", "shared", "testdata")
DATAGRAM_MAX = 65507
# What the checks that made the manifest let pass and the grammar forbids.
REFUSED_ALL_THE_SAME = {
    "1061-proj-flexisip-OPTIONS.sip": "Route that ends in the middle",
    "1062-proj-flexisip-INVITE.sip": "Route that ends in the middle",
    "1063-proj-flexisip-REFER.sip": "Route that ends in the middle",
    "1125-proj-nksip-OPTIONS.sip": "unquoted display name with a comma",
    "1250-proj-osip-INVITE.sip": "headers in the Request-URI",
    "1261-proj-osip-INVITE.sip": "headers in a tel URI",
    "1288-proj-osip-INVITE.sip": "headers in the Request-URI",
    "1302-proj-osip-INVITE.sip": "unquoted display name with a comma",
    "1323-proj-osip-INVITE.sip": "headers in the Request-URI",
}
PROBE = ("OPTIONS sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKprobe{n};rport\r\n"
         "Max-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1>;tag=probe\r\nTo: <sip:{host}>\r\nCall-ID: probe{n}@{port}\r\n"
         "CSeq: {n} OPTIONS\r\nContent-Length: 0\r\n\r\n")


def isolated():
    """True inside a namespace that has no interface but loopback."""
    with open("/proc/net/dev", encoding="ascii") as f:
        return [line.split(":")[0].strip() for line in f if ":" in line] == ["lo"]


def messages(folder, pattern):
    files = sorted(glob.glob(os.path.join(DATA, folder, pattern)))
    if not files:
        raise tap.Skip("no test data")
    for path in files:
        with open(path, "rb") as f:
            yield os.path.basename(path), f.read()


def via_port(message):
    """The port that an answer goes to by RFC 3261 18.2.2: the topmost Via's."""
    via = re.search(rb"^(?:Via|v)[ \t]*:[^\r\n]*?/[^\r\n]*?[ \t]+(?:\[[^\]]*\]|[^:;,\s]+)(?:[ \t]*:[ \t]*(\d+))?([^\r\n,]*)",
                    message, re.M | re.I)
    if not via or re.search(rb";[ \t]*rport", via.group(2)):
        return 0
    return int(via.group(1) or 5060)


class Thrower:
    """Sends messages to a server and collects what comes back before the answer to a probe that follows each."""

    def __init__(self, server):
        self.server, self.n = server, 0
        self.probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.probe.bind(("127.0.0.1", 0))

    def await_probe(self):
        self.n += 1
        port = self.probe.getsockname()[1]
        self.probe.settimeout(5)
        self.probe.sendto(PROBE.format(host=self.server.addr, port=port, n=self.n).encode(), ("127.0.0.1", self.server.port))
        while True:
            answer = self.probe.recv(65536)
            if b"probe%d@" % self.n in answer:
                assert answer.startswith(b"SIP/2.0 200"), answer
                return

    def udp(self, message, expects_answer=False):
        """The statuses that came back; none for what no datagram can carry. What is relayed is answered later than
        the probe: where an answer is expected it is waited for."""
        if len(message) > DATAGRAM_MAX:
            return []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", via_port(message) if 0 < via_port(message) < 65536 else 0))
            s.sendto(message, ("127.0.0.1", self.server.port))
            self.await_probe()
            statuses = []
            while select.select([s], [], [], 2 if expects_answer and not statuses else 0)[0]:
                statuses += self._status(s.recv(65536))
            return statuses

    def tcp(self, message):
        """The statuses that came back before the server closed the connection."""
        with socket.create_connection(("127.0.0.1", self.server.port), 5) as s:
            s.settimeout(5)
            s.sendall(message)
            s.shutdown(socket.SHUT_WR)
            got = b""
            while True:
                try:
                    data = s.recv(65536)
                except ConnectionResetError:
                    break
                if not data:
                    break
                got += data
            self.await_probe()
            return self._status(got)

    @staticmethod
    def _status(data):
        return [int(x) for x in re.findall(rb"^SIP/2\.0 (\d{3})", data, re.M)]


def serving():
    return Server("--workers", "1", "--domain", "example.com", "--domain", "example.org", "--domain", "example.net")


def still_serves_a_call(server):
    callee_port = free_port()
    with Sipp("callee.xml", callee_port, "-m", "1", "-timeout", "20s"):
        register(server, "bob", callee_port, "udp", free_port())
        caller = Sipp("caller.xml", free_port(), "-s", "bob", "-m", "1", "-timeout", "20s", remote=server.addr)
        called = caller.finish(30)
        assert called["ok"] == 1, f"{called} {caller.errors()}"


def verdict_holds(verdict, statuses, message):
    """What the table says of a request against the statuses that came back."""
    final = [s for s in statuses if s >= 200]
    if message.startswith(b"SIP/") or verdict.startswith("discard"):
        return not statuses
    if verdict.startswith("accept") or verdict in ("valid", "must parse"):
        return bool(statuses) and not {400, 505} & set(final)
    if verdict.startswith("reject 505"):
        return final == [505]
    if verdict.startswith("reject 400 (may") or " or " in verdict or verdict.startswith("tolerate"):
        return bool(statuses)
    if verdict.startswith(("reject", "invalid")):
        return bool(final) and final[0] in (400, 501)
    if verdict.endswith("at endpoint"):
        return bool(statuses)
    return bool(final) and str(final[0]) in verdict


def rows_of(path):
    path = os.path.join(DATA, path)
    if not os.path.exists(path):
        raise tap.Skip("no test data")
    with open(path, newline="", encoding="utf-8") as f:
        return [row for row in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if row]


def table(path, verdict_column):
    return {row[0]: row[verdict_column] for row in rows_of(path) if not row[0].startswith("#")}


def judge(thrower, named, verdicts):
    wrong = []
    for name, message in named:
        verdict = verdicts.get(name) or verdicts.get(os.path.splitext(name)[0])
        statuses = thrower.udp(message, bool(verdict) and not verdict_holds(verdict, [], message))
        if verdict and not verdict_holds(verdict, statuses, message):
            wrong.append(f"{name}: {verdict}, but {statuses}")
        thrower.tcp(message)
    assert not wrong, "\n".join(wrong)


# What is wrong, what replaces a line of a good OPTIONS, and the answer.
FAULTS = (
    ("nothing", "", "", 200),
    ("version", "SIP/2.0\r\nVia", "SIP/9.0\r\nVia", 505),
    ("scheme", "OPTIONS sip:example.com", "OPTIONS fax:example.com", 416),
    ("no To", "To: <sip:example.com>\r\n", "", 400),
    ("two From", "From:", "From: <sip:a@b>;tag=2\r\nFrom:", 400),
    ("CSeq method", "1 OPTIONS", "1 INVITE", 400),
    ("CSeq number", "1 OPTIONS", "4294967296 OPTIONS", 400),
    ("body too short", "Content-Length: 0", "Content-Length: 10", 400),
    ("Content-Length", "Content-Length: 0", "Content-Length: -1", 400),
    ("line without colon", "Max-Forwards: 70", "Max-Forwards 70", 400),
    ("Require", "Max-Forwards: 70", "Max-Forwards: 70\r\nRequire: nothingHasThis", 420),
    ("method for the server", "OPTIONS", "DANCE", 405),
    ("unknown user", "sip:example.com SIP", "sip:nobody@example.com SIP", 404),
    ("no hops left", "Max-Forwards: 70", "Max-Forwards: 0", 200),
    ("no hops left for a user", "sip:example.com SIP", "sip:bob@example.com SIP", 483),
    ("foreign domain", "sip:example.com SIP", "sip:bob@192.0.2.77 SIP", 403),
)


def faulty(n, old, new, status):
    message = ("OPTIONS sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKown%d\r\n"
               "Max-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:example.com>\r\nCall-ID: own%d\r\n"
               "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n" % (n, n)).replace(old, new)
    return (message.replace("Max-Forwards: 70", "Max-Forwards: 0") if status == 483 else message).encode()


def test_each_fault_has_its_answer():
    with serving() as server:
        thrower, wrong = Thrower(server), []
        for n, (what, old, new, status) in enumerate(FAULTS):
            got = thrower.udp(faulty(n, old, new, status), True)
            if got != [status]:
                wrong.append(f"{what}: {status} wanted, {got} came")
        assert not wrong, "\n".join(wrong)
        still_serves_a_call(server)


def test_rfc4475():
    with serving() as server:
        verdicts = table("rfc4475/expected.tsv", 5)
        verdicts.pop("test.dat")
        judge(Thrower(server), messages("rfc4475", "msg/*.dat"), verdicts)
        still_serves_a_call(server)


def test_rfc5118():
    with serving() as server:
        judge(Thrower(server), messages("rfc5118", "wire/*.dat"), table("rfc5118/expected.tsv", 3))
        still_serves_a_call(server)


def test_messages_of_real_phones():
    with serving() as server:
        thrower = Thrower(server)
        head, *rest = rows_of("realworld/MANIFEST.tsv")
        consensus_of = {row[0]: row[head.index("consensus")] for row in rest}
        wrong, count = [], 0
        for name, message in messages("realworld", "*.sip"):
            count += 1
            statuses = thrower.udp(message)
            thrower.tcp(message)
            consensus = consensus_of[name]
            if consensus == "accept" and 400 in statuses and name not in REFUSED_ALL_THE_SAME:
                wrong.append(f"{name}: refused with {statuses}")
            if consensus == "reject" and any(s < 400 and s != 100 for s in statuses):
                wrong.append(f"{name}: accepted with {statuses}")
        tap.note(f"{count} messages")
        assert not wrong, "\n".join(wrong)
        still_serves_a_call(server)


def test_memory_stays_bounded():
    with serving() as server:
        thrower = Thrower(server)
        everything = [m for _, m in messages("rfc4475", "msg/*.dat")]
        for message in everything:
            thrower.udp(message)
        before = server.rss_kb()
        for _ in range(20):
            for message in everything:
                thrower.udp(message)
        grown = server.rss_kb() - before
        assert grown < 20000, f"{grown} kB more after the same messages twenty times over"


if __name__ == "__main__":
    if not isolated():
        command = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv]
        if os.geteuid():
            command[1:2] = ["-r", "-n"]
        sys.exit(subprocess.run(command, check=False).returncode)
    tap.main(sys.modules["__main__"])  # its network has no way out, and is not to get one
