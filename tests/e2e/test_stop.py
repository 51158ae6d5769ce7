"""The server ends cleanly on SIGTERM, with registered phones and calls behind it."""
import signal
import socket

import tap
from server import Server, free_port
from sipp import register


def test_terminated_while_a_phone_is_registered():
    server = Server()
    register(server, "bob", free_port(), "udp", free_port())
    server.stop(signal.SIGTERM)


def test_interrupted_while_connections_are_open():
    server = Server()
    with socket.create_connection(("127.0.0.1", server.port)) as half:
        half.sendall(b"OPTIONS sip:x SIP/2.0\r\nVia: ")
        register(server, "bob", free_port(), "tcp", free_port())
        server.stop(signal.SIGINT)


def test_a_port_in_use_is_a_configuration_error():
    with Server() as first:
        try:
            Server("--listen", f"tcp:{first.addr}").stop()
        except AssertionError as why:
            assert "in use" in str(why), why
        else:
            raise AssertionError("two servers on one port")


if __name__ == "__main__":
    tap.run()
