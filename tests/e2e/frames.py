"""Captures made by tests: frames layer by layer, PCAP and PCAPNG files around them."""
import ipaddress
import struct

ETHERNET, RAW, SLL = 1, 101, 113


def udp(payload, source, target):
    return struct.pack("!HHHH", source, target, 8 + len(payload), 0) + payload


def tcp(payload, source, target, sequence, flags=0x18):
    return struct.pack("!HHIIHHHH", source, target, sequence & 0xffffffff, 0, 0x5000 | flags, 65535, 0, 0) + payload


def ip(payload, source, target, protocol=17, fragment=0, number=0):
    source, target = ipaddress.ip_address(source), ipaddress.ip_address(target)
    if source.version == 6:
        return struct.pack("!IHBB", 0x60000000, len(payload), protocol, 64) + source.packed + target.packed + payload
    head = struct.pack("!HHHHBBH", 0x4500, 20 + len(payload), number, fragment, 64, protocol, 0)
    return head + source.packed + target.packed + payload


def ethernet(packet, tags=()):
    kind = 0x86dd if packet[0] >> 4 == 6 else 0x0800
    head = bytes(12)
    for tag in tags:
        head += struct.pack("!HH", 0x8100, tag)
    return head + struct.pack("!H", kind) + packet


def datagram(payload, source, target):
    """A UDP datagram between two ("ADDRESS", PORT) as a frame of raw IP."""
    return ip(udp(payload, source[1], target[1]), source[0], target[0])


def segment(payload, source, target, sequence, flags=0x18):
    """The same of TCP."""
    return ip(tcp(payload, source[1], target[1], sequence, flags), source[0], target[0], 6)


def pcap(frames, link=RAW, order="<", snap=lambda frame: frame):
    """A PCAP file of (time in seconds, bytes). `snap`: what is kept of a frame."""
    out = struct.pack(order + "IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link)
    for at, frame in frames:
        kept = snap(frame)
        out += struct.pack(order + "IIII", int(at), round(at % 1 * 1000000), len(kept), len(frame)) + kept
    return out


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def pcapng(frames, links=(RAW,), key_log=b""):
    """A PCAPNG file of (time in seconds, bytes, place of its link type in `links`)."""
    out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    for link in links:
        out += block(1, struct.pack("<HHI", link, 0, 0))
    if key_log:
        out += block(10, b"KSLT" + struct.pack("<I", len(key_log)) + key_log)
    for at, frame, interface in frames:
        units = round(at * 1000000)
        out += block(6, struct.pack("<IIIII", interface, units >> 32, units & 0xffffffff, len(frame), len(frame)) + frame)
    return out


def rtp(sequence, timestamp, ssrc, payload=bytes(160), kind=0):
    return struct.pack("!BBHII", 0x80, kind, sequence & 0xffff, timestamp & 0xffffffff, ssrc) + payload


def masked(payload, first=0x81):
    """A WebSocket frame as a client sends it."""
    mask = b"\x5a\x01\x99\xf0"
    body = bytes(c ^ mask[i % 4] for i, c in enumerate(payload))
    size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + struct.pack("!H", len(body))
    return bytes([first]) + size + mask + body
