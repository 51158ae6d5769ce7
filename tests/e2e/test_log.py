"""The log: its forms, the events of a server's life and of who is not let in, and that no secret is ever in it."""
import hashlib
import json
import re
import subprocess
import tempfile

import tap
from control import Phone, ctl
from server import PROGRAM, Server, wait_for

PASSWORD = "correct horse battery staple"


def digest(algorithm, *parts):
    return hashlib.new({"MD5": "md5", "SHA-256": "sha256"}[algorithm], ":".join(parts).encode()).hexdigest()


def challenge(phone, method, uri, to, more=""):
    """Sends a request without credentials; the parameters of its challenges, by algorithm."""
    phone.send(method, uri, to, more)
    message = phone.receive()
    assert message.startswith("SIP/2.0 401 "), message
    found = {}
    for line in re.findall(r"^WWW-Authenticate: Digest (.*?)\r$", message, re.M | re.I):
        fields = {name.lower(): value.strip('"') for name, value in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', line)}
        found[fields.get("algorithm", "MD5")] = fields
    return found


def credentials(user, password, method, uri, fields, algorithm):
    """The header's line and what of it is secret or nearly so."""
    ha1 = digest(algorithm, user, fields["realm"], password)
    cnonce, nc = "abcdef0123", "00000001"
    response = digest(algorithm, ha1, fields["nonce"], nc, cnonce, "auth", digest(algorithm, method, uri))
    line = (f'Authorization: Digest username="{user}", realm="{fields["realm"]}", nonce="{fields["nonce"]}", uri="{uri}", '
            f'response="{response}", algorithm={algorithm}, qop=auth, nc={nc}, cnonce="{cnonce}"')
    if "opaque" in fields:
        line += f', opaque="{fields["opaque"]}"'
    return line + "\r\n", [ha1, response]


def register(phone, password, secrets, algorithm="SHA-256", more=""):
    uri, to = "sip:localhost", f"sip:{phone.user}@localhost"
    contact = f"Contact: <sip:{phone.user}@127.0.0.1:{phone.port}>\r\nExpires: 600\r\n"
    fields = challenge(phone, "REGISTER", uri, to, contact)[algorithm]
    line, found = credentials(phone.user, password, "REGISTER", uri, fields, algorithm)
    secrets += found
    phone.send("REGISTER", uri, to, contact + line + more)
    return phone.final()


class Caller(Phone):
    """From is of the server's domain."""

    domain = "localhost"


def events(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def add_user(folder):
    subprocess.run([PROGRAM, "user", "add", "bob@localhost", "--data", folder], input=PASSWORD + "\n", text=True,
                   capture_output=True, timeout=30, check=True)


def test_no_secret_is_ever_in_the_log():
    secrets = [PASSWORD, "a wrong password"]
    with tempfile.TemporaryDirectory() as folder:
        add_user(folder)
        with Server("--data", folder, "-v", "--json") as server, Caller(server, "bob") as phone:
            for algorithm in ("MD5", "SHA-256"):
                # a nonce of the last moment may be used up: as every phone does, it answers the next one
                wait_for(lambda a=algorithm: register(phone, PASSWORD, secrets, a) == 200, 10, algorithm)
                wait_for(lambda a=algorithm: register(phone, "a wrong password", secrets, a) in (401, 403) and
                         "auth_failed" in server.stderr(), 10, "auth_failed")
                secrets += [digest(algorithm, "bob", "localhost", PASSWORD)]
            # a message that is bad, too, is told of without what it holds
            wait_for(lambda: register(phone, PASSWORD, secrets, more="CSeq: 7 REGISTER\r\n") == 400, 10, "400")
            for secret in secrets:
                phone.socket.sendto(f'REGISTER sip:localhost SIP/2.0\r\nAuthorization: Digest response="{secret}"\r\n\r\n'.encode(),
                                    (server.host, server.port))
            wait_for(lambda: server.stderr().count("bad_message") > 3, 10, "the bad messages")
            ctl(folder, "transactions")
            log = server.stderr() + json.dumps(ctl(folder, "registrations")) + json.dumps(ctl(folder, "status"))
            kinds = {event["event"] for event in events(server.stderr())}
            assert {"registered", "auth_failed", "bad_message"} <= kinds, kinds
            for secret in secrets:
                assert secret.lower() not in log.lower(), f"{secret} is in the log:\n{log}"


def test_who_is_not_let_in_is_told_with_the_calls_id():
    with tempfile.TemporaryDirectory() as folder:
        add_user(folder)
        with Server("--data", folder, "--json") as server, Caller(server, "bob") as phone:
            event = wait_for(lambda: register(phone, "wrong", []) and
                             [e for e in events(server.stderr()) if e["event"] == "auth_failed"], 10, "the event")[0]
            assert event["level"] == "warn" and event["who"] == "bob" and event["method"] == "REGISTER", event
            assert re.match(rf"bob-\d+-{phone.port}$", event["call_id"]) and event["from"] == f"127.0.0.1:{phone.port}", event
            assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", event["time"]), event


def test_strangers_fill_no_disk():
    with tempfile.TemporaryDirectory() as folder, Server("--data", folder, "-v", "--workers", "1") as server, \
            Phone(server, "eve") as phone:
        for _ in range(3000):
            phone.socket.sendto(b"OPTIONS sip:x\x1b[31m SIP/2.0\r\nCall-ID: a\r\nCall-ID: b\r\n\r\n", (server.host, server.port))
        wait_for(lambda: ctl(folder, "status")[0]["bad_messages"] > 1000, 20, "the messages")
        lines = [line for line in server.stderr().splitlines() if "bad message" in line]
        assert 1 <= len(lines) <= 60, len(lines)
        assert "\x1b" not in server.stderr()


def test_a_full_table_is_told():
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
        config.write("limits:\n  transactions: 100\n")
        config.flush()
        with Server("--config", config.name, "--workers", "1") as server, Phone(server, "eve") as phone:
            for i in range(150):
                phone.send("MESSAGE", f"sip:u{i}@127.0.0.1", f"sip:u{i}@127.0.0.1")
            wait_for(lambda: "limit reached table=transactions worker=0 refused=" in server.stderr(), 10, "the event")
            assert len([line for line in server.stderr().splitlines() if "limit reached" in line]) <= 10


def test_a_servers_life_is_told_in_each_form():
    for form, first in (("text", r"tandem: info: started version=\S+ pid=\d+ workers=2$"),
                        ("logfmt", r"time=\S+Z level=info event=started version=\S+ pid=\d+ workers=2$"),
                        ("json", r'\{"event":"started","level":"info","time":"\S+Z","version":"[^"]+","pid":\d+,"workers":2\}$')):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
            config.write(f"log:\n  format: {form}\n")
            config.flush()
            server = Server("--config", config.name, "--workers", "2")
            text = server.stop()
        assert re.search(first, text, re.M), text
        told = [re.search(name.replace("_", ".") if form == "text" else name, text)
                for name in ("started", "listening", "ready", "draining", "ended")]
        assert all(told) and [m.start() for m in told] == sorted(m.start() for m in told), text


if __name__ == "__main__":
    tap.run()
