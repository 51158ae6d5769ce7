"""A cable that is no good: between the test's own network and another, made of two TUN devices, it delays, loses, repeats and
reorders what goes over it as its seed has it. What is sent from or to the spared port goes at once and is never lost."""
import fcntl
import heapq
import itertools
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
HERE, THERE = "198.51.100.1", "198.51.100.2"


def _device(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def _udp_ports(packet):
    """None of what is no whole datagram over IPv4."""
    header = (packet[0] & 15) * 4
    fragment = struct.unpack_from("!H", packet, 6)[0] & 0x3FFF
    if packet[0] >> 4 != 4 or packet[9] != 17 or fragment or len(packet) < header + 8:
        return None
    return struct.unpack_from("!HH", packet, header)


class Cable:
    """`there` is the other network. Shares are 0 to 1, times in seconds; `passed` and `lost` count what was impaired, each way:
    0 is from here to there."""

    def __init__(self, delay=0.0, jitter=0.0, loss=0.0, repeats=0.0, spared=5060, seed=1):
        self.delay, self.jitter, self.loss, self.repeats, self.spared = delay, jitter, loss, repeats, spared
        self.passed, self.lost = [0, 0], [0, 0]
        self.random = random.Random(seed)
        self.waiting, self.order = [], itertools.count()
        self.there = nat.Namespace()
        self.ends = []
        try:
            self._lay()
        except BaseException:
            self.close()
            raise
        self.stop_in, self.stop_out = os.pipe()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _lay(self):
        self.ends.append(_device("cable"))
        with self.there.inside():
            self.ends.append(_device("cable"))
        for run, address, peer in ((nat._run, HERE, THERE), (self.there.run, THERE, HERE)):
            run("ip", "addr", "add", address, "peer", peer, "dev", "cable")
            run("ip", "link", "set", "cable", "mtu", str(MTU), "up")

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
        if hasattr(self, "thread"):
            os.write(self.stop_out, b"x")
            self.thread.join()
            os.close(self.stop_in)
            os.close(self.stop_out)
        for end in self.ends:
            os.close(end)
        self.there.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def need():
    """Skips the test where there are no such devices, or no networks to put them into."""
    for tool in ("unshare", "nsenter", "ip"):
        if not shutil.which(tool):
            raise tap.Skip(f"no {tool}")
    if not os.path.exists("/dev/net/tun"):
        raise tap.Skip("no TUN devices")
