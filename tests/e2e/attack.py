"""Senders of what nobody asked for: garbage at a rate, from an address of the test's choice, for a bounded time."""
import os
import socket
import subprocess
import sys
import time

BURST_S = 0.005
REQUEST = ("OPTIONS sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{unique};rport\r\nMax-Forwards: 70\r\n"
           "From: <sip:probe@{host}>;tag={unique}\r\nTo: <sip:{host}>\r\nCall-ID: {unique}\r\nCSeq: 1 OPTIONS\r\n"
           "Content-Length: 0\r\n\r\n")


def garbage(number):
    """Every packet another: noise, half messages, requests without what they must have, responses to nothing."""
    noise = os.urandom(200)
    return (noise, b"INVITE sip:a SIP/2.0\r\n" + noise, b"INVITE sip:100@x SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n",
            b"SIP/2.0 200 OK\r\n\r\n", b"REGISTER sip:x SIP/2.0\r\nCSeq: " + str(number).encode() + b" INVITE\r\n\r\n",
            b"GET / HTTP/1.0\r\n\r\n", b"\x00" * 4)[number % 7]


class Flood:
    """A process that sends garbage from `source` to target, `rate` packets a second, until it is stopped or `seconds` are over."""

    def __init__(self, source, target, rate, seconds):
        command = [sys.executable, __file__, source, target[0], str(target[1]), str(rate), str(seconds)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def sent(self):
        """Waits for its end; how many packets it sent in how many seconds."""
        count, seconds = self.process.communicate(timeout=120)[0].split()
        return int(count), float(seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def is_answered(source, target, tries=3):
    """Does an OPTIONS from `source` get any answer?"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 0))
        s.settimeout(0.7)
        for _ in range(tries):
            own = "{}:{}".format(*s.getsockname())
            s.sendto(REQUEST.format(host=target[0], own=own, unique=os.urandom(8).hex()).encode(), target)
            try:
                return s.recv(65536).startswith(b"SIP/2.0 ")
            except socket.timeout:
                pass
    return False


def enumerate_users(source, target, users):
    """Asks for each user in turn and answers no challenge: (user, status) of each answer that came."""
    answers = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 0))
        s.settimeout(0.3)
        for user in users:
            own = "{}:{}".format(*s.getsockname())
            text = REQUEST.format(host=target[0], own=own, unique=os.urandom(8).hex())
            s.sendto(text.replace("OPTIONS sip:", f"OPTIONS sip:{user}@").encode(), target)
            try:
                answers.append((user, int(s.recv(65536).split()[1])))
            except socket.timeout:
                break
    return answers


def answers_to(source, target, text, seconds):
    """Everything that comes back for one packet in that time, ACKs withheld."""
    answers = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 0))
        s.sendto(text.encode(), target)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            s.settimeout(left)
            try:
                answers.append(s.recv(65536))
            except socket.timeout:
                break
    return answers


def smallest(method, host):
    """About the shortest request that is no bad one."""
    return (f"{method} sip:a@{host} SIP/2.0\r\nv:SIP/2.0/UDP {host};branch=z9hG4bK{os.urandom(3).hex()};rport\r\n"
            f"Max-Forwards:9\r\nf:<sip:a@{host}>;tag=1\r\nt:<sip:a@{host}>\r\ni:{os.urandom(3).hex()}\r\n"
            f"CSeq:1 {method}\r\nl:0\r\n\r\n")


def connection(source, target):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.settimeout(5)
    s.bind((source, 0))
    s.connect(target)
    return s


def ask(s):
    """A request by a connection: is there an answer?"""
    host = s.getpeername()[0]
    own = "{}:{}".format(*s.getsockname())
    s.sendall(REQUEST.format(host=host, own=own, unique=os.urandom(8).hex()).replace("/UDP", "/TCP").encode())
    return s.recv(65536).startswith(b"SIP/2.0 ")


def shout(s):
    """Nonsense that leaves the stream whole. False: the far end does not want more."""
    host = s.getpeername()[0]
    text = REQUEST.format(host=host, own=host, unique="1").replace("/UDP", "/TCP").replace("From: <", "From: ><")
    try:
        s.sendall(text.encode())
        return s.recv(65536) != b""
    except OSError:
        return False


def is_closed(s):
    try:
        return s.recv(65536) == b""
    except ConnectionError:
        return True
    except socket.timeout:
        return False


def main():
    source, host, port, rate, seconds = sys.argv[1:]
    packets = [garbage(number) for number in range(700)]
    begun = time.monotonic()
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 0))
        while (now := time.monotonic() - begun) < float(seconds):
            while sent < int(rate) * now:
                s.sendto(packets[sent % len(packets)], (host, int(port)))
                sent += 1
            time.sleep(BURST_S)
    print(sent, time.monotonic() - begun)


if __name__ == "__main__":
    main()
