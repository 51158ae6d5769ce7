"""`tandem trace` on interfaces, in a network of the test's own, beside what dumpcap and tshark see of it."""
import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile

import netns
from client import tandem
from server import PROGRAM, Server, free_port, wait_for
from sipp import Sipp, register
from tap import Skip, note
from terminal import Terminal
from test_trace import CALL, calls, message


class Live:
    """A trace that goes on until it is stopped. `out` and `said` are then what it wrote."""

    def __init__(self, *words, before=()):
        self.outputs = [tempfile.TemporaryFile("w+") for _ in range(2)]
        self.process = subprocess.Popen([*before, PROGRAM, "trace", *words], stdout=self.outputs[0], stderr=self.outputs[1])
        try:
            wait_for(lambda: "listening to" in self.said, 20, lambda: self.said)
        except AssertionError:
            self.process.kill()
            raise

    def _written(self, i):
        descriptor = self.outputs[i].fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    @property
    def out(self):
        return self._written(0)

    @property
    def said(self):
        return self._written(1)

    def objects(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def stop(self, sig=signal.SIGINT, status=0):
        self.process.send_signal(sig)
        assert self.process.wait(60) == status, self.said
        assert "Sanitizer" not in self.said, self.said
        return self.out

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def talk(texts=CALL, ends=(5060, 5070), host="127.0.0.1"):
    """The messages as datagrams between two ports."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in ends]
        for s, port in zip(sockets, ends):
            s.bind((host, port))
        for text, way in texts:
            sockets[way].sendto(text, (host, ends[1 - way]))


@contextlib.contextmanager
def dumpcap(path, interface="lo"):
    if not shutil.which("dumpcap") or not shutil.which("tshark"):
        raise Skip("no dumpcap and tshark")
    process = subprocess.Popen(["dumpcap", "-q", "-i", interface, "-w", path], stderr=subprocess.PIPE, text=True)
    assert "Capturing on" in process.stderr.readline()
    assert "File:" in process.stderr.readline()
    yield
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def messages_of(path, *ports):
    """How many SIP messages tshark sees of each Call-ID. It is told of these ports ("tcp.port==5080"), which may be somebody else's by
    name."""
    known = (word for port in ports for word in ("-d", f"{port},sip"))
    run = subprocess.run(["tshark", "-r", path, *known, "-Y", "sip", "-T", "fields", "-e", "sip.Call-ID"], capture_output=True, text=True, check=True)
    found = {}
    for line in run.stdout.split():
        for call in line.split(","):
            found[call] = found.get(call, 0) + 1
    return found


def check_calls_of_sipp(transport, mode):
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        theirs, ours = os.path.join(folder, "theirs.pcapng"), os.path.join(folder, "ours.pcapng")
        port = free_port()
        with dumpcap(theirs), Live("--interface", "lo", "--list", "--json", "--filter", f"port {server.port} or {port}", "--pcap", ours) as live:
            with Sipp("callee.xml", port, "-m", "50", "-timeout", "60s", transport=mode) as callee:
                register(server, "bob", port, transport, free_port())
                caller = Sipp("caller.xml", free_port(), "-s", "bob", "-m", "50", "-r", "50", "-timeout", "60s", remote=server.addr, transport=mode)
                assert caller.finish(90)["ok"] == 50, caller.errors()
                callee.finish(30)
            live.stop(signal.SIGTERM)
        ports = [f"{transport}.port=={of}" for of in (server.port, port)]
        wanted, found = messages_of(theirs, *ports), {c["call_id"]: c["messages"] for c in live.objects()}
        assert found == wanted and len(found) >= 51, (found, wanted, live.said)
        assert " 0 lost by the kernel" in live.said, live.said
        assert messages_of(ours, *ports) == wanted
        assert {c["call_id"]: c["messages"] for c in calls(ours)} == wanted
        note(f"{transport}: {sum(wanted.values())} messages of {len(wanted)} calls, as tshark has them")


def test_calls_of_sipp_over_udp_are_those_that_tshark_sees():
    check_calls_of_sipp("udp", "u1")


def test_calls_of_sipp_over_tcp_are_those_that_tshark_sees():
    check_calls_of_sipp("tcp", "t1")


def test_each_message_comes_once_from_loopback_and_from_any():
    for interface in ("lo", "any"):
        with Live("--interface", interface, "--list", "--json") as live:
            talk()
            live.stop()
        assert [(c["call_id"], c["messages"]) for c in live.objects()] == [("call-1", 6)], live.out


def test_messages_are_followed():
    with Live("--interface", "lo", "--follow") as live, Live("--interface", "lo", "--follow", "--json", "--method", "INVITE") as other:
        talk()
        wait_for(lambda: live.out.count("\n") == 6 and other.out.count("\n") == 6, 30, lambda: live.out + other.out)
        talk([(CALL[0][0], 0), (message("OPTIONS sip:bob@example.com SIP/2.0", call="call-2", method="OPTIONS"), 0)])
        wait_for(lambda: live.out.count("\n") == 8, 30, lambda: live.out)
        other.stop()
        lines = live.stop().splitlines()
    assert "127.0.0.1:5060 > 127.0.0.1:5070 UDP INVITE sip:bob@example.com  call-1" in lines[0], lines
    assert "180 Ringing (INVITE)  call-1" in lines[1] and "INVITE sip:bob@example.com again" in lines[6], lines
    assert [(m["call_id"], m["method"], m.get("status"), m["repeats"]) for m in other.objects()] == [
        ("call-1", "INVITE", None, 0), ("call-1", "INVITE", 180, 0), ("call-1", "INVITE", 200, 0), ("call-1", "ACK", None, 0),
        ("call-1", "BYE", None, 0), ("call-1", "BYE", 200, 0), ("call-1", "INVITE", None, 1)], other.out
    assert other.objects()[0]["text"].encode() == CALL[0][0]


def test_a_server_is_followed():
    with tempfile.TemporaryDirectory() as folder, Server("--data", folder) as server:
        process = subprocess.Popen([PROGRAM, "trace", "--data", folder, "--follow", "--json"], stdout=subprocess.PIPE, text=True)
        tandem("options", f"sip:{server.addr}")
        seen = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    process.stdout.close()
    assert [(m["method"], m.get("status")) for m in seen] == [("OPTIONS", None), ("OPTIONS", 200)], seen


def test_what_does_not_fit_the_filter_is_not_there():
    with Live("--interface", "lo", "--list", "--json", "--filter", "port 6060 and not host 192.0.2.1") as live:
        talk()
        talk([(message("OPTIONS sip:bob@example.com SIP/2.0", call="call-2", method="OPTIONS"), 0)], (6060, 6070))
        live.stop()
    assert [c["call_id"] for c in live.objects()] == ["call-2"], live.out


def burst(live, n, size):
    """Sends while the trace stands still, so that only the ring can keep what comes."""
    live.process.send_signal(signal.SIGSTOP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.bind(("127.0.0.1", 5060))
        for i in range(n):
            out.sendto(message("OPTIONS sip:bob@example.com SIP/2.0", i + 1, "burst", "OPTIONS", bytes(size)), ("127.0.0.1", 5070))
    live.process.send_signal(signal.SIGCONT)
    live.stop()
    lost = int(live.said.split(" lost by the kernel")[0].split()[-1])
    return sum(c["messages"] for c in live.objects()), lost


def test_a_burst_has_room_and_beyond_it_losses_are_counted():
    with Live("--interface", "lo", "--list", "--json", "--filter", "udp port 5060") as live:
        assert burst(live, 10000, 1200) == (10000, 0), live.said
    with Live("--interface", "lo", "--list", "--json", "--filter", "udp port 5060") as live:
        # 80 MB; port unreachable comes as ICMP, which is limited
        got, lost = burst(live, 20000, 4000)
        assert got < 20000 and got + lost >= 20000, live.said
        note(f"of 20000 messages of 4 kB {got} were kept, {lost} frames lost, as was told")


def test_a_file_is_whole_whatever_happens():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "live.pcapng")
        with Live("--interface", "lo", "--follow", "--filter", "udp", "--pcap", path) as live:
            talk()
            wait_for(lambda: live.out.count("\n") == 6, 30, lambda: live.out)
            live.process.kill()
            live.process.wait()
        assert [(c["call_id"], c["messages"]) for c in calls(path)] == [("call-1", 6)]


def test_the_screen_follows():
    command = shlex.join([PROGRAM, "trace", "--screen", "--interface", "lo"])
    with Terminal(command) as t:
        t.see("0 calls", "lo")
        talk()
        t.see("1 call", "alice@example.com", "COMPLETED")
        t.keys("q")
        t.see("y")
        t.keys("y")
        t.see("left with 0", "6 messages")


def test_who_may_not_is_told_what_to_do():
    if not shutil.which("setpriv"):
        raise Skip("no setpriv")
    run = subprocess.run(["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw", PROGRAM, "trace", "--interface", "lo", "--list"],
                         capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 2 and "CAP_NET_RAW" in run.stderr and "setcap cap_net_raw=ep" in run.stderr, run.stderr
    assert "there are any, lo" in tandem("trace", "--interface", "nowhere", status=2).stderr
    for words in (["--filter", "port x"], ["--interface", "lo", "a.pcap"], ["--interface", "lo", "--pcap", "x", "--user", "bob"],
                  ["--listen", "udp:127.0.0.1:9060"], ["--listen", "hep:udp:127.0.0.1:0", "--interface", "lo"]):
        assert "tandem: trace: " in tandem("trace", *words, status=2).stderr


def rights(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        lines = dict(line.split(":", 1) for line in status)
    return lines["Uid"].split()[1], int(lines["CapEff"], 16) | int(lines["CapPrm"], 16), lines["NoNewPrivs"].strip()


def test_rights_are_given_up():
    with Live("--interface", "lo", "--list") as live:
        assert rights(live.process)[1:] == (0, "1")
        live.stop()
    with open("/proc/self/uid_map", encoding="ascii") as users:
        if len(users.read().split()) == 3 and not os.access("/proc/1/environ", os.R_OK):
            raise Skip("no other user here")
    with Live("--interface", "lo", "--list", "--json", before=("env", "SUDO_UID=65534")) as live:
        assert rights(live.process) == ("65534", 0, "1")
        talk()
        live.stop()
    assert [c["messages"] for c in live.objects()] == [6]


def test_an_interface_that_goes_down_ends_it():
    subprocess.run(["ip", "link", "add", "gone", "type", "veth", "peer", "name", "other"], check=True)
    subprocess.run(["ip", "link", "set", "gone", "up"], check=True)
    with Live("--interface", "gone", "--list") as live:
        subprocess.run(["ip", "link", "del", "gone"], check=True)
        assert live.process.wait(30) == 0
        assert "gone: the interface went down" in live.said, live.said


if __name__ == "__main__":
    netns.run([])
