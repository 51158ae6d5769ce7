"""sipsak's modes against the server: OPTIONS, user location, traceroute."""
import shutil
import subprocess

import tap
from server import Server, free_port


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


def test_usrloc_mode_registers_and_removes():
    with Server() as server:
        text = sipsak("-U", "-i", "-vv", "-x", "60", "-e", "20", "-b", "1", "-n", "-s", f"sip:user@{server.addr}")
        assert "completed successful" in text, text


def test_traceroute_mode_finds_the_server_and_the_phone_behind_it():
    with Server() as server:
        port = free_port()
        sipsak("-U", "-C", f"sip:bob@127.0.0.1:{port}", "-x", "60", "-s", f"sip:bob@{server.addr}")
        with subprocess.Popen(["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-nostdin"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as phone:
            try:
                text = sipsak("-T", "-vv", "-s", f"sip:bob@{server.addr}")
            finally:
                phone.kill()
        assert "0: " in text and "483" in text, text


if __name__ == "__main__":
    tap.run()
