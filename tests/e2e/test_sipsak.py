"""sipsak's modes against the server: OPTIONS, user location, traceroute."""
import shutil
import subprocess

import tap
from server import Server, free_port
from sipp import Sipp


def sipsak(*options, status=0, seconds=60):
    if not shutil.which("sipsak"):
        raise tap.Skip("no sipsak")
    got = subprocess.run(["sipsak", *options], capture_output=True, text=True, timeout=seconds, check=False)
    assert got.returncode == status, f"{options}: status {got.returncode}\n{got.stdout}\n{got.stderr}"
    return got.stdout + got.stderr


def test_options_is_answered_with_what_the_server_can_do():
    with Server() as server:
        text = sipsak("-vv", "-s", f"sip:{server.addr}")
        for line in ("SIP/2.0 200", "Allow: ", "Accept: ", "Supported: "):
            assert line in text, text


def test_usrloc_mode_registers_fetches_and_removes_a_contact():
    with Server() as server:
        contact = f"sip:bob@127.0.0.1:{free_port()}"
        bob = ("-U", "-i", "-vv", "-H", "localhost", "-s", f"sip:bob@{server.addr}")
        sipsak(*bob, "-x", "60", "-C", contact)
        assert contact in sipsak(*bob, "-v", "-C", "empty")
        sipsak(*bob, "-x", "0", "-C", "star")
        assert contact not in sipsak(*bob, "-v", "-C", "empty")


def test_traceroute_mode_finds_the_server_and_the_phone_behind_it():
    with Server() as server:
        port = free_port()
        with Sipp("options.xml", port, "-timeout", "60s"):
            sipsak("-U", "-i", "-H", "localhost", "-C", f"sip:bob@127.0.0.1:{port}", "-x", "60",
                   "-s", f"sip:bob@{server.addr}")
            text = sipsak("-T", "-vv", "-H", "localhost", "-s", f"sip:bob@{server.addr}")
        assert text.index("483 Too Many Hops") < text.index("200 OK") and f":{port}" in text, text


if __name__ == "__main__":
    tap.run()
