"""SIP over WebSocket (RFC 7118), plain and under TLS, as a client of the tests' own sees it: handshakes, frames, keep-alives, registrations and messages
to and from phones on UDP, and peers that break the rules."""
import contextlib
import socket
import ssl
import tempfile
import time

import tap
from certs import Certs
from server import Server, free_port
from websocket import BINARY, CLOSE, PING, PONG, TEXT, Refused, WebSocket

HOST = "127.0.0.1"


class Web:
    """A server that listens on WebSocket, too."""

    def __init__(self, *options):
        self.port = free_port()
        self.server = Server("--listen", f"ws:{HOST}:{self.port}", *options)

    def open(self, **more):
        return WebSocket(HOST, self.port, **more)

    def refusal(self, **more):
        try:
            self.open(**more).close()
        except Refused as refused:
            return refused
        raise AssertionError("it was let in")

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *failure):
        self.server.__exit__(*failure)


@contextlib.contextmanager
def configured(text):
    """The name of a configuration with this text."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        yield file.name


def request(method, uri, user, more="", body="", to=None, branch=None, cseq=1):
    unique = str(time.monotonic_ns())
    return (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WS {user}.invalid;branch=z9hG4bK{branch or unique}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{user}@{HOST}>;tag={user}\r\nTo: <{to or uri}>\r\nCall-ID: {unique}\r\nCSeq: {cseq} {method}\r\n{more}\r\n{body}")


def header(text, name):
    values = [line.split(":", 1)[1].strip() for line in text.split("\r\n") if line.lower().startswith(name.lower() + ":")]
    assert values, f"no {name} in {text}"
    return values[0]


def register(web, phone, user):
    phone.send(request("REGISTER", f"sip:{HOST}", user, to=f"sip:{user}@{HOST}",
                       more=f"Contact: <sip:{user}@{user}.invalid;transport=ws>;expires=600\r\n"))
    answer = phone.message()
    assert answer.startswith("SIP/2.0 200 "), answer
    return answer


def answer_to(text, status, more=""):
    kept = [line for line in text.split("\r\n\r\n")[0].split("\r\n")[1:]
            if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq", "Record-Route")]
    return "\r\n".join([f"SIP/2.0 {status}", *kept, f"To: {header(text, 'To')};tag=x", *more.split("\n"), "Content-Length: 0", "", ""])


def test_a_phone_registers_and_has_its_answers_on_its_connection():
    with Web() as web, web.open() as phone:
        answer = register(web, phone, "alice")
        assert "<sip:alice@alice.invalid;transport=ws>" in answer, answer
        phone.send(request("OPTIONS", f"sip:{HOST}", "alice"))
        assert phone.message().startswith("SIP/2.0 200 ")


def test_content_length_is_not_needed_and_both_kinds_of_frames_are_taken():
    with Web() as web, web.open() as phone:
        for kind in (TEXT, BINARY, TEXT):
            phone.send(request("OPTIONS", f"sip:{HOST}", "alice"), kind)
            opcode, payload = phone.receive()
            assert opcode == kind and payload.startswith(b"SIP/2.0 200 "), (opcode, payload)


class Secure:
    """The same under TLS."""

    def __init__(self):
        self.certs = Certs()
        self.tls = ssl.create_default_context(cafile=self.certs.ca)
        self.port = free_port()
        certificate = self.certs.make("localhost", f"DNS:localhost,IP:{HOST}")
        self.file = configured(f"tls: {{certificates: ['{certificate}']}}\n")
        self.server = Server("--config", self.file.__enter__(), "--listen", f"wss:{HOST}:{self.port}")

    def open(self, **more):
        return WebSocket(HOST, self.port, tls=self.tls, **more)

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *failure):
        self.server.__exit__(*failure)
        self.file.__exit__(*failure)


def test_under_tls():
    with Secure() as web, web.open() as alice, web.open() as bob:
        for phone, user in ((alice, "alice"), (bob, "bob")):
            answer = register(web, phone, user)
            assert f"<sip:{user}@{user}.invalid;transport=ws>" in answer, answer
        alice.send(request("INVITE", f"sip:bob@{HOST}", "alice", more="Contact: <sip:alice@alice.invalid;transport=ws>\r\n"))
        got = bob.message()
        assert header(got, "Via").startswith(f"SIP/2.0/WSS {HOST}:{web.port};"), got
        assert f":{HOST}:{web.port};transport=ws;lr" in header(got, "Record-Route"), got
        bob.send(answer_to(got, "486 Busy Here"))
        while (answer := alice.message()).startswith("SIP/2.0 100 "):
            pass
        assert answer.startswith("SIP/2.0 486 "), answer
        assert bob.message().startswith("ACK ")
        large = "x" * 40000  # over several records of TLS, each way
        alice.send(request("MESSAGE", f"sip:bob@{HOST}", "alice", more="Content-Type: text/plain\r\n", body=large))
        got = bob.message()
        assert got.endswith(large)
        bob.send(answer_to(got, "200 OK"))
        assert alice.message().startswith("SIP/2.0 200 ")
        alice.send_raw(b"\x8b\x80")
        assert alice.end() == 1002
        web.server.stop()
        while (frame := bob.receive())[0] == TEXT:
            pass
        assert frame == (CLOSE, (1001).to_bytes(2, "big")), frame


def test_bytes_that_are_no_text_go_as_binary():
    """RFC 7118 4.2: a message with a byte that is not UTF-8 is never sent as text."""
    with Web() as web, web.open() as alice, web.open() as bob:
        register(web, alice, "alice")
        register(web, bob, "bob")
        body = b"caf\xe9"
        text = request("MESSAGE", f"sip:bob@{HOST}", "alice", more="Content-Type: text/plain\r\n").encode() + body
        alice.send(text, BINARY)
        opcode, payload = bob.receive()
        assert opcode == BINARY and payload.endswith(b"\r\n\r\n" + body), (opcode, payload)


def test_fragments_and_pings_between_them():
    with Web() as web, web.open() as phone:
        text = request("OPTIONS", f"sip:{HOST}", "alice").encode()
        phone.send_raw(phone.frame(TEXT, text[:7], final=False) + phone.frame(PING, b"still here") +
                       phone.frame(0, text[7:50], final=False) + phone.frame(0, text[50:]))
        assert phone.receive() == (PONG, b"still here")
        assert phone.message().startswith("SIP/2.0 200 ")


def test_byte_by_byte():
    with Web() as web:
        with socket.create_connection((HOST, web.port), timeout=10) as slow:
            slow.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            hello = (f"GET / HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n").encode()
            for byte in hello + WebSocket.frame(TEXT, request("OPTIONS", f"sip:{HOST}", "alice").encode()):
                slow.send(bytes([byte]))
            got = b""
            while b"SIP/2.0 200 " not in got:
                part = slow.recv(65536)
                assert part, got
                got += part
            assert got.startswith(b"HTTP/1.1 101 ") and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in got, got


def test_keep_alives():
    """RFC 5626 3.5.1 over WebSocket: a double CRLF is answered with one; RFC 6455 5.5.2: a ping with a pong."""
    with Web() as web, web.open() as phone:
        register(web, phone, "alice")
        phone.send("\r\n\r\n")
        assert phone.receive() == (TEXT, b"\r\n")
        phone.send("\r\n")
        phone.send("", PING)
        assert phone.receive() == (PONG, b"")


def test_a_silent_phone_is_pinged():
    with configured("websocket: {ping: 1s}\n") as file, Web("--config", file) as web, web.open() as phone:
        register(web, phone, "alice")
        for _ in range(2):
            assert phone.receive() == (PING, b"")
            phone.send("", PONG)
        phone.send(request("OPTIONS", f"sip:{HOST}", "alice"))
        assert phone.message().startswith("SIP/2.0 200 ")


def test_messages_go_between_web_and_udp_both_ways():
    with Web() as web, web.open() as alice, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bob:
        register(web, alice, "alice")
        bob.settimeout(10)
        bob.bind((HOST, 0))
        at = f"{HOST}:{bob.getsockname()[1]}"
        hello = request("REGISTER", f"sip:{HOST}", "bob", to=f"sip:bob@{HOST}", more=f"Contact: <sip:bob@{at}>\r\nContent-Length: 0\r\n")
        bob.sendto(hello.replace("WS bob.invalid", f"UDP {at}").encode(), (HOST, web.server.port))
        assert bob.recv(65536).startswith(b"SIP/2.0 200 ")
        alice.send(request("MESSAGE", f"sip:bob@{HOST}", "alice", more="Content-Type: text/plain\r\n", body="to bob"))
        got = bob.recv(65536).decode()
        assert got.startswith(f"MESSAGE sip:bob@{at} ") and got.endswith("\r\n\r\nto bob"), got
        assert header(got, "Content-Length") == "6", "RFC 3261 20.14: by UDP it goes with its length"
        assert header(got, "Via").startswith(f"SIP/2.0/UDP {web.server.addr};"), got
        bob.sendto(answer_to(got, "200 OK").encode(), (HOST, web.server.port))
        assert alice.message().startswith("SIP/2.0 200 ")
        back = request("MESSAGE", f"sip:alice@{HOST}", "bob", more="Content-Type: text/plain\r\nContent-Length: 8\r\n", body="to alice")
        bob.sendto(back.replace("WS bob.invalid", f"UDP {at}").encode(), (HOST, web.server.port))
        got = alice.message()
        assert got.startswith("MESSAGE sip:alice@alice.invalid;transport=ws SIP/2.0\r\n") and got.endswith("to alice"), got
        assert header(got, "Via").startswith(f"SIP/2.0/WS {HOST}:{web.port};"), got
        alice.send(answer_to(got, "200 OK"))
        assert bob.recv(65536).startswith(b"SIP/2.0 200 ")


def test_a_call_between_web_and_udp_has_two_record_routes():
    """RFC 5658: each side has the address and transport by which it reaches the server, and the flow keeps the dialog on its connection."""
    with Web() as web, web.open() as alice, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bob:
        register(web, alice, "alice")
        bob.settimeout(10)
        bob.bind((HOST, 0))
        at = f"{HOST}:{bob.getsockname()[1]}"
        invite = request("INVITE", f"sip:alice@{HOST}", "bob", more=f"Contact: <sip:bob@{at}>\r\nContent-Length: 0\r\n")
        bob.sendto(invite.replace("WS bob.invalid", f"UDP {at}").encode(), (HOST, web.server.port))
        got = alice.message()
        routes = [line for line in got.split("\r\n") if line.startswith("Record-Route:")]
        assert len(routes) == 2, got
        assert f"<sip:{HOST}:{web.port};transport=ws;lr" in routes[0] and f"<sip:{web.server.addr};lr" in routes[1], routes
        alice.send(answer_to(got, "200 OK", "Contact: <sip:alice@alice.invalid;transport=ws>"))
        answer = bob.recv(65536).decode()
        while answer.startswith("SIP/2.0 100 "):
            answer = bob.recv(65536).decode()
        assert answer.startswith("SIP/2.0 200 "), answer
        mine = [line.split(": ", 1)[1] for line in answer.split("\r\n") if line.startswith("Record-Route:")]
        for method in ("ACK", "BYE"):
            text = request(method, "sip:alice@alice.invalid;transport=ws", "bob", to=f"sip:alice@{HOST}>;tag=x",
                           cseq=1 if method == "ACK" else 2,
                           more="".join(f"Route: {route}\r\n" for route in reversed(mine)) + "Content-Length: 0\r\n")
            text = text.replace(header(text, "Call-ID"), header(invite, "Call-ID")).replace(";tag=x>", ";tag=x")
            bob.sendto(text.replace("WS bob.invalid", f"UDP {at}").encode(), (HOST, web.server.port))
            got = alice.message()
            assert got.startswith(f"{method} sip:alice@alice.invalid;transport=ws ") and "\r\nRoute:" not in got, got
        alice.send(answer_to(got, "200 OK"))
        assert bob.recv(65536).startswith(b"SIP/2.0 200 ")


def test_a_phone_that_is_gone_is_neither_resolved_nor_dialled():
    """Its host ends in .invalid: once its connection is gone there is nothing to try."""
    with Web() as web, web.open() as alice:
        with web.open() as bob:
            register(web, bob, "bob")
            bob.send("", CLOSE)
            assert bob.end() is None
        begun = time.monotonic()
        alice.send(request("MESSAGE", f"sip:bob@{HOST}", "alice", more="Content-Type: text/plain\r\n", body="anybody?"))
        answer = alice.message()
        # 500: another worker has not heard yet that the connection ended, and sends by it in vain (RFC 3261 16.9)
        assert answer.startswith(("SIP/2.0 480 ", "SIP/2.0 500 ")), answer
        assert time.monotonic() - begun < 5, "something was waited for"


def test_handshakes_that_are_refused():
    with Web() as web:
        assert web.refusal(lines={"Sec-WebSocket-Version": "8"}).status == 426
        assert "Sec-WebSocket-Version: 13\r\n" in web.refusal(lines={"Upgrade": None}).text
        assert web.refusal(protocol="xmpp").status == 400
        assert web.refusal(lines={"Sec-WebSocket-Key": "short"}).status == 400
        assert web.refusal(lines={"Host": None}).status == 400
        assert "does not offer sip" in web.refusal(lines={"Sec-WebSocket-Protocol": None}).text
        assert web.refusal(lines={"Cookie": "x" * 20000}).status == 431
        with web.open() as phone:
            register(web, phone, "alice")


def test_pages_of_elsewhere_cannot_use_a_server_that_asks_nobody():
    with Web() as web:
        assert web.refusal(lines={"Origin": "https://evil.example"}).status == 403
        assert web.refusal(lines={"Origin": "null"}).status == 403
        for page in ("http://localhost:8000", "https://127.0.0.1"):
            web.open(lines={"Origin": page}).close()


def test_pages_are_let_in_by_name():
    with configured("websocket: {origins: ['https://phone.example.com'], path: /ws}\n") as file, Web("--config", file) as web:
        web.open(path="/ws", lines={"Origin": "https://phone.example.com"}).close()
        assert web.refusal(path="/ws", lines={"Origin": "http://localhost"}).status == 403
        assert web.refusal(path="/", lines={"Origin": "https://phone.example.com"}).status == 404


def test_whoever_breaks_the_rules_is_told_why_and_the_others_go_on():
    with Web() as web, web.open() as other:
        register(web, other, "other")
        text = request("OPTIONS", f"sip:{HOST}", "alice").encode()
        unmasked = bytes([0x81, 126]) + len(text).to_bytes(2, "big") + text
        for sent, code in ((unmasked, 1002), (b"\xf1\x80", 1002), (b"\x8b\x80", 1002), (WebSocket.frame(0, b"x"), 1002),
                           (WebSocket.frame(PING, b"x" * 126), 1002), (WebSocket.frame(PING, b"x", final=False), 1002),
                           (WebSocket.frame(TEXT, b"\xff\xfe"), 1007), (WebSocket.frame(CLOSE, b"x"), 1002),
                           (b"\x81\xff" + (1 << 40).to_bytes(8, "big") + b"mask", 1009), (WebSocket.frame(TEXT, b"x" * 65536), 1009),
                           (WebSocket.frame(CLOSE, b"\x0f\xa0bye"), 4000)):
            with web.open() as phone:
                phone.send_raw(sent)
                assert phone.end() == code, (sent[:20], code)
        other.send(request("OPTIONS", f"sip:{HOST}", "other"))
        assert other.message().startswith("SIP/2.0 200 ")


def test_the_servers_end_is_said():
    with Web() as web:
        phone = web.open()
        register(web, phone, "alice")
        web.server.stop()
        assert phone.end() in (1000, 1001)


if __name__ == "__main__":
    tap.run()
