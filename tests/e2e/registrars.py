"""Many registrations at a server by UDP from one socket, and what became of each."""
import re
import select
import socket
import time

WINDOW = 256  # how many may be unanswered at once
AGAIN_S = 1.0


class Registrars:
    """Registers users u0, u1 … of `domain`. `answered` has the status and the time of each one's last answer."""

    def __init__(self, port, domain="localhost", host="127.0.0.1"):
        self.to = (host, port)
        self.domain = domain
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.bind((host, 0))
        self.port = self.socket.getsockname()[1]
        self.answered = {}
        self.contacts = {}
        self.waiting = {}
        self.cseq = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def request(self, user, expires, contact=True):
        lines = [f"REGISTER sip:{self.domain} SIP/2.0",
                 f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{self.cseq}u{user}p{self.port}",
                 f"From: <sip:u{user}@{self.domain}>;tag=r", f"To: <sip:u{user}@{self.domain}>",
                 f"Call-ID: u{user}p{self.port}@e2e", f"CSeq: {self.cseq} REGISTER", "Max-Forwards: 70"]
        if contact:
            lines += [f"Contact: <sip:u{user}@127.0.0.1:{self.port}>", f"Expires: {expires}"]
        return "\r\n".join(lines + ["Content-Length: 0", "", ""]).encode()

    def _send(self, user, expires, contact):
        self.waiting[user] = time.monotonic() + AGAIN_S
        self.socket.sendto(self.request(user, expires, contact), self.to)

    def _take(self):
        text = self.socket.recv(65535).decode()
        user = int(re.search(r"Call-ID: u(\d+)p", text)[1])
        if int(re.search(r"CSeq: (\d+)", text)[1]) != self.cseq:
            return
        self.waiting.pop(user, None)
        self.answered[user] = (int(text[8:11]), time.time())
        self.contacts[user] = re.findall(r"Contact: <([^>]+)>[^\r]*;expires=(\d+)", text)

    def run(self, users, expires=3600, contact=True, until=None, seconds=60):
        """Asks for each user once more than before, again where no answer comes. Ends when all are answered, when until()
        is true, or after `seconds`; what was not answered stays in `waiting`."""
        self.cseq += 1
        self.waiting = {}
        left = iter(users)
        end = time.monotonic() + seconds
        more = True
        while (more or self.waiting) and time.monotonic() < end and not (until and until()):
            while more and len(self.waiting) < WINDOW:
                user = next(left, None)
                more = user is not None
                if more:
                    self._send(user, expires, contact)
            if select.select([self.socket], [], [], 0.05)[0]:
                self._take()
            else:
                for user in [u for u, at in self.waiting.items() if at < time.monotonic()]:
                    self._send(user, expires, contact)

    def statuses(self):
        return {status for status, _ in self.answered.values()}
