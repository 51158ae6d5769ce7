"""A WebSocket client of the tests' own (RFC 6455), plain or over TLS: handshake, frames in and out, as raw as a test wants them."""
import base64
import hashlib
import os
import socket

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
ANSWER_S = 10


class Refused(Exception):
    """The server did not open it; `status` and `text` are its answer."""

    def __init__(self, text):
        super().__init__(text)
        self.text = text
        self.status = int(text.split()[1])


class WebSocket:
    """An open connection to host:port. `tls`: an ssl.SSLContext. `lines`: further header lines, or those in the place of ours."""

    def __init__(self, host, port, path="/", tls=None, lines=None, protocol="sip"):
        self.socket = socket.create_connection((host, port), timeout=ANSWER_S)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname=host)
        self.pending = b""
        key = base64.b64encode(os.urandom(16))
        named = {"Host": f"{host}:{port}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key.decode(),
                 "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": protocol, **(lines or {})}
        text = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value is not None)
        self.socket.sendall(f"GET {path} HTTP/1.1\r\n{text}\r\n".encode())
        answer = self._head()
        if not answer.startswith("HTTP/1.1 101 "):
            raise Refused(answer + self._rest())
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        assert f"\r\nSec-WebSocket-Accept: {accept}\r\n" in answer and f"\r\nSec-WebSocket-Protocol: {protocol}\r\n" in answer, answer

    def _more(self):
        part = self.socket.recv(65536)
        self.pending += part
        return bool(part)

    def _head(self):
        while b"\r\n\r\n" not in self.pending:
            assert self._more(), f"the server hung up after {self.pending}"
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        return head.decode() + "\r\n\r\n"

    def _rest(self):
        while self._more():
            pass
        return self.pending.decode()

    def _take(self, length):
        while len(self.pending) < length:
            if not self._more():
                raise EOFError("the server hung up")
        taken, self.pending = self.pending[:length], self.pending[length:]
        return taken

    @staticmethod
    def frame(opcode, payload, final=True, mask=b"\x37\xfa\x21\x3d"):
        length = len(payload)
        head = bytes([opcode | 0x80 * final])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + length.to_bytes(2, "big")
        else:
            head += bytes([0x80 | 127]) + length.to_bytes(8, "big")
        return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))

    def send_raw(self, data):
        self.socket.sendall(data)

    def send(self, text, opcode=TEXT):
        self.send_raw(self.frame(opcode, text.encode() if isinstance(text, str) else text))

    def receive(self):
        """(opcode, payload) of the next frame. EOFError: the server has ended the connection."""
        first, second = self._take(2)
        assert first & 0xF0 == 0x80 and not second & 0x80, f"no whole frame without mask: {first:02x} {second:02x}"
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
        return first & 0x0F, self._take(length)

    def message(self):
        opcode, payload = self.receive()
        assert opcode in (TEXT, BINARY), (opcode, payload)
        return payload.decode()

    def end(self):
        """The code of the close frame with which the server ends it."""
        opcode, payload = self.receive()
        assert opcode == CLOSE, (opcode, payload)
        try:
            self._take(1)
        except (EOFError, ConnectionResetError):
            return int.from_bytes(payload[:2], "big") if payload else None
        raise AssertionError("something came behind the close frame")

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
