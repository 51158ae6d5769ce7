"""Phones behind NATs of each kind: a network namespace for each box and each phone, made with veth and nftables. They live as long as
the processes that hold them, so nothing is left behind."""
import contextlib
import ctypes
import os
import shutil
import socket
import subprocess

import tap

PRIVATE = "192.168.1.2"  # every phone's, each behind a box of its own
PORT = 5060
UDP_S = 2  # after which a box forgets who was silent
TCP_S = 3

# What each kind does with a packet from outside that answers none from inside: RFC 4787's endpoint-independent mapping with each
# filter, and a mapping that depends on the endpoint.
MASQUERADE = 'chain masq { type nat hook postrouting priority 100; oifname "wan" masquerade; }'
RULES = {
    "full_cone": MASQUERADE + """
        chain inward { type nat hook prerouting priority -100; iifname "wan" udp dport %(port)d dnat to %(phone)s:%(port)d; }""",
    "address_restricted": MASQUERADE + """
        set contacted { type ipv4_addr; flags dynamic,timeout; timeout %(udp)ds; }
        chain outward { type filter hook forward priority 0; oifname "wan" meta l4proto udp update @contacted { ip daddr }; }
        chain inward { type nat hook prerouting priority -100;
            iifname "wan" ip saddr @contacted udp dport %(port)d dnat to %(phone)s:%(port)d; }""",
    "port_restricted": MASQUERADE,
    "symmetric": 'chain masq { type nat hook postrouting priority 100; oifname "wan" masquerade random,fully-random; }',
}
KINDS = list(RULES)
SYSCTLS = {"net.ipv4.ip_forward": 1, "net.netfilter.nf_conntrack_udp_timeout": UDP_S,
           "net.netfilter.nf_conntrack_udp_timeout_stream": UDP_S,
           "net.netfilter.nf_conntrack_tcp_timeout_established": TCP_S}

libc = ctypes.CDLL(None, use_errno=True)
_boxes = 0


def _run(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout


class Namespace:
    """A network of its own, held by a process that sleeps."""

    def __init__(self):
        self.holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.run("ip", "link", "set", "lo", "up")

    def prefix(self):
        return ["nsenter", "--net", "--target", str(self.holder.pid), "--"]

    def run(self, *command, text=None):
        return _run(*self.prefix(), *command, text=text)

    @contextlib.contextmanager
    def inside(self):
        """Sockets that are made here belong to it for ever."""
        with open("/proc/self/ns/net", encoding="ascii") as home, \
                open(f"/proc/{self.holder.pid}/ns/net", encoding="ascii") as there:
            assert libc.setns(there.fileno(), 0) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert libc.setns(home.fileno(), 0) == 0

    def socket(self, kind=socket.SOCK_DGRAM, port=0, host=PRIVATE):
        with self.inside():
            s = socket.socket(socket.AF_INET, kind)
            s.bind((host, port))
            return s

    def close(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()


def _join(one, name, address, other, other_name, other_address):
    """A cable between two namespaces; None is the test's own."""
    place = ["netns", str(one.holder.pid)] if one else []
    _run("ip", "link", "add", name, *place, "type", "veth", "peer", "name", other_name, "netns", str(other.holder.pid))
    for box, device, ip in ((one, name, address), (other, other_name, other_address)):
        run = box.run if box else _run
        run("ip", "addr", "add", ip, "dev", device)
        run("ip", "link", "set", device, "up")


class Nat:
    """A box with one phone behind it. `phone` is the phone's network, `box` the box's; `public` is the box's address outside."""

    def __init__(self, kind):
        global _boxes
        _boxes += 1
        n = _boxes
        self.kind = kind
        self.outside = f"w{n}"
        self.public = f"198.51.100.{4 * n + 2}"
        self.box, self.phone = Namespace(), Namespace()
        try:
            _join(None, self.outside, f"198.51.100.{4 * n + 1}/30", self.box, "wan", f"{self.public}/30")
            _join(self.box, "lan", "192.168.1.1/24", self.phone, "eth", f"{PRIVATE}/24")
            self.box.run("ip", "route", "add", "default", "via", f"198.51.100.{4 * n + 1}")
            self.phone.run("ip", "route", "add", "default", "via", "192.168.1.1")
            rules = RULES[kind] % {"phone": PRIVATE, "port": PORT, "udp": UDP_S}
            self.box.run("nft", "-f", "-", text=f"table ip nat {{\n{rules}\n}}\n")
            for name, value in SYSCTLS.items():
                self.box.run("sysctl", "-q", "-w", f"{name}={value}")
        except BaseException:
            self.close()
            raise

    def remembers(self, port, protocol="udp"):
        """Has the box still an entry for what the phone sends from this port?"""
        return any(line.split()[2] == protocol and f"src={PRIVATE} " in line and f"sport={port} " in line
                   for line in self.box.run("cat", "/proc/net/nf_conntrack").splitlines())

    def close(self):
        self.phone.close()
        self.box.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def need():
    """Skips the test where the kernel or the tools do not suffice."""
    for tool in ("unshare", "nsenter", "ip", "nft", "sysctl"):
        if not shutil.which(tool):
            raise tap.Skip(f"no {tool}")
    box = Namespace()
    try:
        box.run("nft", "-f", "-", text=f"table ip nat {{\n{MASQUERADE}\n}}\n")
        box.run("test", "-r", "/proc/net/nf_conntrack")
    except AssertionError as why:
        raise tap.Skip(f"no NAT can be made here: {why}") from None
    finally:
        box.close()
