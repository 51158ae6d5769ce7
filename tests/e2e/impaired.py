"""Networks that are no good, each reached from the test's own by one link. A `Cable` is made of two TUN devices: it delays, loses,
repeats and reorders what goes over it as its seed has it. Over a `Leak` the kernel itself loses at random what arrives (nftables)."""
import fcntl
import heapq
import itertools
import json
import os
import random
import select
import shutil
import struct
import threading
import time

import nat
import tap

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
MTU = 1500
UDP = 17
_links = itertools.count()


class Link:
    """Two ends with an address of each family, by 4 and 6: `near` in the test's own network, `far` in the other, which is `there` and
    has no other way out."""

    def __init__(self):
        number = next(_links)
        self.device = f"bad{number}"
        self.near, self.far = ({4: f"198.51.100.{4 * number + end}", 6: f"2001:db8:51:{number:x}::{end}"} for end in (1, 2))
        self.there = nat.Namespace()
        try:
            self._lay()
            for run, own, peer in ((nat._run, self.near, self.far), (self.there.run, self.far, self.near)):
                run("ip", "link", "set", self.device, "mtu", str(MTU), "up")
                run("ip", "addr", "add", own[4], "peer", peer[4], "dev", self.device)
                run("ip", "addr", "add", own[6], "peer", peer[6], "dev", self.device, "nodad")
            for family in (4, 6):
                self.there.run("ip", f"-{family}", "route", "add", "default", "via", self.near[family])
        except BaseException:
            self.close()
            raise

    def close(self):
        self.there.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def _udp_header(packet):
    """Where it begins; None in what is no whole datagram, over IPv6 also in what has extension headers."""
    if packet[0] >> 4 == 6:
        return 40 if packet[6] == UDP else None
    fragment = struct.unpack_from("!H", packet, 6)[0] & 0x3FFF
    return (packet[0] & 15) * 4 if packet[9] == UDP and not fragment else None


def _udp_ports(packet):
    header = _udp_header(packet)
    return None if header is None or len(packet) < header + 8 else struct.unpack_from("!HH", packet, header)


class Cable(Link):
    """Shares are 0 to 1, times in seconds; `passed` and `lost` count what was impaired, each way: 0 is from here to there. What is sent
    from or to the spared port goes at once and is never lost, and so does what is no UDP."""

    def __init__(self, delay=0.0, jitter=0.0, loss=0.0, repeats=0.0, spared=None, seed=1):
        self.delay, self.jitter, self.loss, self.repeats, self.spared = delay, jitter, loss, repeats, spared
        self.passed, self.lost = [0, 0], [0, 0]
        self.random = random.Random(seed)
        self.waiting, self.order = [], itertools.count()
        self.ends, self.thread = [], None
        self.name = f"cable with loss {loss}, delay {delay:g} to {delay + jitter:g} s, {repeats} twice"
        super().__init__()
        self.stop_in, self.stop_out = os.pipe()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _lay(self):
        self.ends.append(_tun(self.device))
        with self.there.inside():
            self.ends.append(_tun(self.device))

    def _run(self):
        while True:
            wait = max(0.0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            ready, _, _ = select.select([*self.ends, self.stop_in], [], [], wait)
            if self.stop_in in ready:
                return
            for end in ready:
                self._take(self.ends.index(end))
            self._deliver()

    def _take(self, way):
        while True:
            try:
                packet = os.read(self.ends[way], MTU)
            except BlockingIOError:
                return
            ports = _udp_ports(packet)
            if ports is None or self.spared in ports:
                self._put(way, 0.0, packet)
            else:
                self._impair(way, packet)

    def _impair(self, way, packet):
        if self.random.random() < self.loss:
            self.lost[way] += 1
            return
        self.passed[way] += 1
        for _ in range(2 if self.random.random() < self.repeats else 1):
            self._put(way, self.delay + self.random.uniform(0, self.jitter), packet)

    def _put(self, way, delay, packet):
        heapq.heappush(self.waiting, (time.monotonic() + delay, next(self.order), 1 - way, packet))

    def _deliver(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, end, packet = heapq.heappop(self.waiting)
            try:
                os.write(self.ends[end], packet)
            except BlockingIOError:
                pass

    def close(self):
        if self.thread:
            os.write(self.stop_out, b"x")
            self.thread.join()
            os.close(self.stop_in)
            os.close(self.stop_out)
        for end in self.ends:
            os.close(end)
        super().close()


# A drop on the way in: on its way out the sender would be told.
DROP = """table inet leak {
    chain in {
        type filter hook input priority 0
        iifname %s meta l4proto udp numgen random mod 1000 < %d counter drop
    }
}
"""


class Leak(Link):
    """`loss` is the share of the datagrams that are lost each way."""

    def __init__(self, loss):
        self.loss, self.name = loss, f"leak of {loss}"
        super().__init__()

    def _lay(self):
        nat._run("ip", "link", "add", self.device, "type", "veth", "peer", "name", self.device, "netns", str(self.there.holder.pid))
        for run in (nat._run, self.there.run):
            run("nft", "-f", "-", text=DROP.replace("leak", self.device) % (self.device, round(self.loss * 1000)))

    @property
    def lost(self):
        """From here to there, and from there to here."""
        return [_dropped(run("nft", "--json", "list", "table", "inet", self.device)) for run in (self.there.run, nat._run)]


def _dropped(ruleset):
    rules = [row["rule"] for row in json.loads(ruleset)["nftables"] if "rule" in row]
    return next(e["counter"]["packets"] for e in rules[0]["expr"] if "counter" in e)


def need():
    """Skips the test where there are no such devices, or no networks to put them into."""
    for tool in ("unshare", "nsenter", "ip", "nft"):
        if not shutil.which(tool):
            raise tap.Skip(f"no {tool}")
    if not os.path.exists("/dev/net/tun"):
        raise tap.Skip("no TUN devices")
