"""Who comes and goes: strangers.py TCP TLS CA RATE NOISE SECONDS EVERY. RATE connections a second, by TCP and TLS in turn, are made, ask by OPTIONS,
and are closed: told as `tandem load` tells of its sessions. NOISE times a second a stranger sends what is no SIP, or looks what a port holds."""
import json
import os
import signal
import socket
import ssl
import sys
import time

import paths  # noqa: F401, before those that it leads to
from attack import garbage

PEER, STRANGER, PATIENCE_S, KEPT = "127.0.1.4", "127.0.9.1", 5, 8
REQUEST = ("OPTIONS sip:soak.test SIP/2.0\r\nVia: SIP/2.0/{road} {own};branch=z9hG4bK{unique}\r\nMax-Forwards: 70\r\n"
           "From: <sip:comer@soak.test>;tag={unique}\r\nTo: <sip:soak.test>\r\nCall-ID: {unique}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")


def place(listener):
    _, host, port = listener.split(":")
    return host, int(port)


class Comer:
    """Its connections, one after the other."""

    def __init__(self, tcp, tls, ca):
        self.roads, self.turn = (("TCP", tcp), ("TLS", tls)), 0
        self.context = ssl.create_default_context(cafile=ca)

    def come(self):
        """None, or why it failed."""
        road, to = self.roads[self.turn % 2]
        self.turn += 1
        try:
            with socket.create_connection(to, PATIENCE_S, (PEER, 0)) as plain:
                if road == "TCP":
                    return self.ask(plain, road)
                with self.context.wrap_socket(plain, server_hostname="soak.test") as secret:
                    return self.ask(secret, road)
        except OSError as error:
            return type(error).__name__

    @staticmethod
    def ask(stream, road):
        own = "{}:{}".format(*stream.getsockname())
        stream.sendall(REQUEST.format(road=road, own=own, unique=os.urandom(8).hex()).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            more = stream.recv(65536)
            if not more:
                return "hung up"
            answer += more
        return None if answer.startswith(b"SIP/2.0 200 ") else answer.split(b"\r\n")[0].decode(errors="replace")


class Stranger:
    """Garbage by datagrams; connections that say nothing, garbage, or half a message, some of them left open for a while."""

    def __init__(self, tcp):
        self.tcp, self.turn, self.kept = tcp, 0, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((STRANGER, 0))

    def act(self):
        self.turn += 1
        if self.turn % 4:
            self.socket.sendto(garbage(self.turn), self.tcp)
        else:
            self.scan()

    def scan(self):
        try:
            stream = socket.create_connection(self.tcp, PATIENCE_S, (STRANGER, 0))
            self.kept.append(stream)
            stream.sendall((b"", garbage(self.turn), b"INVITE sip:x@soak.test SIP/2.0\r\nVia: ")[self.turn // 4 % 3])
        except OSError:
            pass  # banned
        while len(self.kept) > KEPT:
            self.kept.pop(0).close()


class Tally:
    def __init__(self):
        self.began, self.told, self.failures, self.done, self.recent, self.recent_failed = time.monotonic(), 0.0, {}, 0, [], 0

    def count(self, seconds, why):
        if why is None:
            self.done += 1
            self.recent.append(seconds * 1000)
        else:
            self.recent_failed += 1
            self.failures[why] = self.failures.get(why, 0) + 1

    def tell(self):
        now, times = time.monotonic() - self.began, sorted(self.recent) or [0]
        span = now - self.told
        print(json.dumps({"event": "interval", "seconds": round(now, 3), "started_per_s": (len(self.recent) + self.recent_failed) / span,
                          "succeeded_per_s": len(self.recent) / span, "failed": self.recent_failed,
                          "p50_ms": round(times[len(times) // 2], 3), "p99_ms": round(times[len(times) * 99 // 100], 3)}), flush=True)
        self.told, self.recent, self.recent_failed = now, [], 0

    def end(self):
        failed = sum(self.failures.values())
        print(json.dumps({"event": "end", "started": self.done + failed, "succeeded": self.done, "failed": failed,
                          "failures": [{"cause": why, "count": n} for why, n in self.failures.items()]}), flush=True)
        return 1 if failed else 0


def main():
    tcp, tls, ca = place(sys.argv[1]), place(sys.argv[2]), sys.argv[3]
    rate, noise, seconds, every = map(float, sys.argv[4:])
    comer, stranger, tally = Comer(tcp, tls, ca), Stranger(tcp), Tally()
    tasks = {"come": tally.began, "act": tally.began, "tell": tally.began + every}
    asked_to_end = []
    signal.signal(signal.SIGTERM, lambda *_: asked_to_end.append(True))
    while min(tasks.values()) < tally.began + seconds and not asked_to_end:
        due = min(tasks, key=tasks.get)
        time.sleep(max(0.0, tasks[due] - time.monotonic()))
        if due == "come":
            began = time.monotonic()
            why = comer.come()
            tally.count(time.monotonic() - began, why)
            tasks[due] += 1 / rate
        elif due == "act":
            stranger.act()
            tasks[due] += 1 / noise
        else:
            tally.tell()
            tasks[due] += every
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
