"""TLS from outside: versions, names, resumption, reload, bad certificates, a peer that stalls; baresip, linphone and
openssl's s_client at the other end."""
import contextlib
import itertools
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import tempfile
import urllib.request

import server as programs
import tap
from baresip import Baresip
from certs import Certs
from linphone import Linphone
from server import Server, free_port, wait_for

PROGRAM = programs.PROGRAM


def options(host, n=1, transport="TLS"):
    return (f"OPTIONS sip:{host} SIP/2.0\r\nVia: SIP/2.0/{transport} {host}:9;branch=z9hG4bK{n}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:t@{host}>;tag=1\r\nTo: <sip:{host}>\r\nCall-ID: {n}-{os.getpid()}\r\nCSeq: {n} OPTIONS\r\n"
            "Content-Length: 0\r\n\r\n").encode()


class Secure(Server):
    """A server with a TLS listener at self.secure, and its configuration file, which a reload reads anew."""

    def __init__(self, certs, names, *options, more="", **words):
        self.certs = certs
        self.tls_port = free_port()
        self.file = os.path.join(certs.folder, "t.yaml")
        self.write(names, more)
        super().__init__("--config", self.file, "--listen", f"tls:127.0.0.1:{self.tls_port}", *options, **words)
        assert f"tls:127.0.0.1:{self.tls_port}" in self.ready, self.ready

    def write(self, names, more=""):
        with open(self.file, "w", encoding="ascii") as f:
            f.write(f"tls:\n  ca: {self.certs.ca}\n  certificates: [{', '.join(names)}]\n{more}")

    def reload(self, event):
        before = self.stderr().count(event)
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.stderr().count(event) > before, 10, self.stderr)


def client(certs, version=None, verify=True, cert=None):
    context = ssl.create_default_context(cafile=certs.ca)
    if version:
        context.minimum_version = context.maximum_version = version
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if cert:
        context.load_cert_chain(cert)
    return context


@contextlib.contextmanager
def dial(server, context, name="localhost", session=None):
    with socket.create_connection(("127.0.0.1", server.tls_port), 10) as bare:
        with context.wrap_socket(bare, server_hostname=name, session=session) as s:
            yield s


def asked(s, n=1):
    """The status line of the answer to OPTIONS over this connection."""
    s.sendall(options("127.0.0.1", n))
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = s.recv(65536)
        assert more, answer
        answer += more
    assert b"Via: SIP/2.0/TLS " in answer, answer
    return answer.split(b"\r\n")[0]


def test_both_versions_are_spoken_and_no_older_one():
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")]) as server:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with dial(server, client(certs, version)) as s:
                assert s.version() == version.name.replace("v1_", "v1."), s.version()
                assert asked(s).startswith(b"SIP/2.0 200 ")
        old = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.tls_port}", "-tls1_1", "-cipher",
                              "ALL:@SECLEVEL=0"], input="", capture_output=True, text=True, check=False, timeout=20)
        assert "BEGIN CERTIFICATE" not in old.stdout, old.stdout


def test_openssl_s_client_verifies_and_talks():
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")]) as server:
        done = subprocess.Popen(["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{server.tls_port}", "-servername",
                                 "localhost", "-verify_hostname", "localhost", "-verify_return_error", "-CAfile", certs.ca],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            done.stdin.write(options("127.0.0.1"))
            done.stdin.flush()
            assert done.stdout.readline().startswith(b"SIP/2.0 200 ")
        finally:
            done.kill()
            done.communicate()


def test_each_name_gets_its_certificate_and_none_another():
    with Certs() as certs:
        names = ["one.example", "two.example"]
        with Secure(certs, [certs.make(n, f"DNS:{n}") for n in names]) as server:
            for name in names:
                with dial(server, client(certs), name) as s:
                    assert s.getpeercert()["subjectAltName"] == (("DNS", name),)
            try:
                with dial(server, client(certs), "three.example"):
                    raise AssertionError("a certificate of another name was taken")
            except ssl.SSLCertVerificationError:
                pass


def test_a_session_is_resumed_whichever_worker_takes_it():
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")], "--workers", "4") as server:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context, session = client(certs, version), None
            for n in range(8):
                with dial(server, context, session=session) as s:
                    assert asked(s, n).startswith(b"SIP/2.0 200 ")
                    assert s.session_reused == (session is not None), (version, n)
                    session = s.session


def test_certificates_are_reloaded_and_connections_live_on():
    with Certs() as certs:
        old, new = certs.make("old", "DNS:localhost"), certs.make("new", "DNS:localhost,DNS:new.example")
        with Secure(certs, [old]) as server, dial(server, client(certs)) as before:
            assert asked(before, 1).startswith(b"SIP/2.0 200 ")
            server.write([new])
            server.reload("reloaded")
            assert asked(before, 2).startswith(b"SIP/2.0 200 ")
            with dial(server, client(certs), "new.example") as s:
                assert asked(s, 3).startswith(b"SIP/2.0 200 ")
            with open(new, "w", encoding="ascii") as f:
                f.write("nothing\n")
            server.reload("reload refused")
            assert "has no certificate in it" in server.stderr(), server.stderr()
            with dial(server, client(certs), "new.example") as s:
                assert asked(s, 4).startswith(b"SIP/2.0 200 ")
            assert asked(before, 5).startswith(b"SIP/2.0 200 ")


def checked(certs, names, more=""):
    """What `tandem check` says of these certificates."""
    file = os.path.join(certs.folder, "check.yaml")
    with open(file, "w", encoding="ascii") as f:
        f.write(f"listen: ['tls:127.0.0.1:{free_port()}']\ntls:\n  certificates: [{', '.join(names)}]\n{more}")
    done = subprocess.run([PROGRAM, "check", file], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stderr


def expect(certs, names, status, words, more=""):
    found, said = checked(certs, names, more)
    assert found == status and all(w in said for w in [words, "check.yaml:"]), (found, said)


def test_bad_certificates_are_told_with_line_and_what_to_do():
    with Certs() as certs:
        good, other = certs.make("good", "DNS:a.example"), certs.make("other", "DNS:a.example")
        expect(certs, ["/nowhere.pem"], 2, ":3:tls.certificates: /nowhere.pem cannot be read: No such file")
        expect(certs, [certs.path("good")[:-4] + ".key"], 2, "has no certificate in it")
        expect(certs, [certs.path("good")[:-4] + ".crt"], 2, "has no private key in it")
        expect(certs, [f"'{good}:{other}'"], 2, "is not that of the first certificate in")
        expect(certs, [certs.make("late", "DNS:a.example", days=-1)], 0,
               "has expired (2020-01-02 00:00 UTC): others refuse it")
        expect(certs, [certs.make("none", "email:x@a.example")], 0, "names no domain in its subjectAltName")
        expect(certs, [certs.make("code", "DNS:a.example", usage="codeSigning")], 0, "is not meant for servers")
        expect(certs, [good], 0, "no certificate here is of b.example", "domains: [a.example, b.example]\n")
        expect(certs, [good], 2, ":4:tls.ca: /nowhere No such file", "  ca: /nowhere\n")
        expect(certs, [good], 2, "none of these ciphers is known", "  ciphers: NOSUCH\n")
        os.chmod(good, 0o644)
        expect(certs, [good], 0, f"every user of this machine can read the key in {good}: chmod 600")
        expect(certs, [], 2, ":3:tls.certificates: a listener with TLS needs a certificate")


def test_a_silent_peer_harms_nobody():
    """Connections that begin a handshake and stop: others are served, and they are let go in the end."""
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")], "--workers", "1") as server, \
            contextlib.ExitStack() as silent:
        stalled = [silent.enter_context(socket.create_connection(("127.0.0.1", server.tls_port))) for _ in range(200)]
        for s in stalled[::2]:
            s.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        for n in range(20):
            with dial(server, client(certs)) as s:
                assert asked(s, n).startswith(b"SIP/2.0 200 ")
        for s in stalled:
            s.settimeout(60)
            assert s.recv(1) == b""


def through(server, uri, n=1):
    """The status of an OPTIONS that `server` forwards to `uri`, sent to it by UDP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(40)
        s.connect((server.host, server.port))
        text = options("127.0.0.1", n, "UDP").decode().replace("OPTIONS sip:127.0.0.1 ", f"OPTIONS {uri} ").replace(
            "127.0.0.1:9;", "127.0.0.1:9;rport;")
        s.send(text.encode())
        while True:
            status = int(s.recv(65536).split()[1])
            if status >= 200:
                return status


def test_a_server_proves_its_name_or_gets_nothing():
    with Certs() as certs:
        good, wrong = certs.make("localhost", "DNS:localhost"), certs.make("wrong", "DNS:wrong.example")
        own, late = certs.make("own", "DNS:localhost", issuer=None), certs.make("late", "DNS:localhost", days=-1)
        with Secure(certs, [good]) as far, Secure(certs, [wrong]) as near:
            uri = f"sip:localhost:{far.tls_port};transport=tls"
            assert through(near, uri) == 200
            for n, (cert, why) in enumerate([(wrong, "its certificate is of another name"),
                                             (own, "self-signed certificate"),
                                             (late, "certificate has expired")], 2):
                far.stop()
                far = Secure(certs, [cert], port=far.port)
                uri = f"sip:localhost:{far.tls_port};transport=tls"
                status = through(near, uri, n)
                assert status == 500, status  # RFC 3261 16.7 step 6: not 503, which would speak of all that we do
                wait_for(lambda why=why: f'name=localhost why="{why}"' in near.stderr(), 10, near.stderr)
            near.write([wrong], "  verify: false\n")
            near.reload("reloaded")
            assert through(near, uri, 9) == 200
            far.stop()


def test_a_peer_is_known_by_its_certificate():
    with Certs() as certs:
        peer, stranger = certs.make("peer", "DNS:peer.example"), certs.make("stranger", "DNS:stranger.example")
        ask = "  client_certificate: ask\n  peers: [peer.example]\naccounts: {auth: required}\n"
        with Secure(certs, [certs.make("localhost", "DNS:localhost")], more=ask) as server:
            def status(cert, n):
                with dial(server, client(certs, cert=cert)) as s:
                    s.sendall(options("127.0.0.1", n).replace(b"sip:127.0.0.1 ", b"sip:bob@127.0.0.1 "))
                    return int(s.recv(65536).split()[1])
            assert status(peer, 1) == 404
            assert status(stranger, 2) == 407
            assert status(None, 3) == 407
            with dial(server, client(certs, cert=peer)) as kept:
                server.write([certs.path("localhost")], ask.replace("peer.example", "other.example"))
                server.reload("reloaded")
                kept.sendall(options("127.0.0.1", 4).replace(b"sip:127.0.0.1 ", b"sip:bob@127.0.0.1 "))
                assert kept.recv(65536).startswith(b"SIP/2.0 407 ")
            server.write([certs.path("localhost")], ask.replace("ask", "require"))
            server.reload("reloaded")
            assert status(peer, 5) == 404
            try:
                status(None, 6)
                raise AssertionError("nobody showed a certificate and was let in")
            except (ssl.SSLError, ConnectionError, IndexError):
                pass


def answer_to(request):
    """200, with what a response repeats."""
    kept = [line for line in request.split("\r\n") if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
    return "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode()


def relay_of(port, n):
    request = options("127.0.0.1", n, "UDP").replace(b"127.0.0.1:9;", b"127.0.0.1:9;rport;")
    return request.replace(b"OPTIONS sip:127.0.0.1 ", b"OPTIONS sip:x@localhost:%d;transport=tls " % port)


def is_relayed(udp, s, port, n):
    """Does a request by UDP come out of this connection, and its answer back? Else its worker says that there is no way."""
    udp.send(relay_of(port, n))
    if udp in select.select([udp, s], [], [], 40)[0]:
        assert udp.recv(65536).startswith(b"SIP/2.0 50")
        return False
    request = s.recv(65536).decode()
    assert request.startswith("OPTIONS sip:x@localhost"), request
    s.sendall(answer_to(request))
    assert udp.recv(65536).startswith(b"SIP/2.0 200 ")
    return True


def all_relay(udp, s, port):
    """Workers tell each other by post: 24 requests, and so surely those of each, go by the connection once all have heard of it."""
    numbers = itertools.count(100)
    s.settimeout(40)
    wait_for(lambda: all([is_relayed(udp, s, port, next(numbers)) for _ in range(24)]), 20, lambda: "some worker has no way")


def test_requests_of_every_worker_go_by_the_connection_of_a_peer_that_offers_it():
    """RFC 5923: `alias` in its Via, and its certificate, lead there; nobody listens at the port that it advertises."""
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")], "--workers", "4",
                                  more="  client_certificate: ask\n") as server:
        port = free_port()
        with dial(server, client(certs, cert=certs.make("peer", "DNS:localhost"))) as s, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            s.sendall(options("127.0.0.1").replace(b"127.0.0.1:9;", f"localhost:{port};alias;".encode()))
            assert s.recv(65536).startswith(b"SIP/2.0 200 ")
            udp.settimeout(40)
            udp.connect((server.host, server.port))
            all_relay(udp, s, port)


def test_so_they_do_by_a_connection_that_one_of_them_made():
    """The far end of it offers `alias` in a request; then nobody listens there any more, whom others could connect to."""
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")], "--workers", "4") as server, \
            socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        port = listener.getsockname()[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certs.make("peer", "DNS:localhost"))
        udp.settimeout(40)
        udp.connect((server.host, server.port))
        udp.send(relay_of(port, 99))
        listener.settimeout(40)
        with context.wrap_socket(listener.accept()[0], server_side=True) as s:
            listener.close()
            s.sendall(answer_to(s.recv(65536).decode()))
            assert udp.recv(65536).startswith(b"SIP/2.0 200 ")
            s.sendall(options("127.0.0.1", 98).replace(b"127.0.0.1:9;", f"localhost:{port};alias;".encode()))
            assert s.recv(65536).startswith(b"SIP/2.0 200 ")
            all_relay(udp, s, port)


def test_who_was_revoked_is_refused_once_the_list_says_so():
    with Certs() as certs:
        peer = certs.make("peer", "DNS:peer.example")
        crl = f"  crl: {certs.revoke()}\n  client_certificate: require\n"
        with Secure(certs, [certs.make("localhost", "DNS:localhost")], "--workers", "2", more=crl) as server:
            context, session = client(certs, cert=peer), None
            with dial(server, context) as s:
                assert asked(s, 1).startswith(b"SIP/2.0 200 ")
                session = s.session
            certs.revoke("peer")
            server.reload("reloaded")
            for n, kept in enumerate((None, session), 2):
                try:
                    with dial(server, context, session=kept) as s:
                        asked(s, n)
                    raise AssertionError("a certificate that was revoked was taken")
                except (ssl.SSLError, ConnectionError, AssertionError) as error:
                    assert "was revoked" not in str(error), error
            wait_for(lambda: 'why="certificate revoked"' in server.stderr(), 10, server.stderr)


def test_handshakes_are_counted_by_what_became_of_them():
    port = free_port()
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")], "--metrics", f"127.0.0.1:{port}") as server:
        def count(result, direction="in"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
                found = re.search(rf'^tandem_tls_handshakes_total{{direction="{direction}",result="{result}"}} (\d+)$', page.read().decode(), re.M)
            return int(found.group(1))
        context, session = client(certs), None
        for n in range(3):
            with dial(server, context, session=session) as s:
                assert asked(s, n).startswith(b"SIP/2.0 200 ")
                session = s.session
        assert (count("full"), count("resumed")) == (1, 2)
        with socket.create_connection(("127.0.0.1", server.tls_port), 10) as s:
            s.sendall(b"GET / HTTP/1.1\r\n\r\n")
            while s.recv(4096):
                pass
        wait_for(lambda: count("not_tls") == 1, 10, server.stderr)
        socket.create_connection(("127.0.0.1", server.tls_port), 10).close()
        wait_for(lambda: count("hung_up") == 1, 10, server.stderr)
        try:
            with dial(server, ssl.create_default_context()) as s:
                raise AssertionError("an unknown authority was believed")
        except ssl.SSLCertVerificationError:
            pass
        wait_for(lambda: count("refused") == 1, 10, server.stderr)


def test_who_talks_something_else_again_and_again_is_banned_and_who_hangs_up_is_not():
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")], "--workers", "1",
                                  more="accounts: {auth: required}\nlimits: {strikes: 5}\n") as server:
        for _ in range(30):
            socket.create_connection(("127.0.0.1", server.tls_port), 10).close()
        with dial(server, client(certs)) as s:
            assert asked(s).startswith(b"SIP/2.0 401 ")

        def nonsense():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.tls_port), 10) as s:
                s.sendall(b"GET / HTTP/1.1\r\n\r\n")
                while s.recv(4096):
                    pass
            return "banned addr=127.0.0.1" in server.stderr()

        wait_for(nonsense, 30, server.stderr)
        try:
            with dial(server, client(certs)) as s:
                raise AssertionError("who is banned was let in")
        except (ssl.SSLError, ConnectionError):
            pass


def test_nobody_is_made_to_shake_hands_again():
    with Certs() as certs, Secure(certs, [certs.make("localhost", "DNS:localhost")]) as server:
        again = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.tls_port}", "-tls1_2", "-CAfile", certs.ca],
                               input="R\n", capture_output=True, text=True, check=False, timeout=30)
        assert "RENEGOTIATING" in again.stdout + again.stderr and "no renegotiation" in again.stderr, again


def test_phones_call_each_other_over_tls():
    with Certs() as certs, Secure(certs, [certs.make("127.0.0.1", "IP:127.0.0.1")]) as server, \
            Baresip(server, "alice", "tls", port=server.tls_port, ca=certs.ca) as alice, \
            Baresip(server, "carol", "tls", port=server.tls_port, ca=certs.ca) as carol, \
            Linphone(server, "bob", "tls", port=server.tls_port, ca=certs.ca) as bob:
        bob.send(f"call sip:alice@127.0.0.1:{server.tls_port}")
        alice.await_event("CALL_INCOMING")
        alice.command("accept")
        alice.await_event("CALL_ESTABLISHED")
        bob.await_call("LinphoneCallStreamsRunning")
        bob.send("terminate")
        alice.await_event("CALL_CLOSED")
        alice.forget()
        carol.command("dial", f"sip:alice@127.0.0.1:{server.tls_port}")
        alice.await_event("CALL_INCOMING")
        alice.command("accept")
        carol.await_event("CALL_ESTABLISHED")
        carol.command("hangup")
        alice.await_event("CALL_CLOSED")


def test_a_certificate_for_a_first_try():
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([PROGRAM, "cert", "--out", folder, "localhost", "127.0.0.1"], capture_output=True, text=True,
                              check=True, timeout=60)
        assert f"certificates: [{folder}/localhost.pem]" in made.stdout, made.stdout
        assert os.stat(f"{folder}/localhost.pem").st_mode & 0o777 == 0o600
        again = subprocess.run([PROGRAM, "cert", "--out", folder, "localhost"], capture_output=True, text=True,
                               check=False, timeout=60)
        assert again.returncode == 2 and "File exists" in again.stderr, again
        subprocess.run([PROGRAM, "cert", "--out", folder, "other.example"], check=True, capture_output=True, timeout=60)
        for name in ("localhost", "other.example"):
            verified = subprocess.run(["openssl", "verify", "-CAfile", f"{folder}/ca.pem", f"{folder}/{name}.pem"],
                                      capture_output=True, text=True, check=False, timeout=60)
            assert verified.returncode == 0, verified
        wrong = subprocess.run([PROGRAM, "cert", "--out", folder, "a b"], capture_output=True, text=True, check=False,
                               timeout=60)
        assert wrong.returncode == 2 and "expected a domain name" in wrong.stderr, wrong


if __name__ == "__main__":
    tap.run()
