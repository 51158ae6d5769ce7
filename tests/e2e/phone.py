"""A phone of a few lines over UDP or TCP: it sends what a test tells it to, in the words of RFC 3261, and reads messages one by one."""
import re
import select
import socket
import time


class Message:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        self.text = head.decode()
        self.start, _, lines = self.text.partition("\r\n")
        self.lines = lines.split("\r\n")

    def all(self, name):
        """The values of a header, its lines in order."""
        wanted = name.lower() + ":"
        return [line[len(wanted):].strip() for line in self.lines if line.lower().startswith(wanted)]

    def one(self, name):
        values = self.all(name)
        assert len(values) == 1, f"{name} in\n{self.text}"
        return values[0]

    @property
    def status(self):
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self):
        return "" if self.status else self.start.split()[0]


class Phone:
    """`local`: an open UDP socket, or one that is connected by TCP. `seen` are all messages read and not yet asked for."""

    serial = 0

    def __init__(self, user, local, server, instance=None, contact=None):
        self.user, self.socket, self.server = user, local, server
        self.stream = local.type == socket.SOCK_STREAM
        self.at = "%s:%d" % local.getsockname()
        self.contact = contact or f"sip:{user}@{self.at}" + (";transport=tcp" if self.stream else "")
        self.instance = instance
        self.seen, self.rest, self.cseq = [], b"", 0
        Phone.serial += 1
        self.id = f"{user}-{Phone.serial}-{time.monotonic_ns()}"

    def send_bytes(self, data):
        if self.stream:
            self.socket.sendall(data)
        else:
            self.socket.sendto(data, self.server)

    def send(self, start, lines, body=b""):
        head = "\r\n".join([f"{start} SIP/2.0", *lines, f"Content-Length: {len(body)}", "", ""])
        self.send_bytes(head.encode() + body)

    def via(self):
        self.cseq += 1
        transport = "TCP" if self.stream else "UDP"
        return f"Via: SIP/2.0/{transport} {self.at};rport;branch=z9hG4bK{self.id}-{self.cseq}"

    def register(self, domain, expires=3600, reg_id=None, lines=(), contact=None):
        params = f';+sip.instance="<{self.instance}>"' if self.instance else ""
        params += f";reg-id={reg_id}" if reg_id else ""
        me = f"<sip:{self.user}@{domain}>"
        self.send(f"REGISTER sip:{domain}",
                  [self.via(), f"From: {me};tag=r", f"To: {me}", f"Call-ID: reg-{self.id}", f"CSeq: {self.cseq} REGISTER",
                   "Max-Forwards: 70", f"Contact: <{contact or self.contact}>{params}", f"Expires: {expires}", *lines])
        return self.wait(lambda m: m.status >= 200 and "REGISTER" in m.one("CSeq"))

    def invite(self, uri, call_id, tag="from"):
        self.send(f"INVITE {uri}", [self.via(), f"From: <sip:{self.user}@{self.at}>;tag={tag}", f"To: <{uri}>",
                                    f"Call-ID: {call_id}", f"CSeq: {self.cseq} INVITE", "Max-Forwards: 70",
                                    f"Contact: <{self.contact}>"])

    def within(self, method, answer, cseq=None, forward=True):
        """A request of the dialog that a 2xx (or, forward=False, an INVITE that this phone answered) has made."""
        target = re.match(r"<?([^>]+)>?", answer.one("Contact"))[1]
        routes = [v for line in answer.all("Record-Route") for v in line.split(",")]
        ends = (answer.one("From"), answer.one("To"))
        via = self.via()
        mine, theirs = ends if forward else (ends[1] + ";tag=to", ends[0])
        self.send(f"{method} {target}",
                  [via, *[f"Route: {r.strip()}" for r in (reversed(routes) if forward else routes)], f"From: {mine}",
                   f"To: {theirs}", f"Call-ID: {answer.one('Call-ID')}", f"CSeq: {cseq or self.cseq} {method}",
                   "Max-Forwards: 70"])

    def answer(self, request, status, reason="x", lines=()):
        to = request.one("To")
        to += "" if ";tag=" in to else ";tag=to"
        copied = [f"Via: {v}" for v in request.all("Via")] + [f"Record-Route: {v}" for v in request.all("Record-Route")]
        head = "\r\n".join([f"SIP/2.0 {status} {reason}", *copied, f"From: {request.one('From')}", f"To: {to}",
                            f"Call-ID: {request.one('Call-ID')}", f"CSeq: {request.one('CSeq')}",
                            f"Contact: <{self.contact}>", *lines, "Content-Length: 0", "", ""])
        self.send_bytes(head.encode())

    def _take(self):
        """Whole messages of what has come; keep-alives are none."""
        data = self.socket.recv(65535)
        if not self.stream:
            if data.strip() and not data.startswith((b"\0", b"\1")):
                self.seen.append(Message(data))
            return
        assert data, "the server has closed the connection"
        self.rest += data
        while b"\r\n\r\n" in self.rest.lstrip():
            self.rest = self.rest.lstrip()
            head = self.rest.partition(b"\r\n\r\n")[0]
            length = int(re.search(rb"(?im)^content-length:\s*(\d+)", head)[1])
            end = len(head) + 4 + length
            if len(self.rest) < end:
                return
            self.seen.append(Message(self.rest[:end]))
            self.rest = self.rest[end:]

    def poll(self, wanted, seconds=0.0):
        """The first message that is wanted, which is forgotten then; None: none comes within that time."""
        end = time.monotonic() + seconds
        while True:
            for m in self.seen:
                if wanted(m):
                    self.seen.remove(m)
                    return m
            left = end - time.monotonic()
            if not select.select([self.socket], [], [], max(left, 0))[0]:
                return None
            self._take()

    def wait(self, wanted, seconds=30):
        m = self.poll(wanted, seconds)
        assert m, f"{self.user} saw only\n" + "\n".join(m.text for m in self.seen)
        return m

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
