"""The trapezoid of RFC 3261 with TLS between two domains (RFC 3263, RFC 5922), whose servers find each other by a real name
server and prove their domains to each other; the other one is ours, then Kamailio. docs/guide/tls.md has the configuration."""
import contextlib
import hashlib
import os
import re
import select
import socket
import ssl
import subprocess
import tempfile
import urllib.request

import netns
from baresip import Baresip
from certs import Certs
from kamailio import Kamailio
from knot import Knot
from phone import Phone
from server import PROGRAM, Server, free_port, wait_for

ATLANTA, BILOXI = "atlanta.example", "biloxi.example"
ADDRESS = {ATLANTA: "192.0.2.1", BILOXI: "192.0.2.2"}
# TLS is what the domain likes best. Nobody but a trap is where it names TCP.
ZONE = """@ NAPTR 10 50 "s" "SIPS+D2T" "" _sips._tcp
@ NAPTR 20 50 "s" "SIP+D2T" "" _sip._tcp
_sips._tcp SRV 10 0 5061 sip
_sip._tcp SRV 10 0 5060 sip
sip A {address}
"""
CONFIG = """listen: ["tls:{address}:5061"]
domains: [{domain}]
advertise: sip.{domain}
dns: {{servers: ["{names}"]}}
accounts: {{auth: required, algorithms: [MD5]}}
tls:
  ca: {ca}
  certificates: [{certificate}]
  client_certificate: ask
  peers: [{peer}]
"""


def certificate(certs, domain, *named):
    """For the domain of the users, and for the host that Via and Record-Route name."""
    named = named or (domain, f"sip.{domain}")
    return certs.make(domain, ",".join(f"DNS:{name}" for name in named))


class Domain(Server):
    """Our server of `domain`: TLS at its public address, UDP and TCP for phones that are near."""

    def __init__(self, domain, peer, names, certs, pem, *users, workers=2):
        self.domain, self.folder = domain, tempfile.TemporaryDirectory()
        for user in users:
            subprocess.run([PROGRAM, "user", "add", f"{user}@{domain}", "--data", self.folder.name], input="x\n", text=True,
                           check=True, capture_output=True, timeout=60)
        path = os.path.join(self.folder.name, "tandem.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(CONFIG.format(address=ADDRESS[domain], domain=domain, names=names.addr, ca=certs.ca, certificate=pem,
                                  peer=peer))
        self.metrics = free_port()
        super().__init__("--config", path, "--data", self.folder.name, "--listen", f"tls:{ADDRESS[domain]}:5061",
                         "--metrics", f"127.0.0.1:{self.metrics}", "--workers", str(workers))

    def shaken(self, direction):
        """How many handshakes went well: `out` those of connections that we made."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=30) as page:
            found = re.findall(rf'^tandem_tls_handshakes_total{{direction="{direction}",result="(?:full|resumed)"}} (\d+)$',
                               page.read().decode(), re.M)
        return sum(map(int, found))


class Trap:
    """Where a domain's plain transports are said to be. Nobody may ever come."""

    def __init__(self, address):
        self.sockets = [socket.create_server((address, 5060)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
        self.sockets[1].bind((address, 5060))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        came = select.select(self.sockets, [], [], 0)[0]
        for s in self.sockets:
            s.close()
        assert kind or not came, "something went in plain text"


class Far:
    """The other domain's server and what both need: certificates, names, and a trap for each."""

    def __init__(self, stack):
        self.stack = stack
        self.certs = stack.enter_context(Certs())
        self.names = stack.enter_context(Knot({d: ZONE.format(address=a) for d, a in ADDRESS.items()}, port=53))
        for address in ADDRESS.values():
            stack.enter_context(Trap(address))

    def ours(self, domain, *users, named=(), workers=2):
        peer = BILOXI if domain == ATLANTA else ATLANTA
        pem = certificate(self.certs, domain, *named)
        return self.stack.enter_context(Domain(domain, peer, self.names, self.certs, pem, *users, workers=workers))

    def kamailio(self, *named):
        pem = certificate(self.certs, BILOXI, *named)
        return self.stack.enter_context(Kamailio(BILOXI, ADDRESS[BILOXI], pem, self.certs.ca, ATLANTA))

    def baresip(self, server, user, domain):
        return self.stack.enter_context(Baresip(server, user, outbound=True, domain=domain))


def dial(caller, target, callee, ends_it):
    for phone in (caller, callee):
        phone.forget()
    caller.command("dial", target)
    callee.await_event("CALL_INCOMING")
    callee.command("accept")
    for phone in (caller, callee):
        phone.await_event("CALL_ESTABLISHED")
    ends_it.command("hangup")
    (callee if ends_it is caller else caller).await_event("CALL_CLOSED")


def both_ways(alice, bob):
    for ends_it in (alice, bob):
        dial(alice, f"sip:bob@{BILOXI}", bob, ends_it)
        dial(bob, f"sip:alice@{ATLANTA}", alice, ends_it)


def test_calls_between_two_domains_go_by_tls():
    with contextlib.ExitStack() as stack:
        far = Far(stack)
        one, two = far.ours(ATLANTA, "alice"), far.ours(BILOXI, "bob")
        both_ways(far.baresip(one, "alice", ATLANTA), far.baresip(two, "bob", BILOXI))
        # RFC 5923: what either has made serves both ways.
        assert one.shaken("out") == two.shaken("in") > 0 and two.shaken("out") == one.shaken("in"), one.stderr()


def test_a_server_of_another_name_gets_no_call_and_brings_none():
    with contextlib.ExitStack() as stack:
        far = Far(stack)
        one, two = far.ours(ATLANTA, "alice"), far.ours(BILOXI, "bob", named=("mallory.example", f"sip.{BILOXI}"))
        alice, bob = far.baresip(one, "alice", ATLANTA), far.baresip(two, "bob", BILOXI)
        alice.command("dial", f"sip:bob@{BILOXI}")
        alice.await_event("CALL_CLOSED")
        wait_for(lambda: f'name={BILOXI} why="its certificate is of another name"' in one.stderr(), 10, one.stderr)
        bob.command("dial", f"sip:alice@{ATLANTA}")
        bob.await_event("CALL_CLOSED")
        for phone in (alice, bob):
            assert not phone.saw("CALL_INCOMING"), phone.events
        assert one.shaken("out") == 0, one.stderr()


class Speaker(Phone):
    """A phone of `me` that asks across domains; nobody wants its password."""

    def __init__(self, me, local, server):
        super().__init__(me.partition("@")[0], local, server)
        self.me, self.domain = me, me.partition("@")[2]

    def credentials(self, _method, _uri):
        return []

    def begin(self, method, uri, to, lines, body=b""):
        via = self.via()
        me = f"{uri.partition(':')[0]}:{self.me}"
        self.send(f"{method} {uri}", [via, f"From: <{me}>;tag=f", f"To: <{to}>", f"Call-ID: {self.id}-{self.cseq}",
                                      f"CSeq: {self.cseq} {method}", "Max-Forwards: 70", *lines], body)

    def ask(self, method, uri, body=b""):
        line = f"Contact: <{self.contact}>" if method == "INVITE" else "Content-Type: text/plain"
        self.begin(method, uri, uri, [line, *self.credentials(method, uri)], body)

    def final(self, method):
        return self.wait(lambda m: m.status >= 200 and m.one("CSeq").endswith(method))


class SecurePhone(Speaker):
    """A phone over TLS that has an account. Each worker of a server knows its own nonces alone: let there be one."""

    def __init__(self, server, user, ca):
        context = ssl.create_default_context(cafile=ca)
        bare = socket.create_connection((ADDRESS[server.domain], 5061), 10)
        super().__init__(f"{user}@{server.domain}", context.wrap_socket(bare, server_hostname=f"sip.{server.domain}"), server)
        self.contact = f"sips:{user}@{self.at}"
        self.challenge, self.count = {}, 0
        self.sign_on()

    def via(self):
        return super().via().replace("/TCP ", "/TLS ")

    def proof(self, method, uri):
        """RFC 7616 3.4 with MD5 and qop=auth, for the nonce that it was given first."""
        realm, nonce = (self.challenge[name] for name in ("realm", "nonce"))
        self.count += 1

        def digest(*parts):
            return hashlib.md5(":".join(parts).encode()).hexdigest()

        answer = digest(digest(self.user, realm, "x"), nonce, f"{self.count:08x}", "c", "auth", digest(method, uri))
        return (f'Digest username="{self.user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{answer}", '
                f'algorithm=MD5, qop=auth, nc={self.count:08x}, cnonce="c"')

    def sign_on(self):
        binding = [f"Contact: <{self.contact}>", "Expires: 600"]
        refused = self.register(self.domain)
        self.challenge = dict(re.findall(r'(\w+)="?([^",]+)"?', refused.one("WWW-Authenticate")))
        uri = f"sips:{self.domain}"
        self.begin("REGISTER", uri, f"sips:{self.me}", [*binding, f"Authorization: {self.proof('REGISTER', uri)}"])
        answer = self.wait(lambda m: m.status >= 200)
        assert answer.status == 200, answer.text

    def credentials(self, method, uri):
        return [f"Proxy-Authorization: {self.proof(method, uri)}"]


def secure_phone(stack, far, server, user):
    return stack.enter_context(SecurePhone(server, user, far.certs.ca))


def hop(request, domain):
    """It came from the other domain's server by TLS."""
    vias = [via for line in request.all("Via") for via in line.split(",")]
    assert re.match(rf"SIP/2\.0/TLS sip\.{domain}:5061\b", vias[1].strip()), request.text


def say(sender, scheme, receiver, domain):
    """A MESSAGE to the other's address, and what has come there."""
    sender.ask("MESSAGE", f"{scheme}:{receiver.me}", body=b"Watson, come here.")
    request = receiver.wait(lambda m: m.method == "MESSAGE")
    assert request.body == b"Watson, come here." and request.start.startswith(f"MESSAGE {scheme}:"), request.text
    hop(request, domain)
    receiver.answer(request, 200)
    assert sender.final("MESSAGE").status == 200


def secure_call(caller, callee, domain, hangs_up):
    """RFC 5630: each hop of a call to a sips address is TLS, and so is each of its dialog."""
    caller.ask("INVITE", f"sips:{callee.me}")
    request = callee.wait(lambda m: m.method == "INVITE")
    hop(request, domain)
    callee.answer(request, 200)
    answer = caller.final("INVITE")
    assert answer.status == 200, answer.text
    cseq = answer.one("CSeq").split()[0]
    caller.within("ACK", answer, cseq)
    callee.wait(lambda m: m.method == "ACK")
    one, other, seen = (caller, callee, answer) if hangs_up is caller else (callee, caller, request)
    one.within("BYE", seen, forward=hangs_up is caller)
    other.answer(other.wait(lambda m: m.method == "BYE"), 200)
    assert one.final("BYE").status == 200


def test_messages_and_calls_to_sips_addresses_are_secure_all_the_way():
    with contextlib.ExitStack() as stack:
        far = Far(stack)
        one, two = far.ours(ATLANTA, "alice", workers=1), far.ours(BILOXI, "bob", workers=1)
        alice, bob = secure_phone(stack, far, one, "alice"), secure_phone(stack, far, two, "bob")
        for scheme in ("sip", "sips"):
            say(alice, scheme, bob, ATLANTA)
            say(bob, scheme, alice, BILOXI)
        for hangs_up in (alice, bob):
            secure_call(alice, bob, ATLANTA, hangs_up)
            secure_call(bob, alice, BILOXI, hangs_up)


def test_what_cannot_be_secure_is_not_sent_at_all():
    with contextlib.ExitStack() as stack:
        far = Far(stack)
        one, two = far.ours(ATLANTA, "alice", workers=1), far.ours(BILOXI, "bob", named=(f"sip.{BILOXI}",), workers=1)
        alice, bob = secure_phone(stack, far, one, "alice"), secure_phone(stack, far, two, "bob")
        for scheme in ("sip", "sips"):
            for method in ("MESSAGE", "INVITE"):
                alice.ask(method, f"{scheme}:{bob.me}")
                assert alice.final(method).status == 500  # RFC 3261 16.7 step 6: a 503 would speak of all that we do
        assert f'name={BILOXI} why="its certificate is of another name"' in one.stderr(), one.stderr()
        assert not bob.poll(lambda m: True) and one.shaken("out") == 0


def test_calls_between_our_domain_and_one_that_kamailio_serves():
    with contextlib.ExitStack() as stack:
        far = Far(stack)
        one, two = far.ours(ATLANTA, "alice"), far.kamailio()
        both_ways(far.baresip(one, "alice", ATLANTA), far.baresip(two, "bob", BILOXI))
        assert one.shaken("out") and one.shaken("in"), one.stderr()


def test_messages_between_our_domain_and_one_that_kamailio_serves():
    with contextlib.ExitStack() as stack, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        far = Far(stack)
        one, two = far.ours(ATLANTA, "alice", workers=1), far.kamailio()
        udp.bind((two.host, 0))
        bob = Speaker(f"bob@{BILOXI}", udp, (two.host, two.port))
        assert bob.register(BILOXI).status == 200, two.output()
        alice = secure_phone(stack, far, one, "alice")
        say(alice, "sip", bob, ATLANTA)
        say(bob, "sip", alice, BILOXI)


def test_a_kamailio_of_another_name_gets_no_call_and_brings_none():
    with contextlib.ExitStack() as stack:
        far = Far(stack)
        one, two = far.ours(ATLANTA, "alice"), far.kamailio("mallory.example", f"sip.{BILOXI}")
        alice, bob = far.baresip(one, "alice", ATLANTA), far.baresip(two, "bob", BILOXI)
        for caller, callee in ((alice, f"bob@{BILOXI}"), (bob, f"alice@{ATLANTA}")):
            caller.command("dial", f"sip:{callee}")
            caller.await_event("CALL_CLOSED")
        for phone in (alice, bob):
            assert not phone.saw("CALL_INCOMING"), phone.events
        assert f'name={BILOXI} why="its certificate is of another name"' in one.stderr(), one.stderr()
        assert one.shaken("out") == 0, one.stderr()


if __name__ == "__main__":
    netns.run(ADDRESS.values())
