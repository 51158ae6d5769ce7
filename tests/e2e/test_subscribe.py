"""`tandem subscribe`: what a mailbox and a presentity tell, how it goes on, and how it ends."""
import contextlib
import re
import socket
import subprocess

import server as programs
import tap
from client import Client, tandem
from phone import Phone
from server import free_port

SUMMARY = b"Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\n"


class Notifier(Phone):
    """Who is subscribed to; `subscribe` is the last SUBSCRIBE that came."""

    def __init__(self):
        local = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        local.bind(("127.0.0.1", 0))
        super().__init__("mailbox", local, None)
        self.subscribe = None

    def take(self, status=200, expires=600):
        last = self.subscribe.one("Via") if self.subscribe else None
        self.subscribe = self.wait(lambda m: m.method == "SUBSCRIBE" and m.one("Via") != last)
        host, port = re.search(r"@?([\d.]+):(\d+)", self.subscribe.one("Contact")).groups()
        self.server = (host, int(port))
        self.answer(self.subscribe, status, lines=[f"Expires: {expires}"])

    def notify(self, state, body=b"", kind="application/simple-message-summary"):
        of = self.subscribe
        self.send(f"NOTIFY {of.one('Contact').strip('<>')}",
                  [self.via(), f"From: {of.one('To').partition(';tag')[0]};tag=to", f"To: {of.one('From')}",
                   f"Call-ID: {of.one('Call-ID')}", f"CSeq: {self.cseq} NOTIFY", "Max-Forwards: 70", f"Contact: <{self.contact}>",
                   f"Event: {of.one('Event')}", f"Subscription-State: {state}", *([f"Content-Type: {kind}"] if body else [])], body)
        assert self.wait(lambda m: m.status and "NOTIFY" in m.one("CSeq")).status == 200


@contextlib.contextmanager
def watched(event, *words):
    with Notifier() as there, Client("subscribe", event, f"mailbox@{there.at}", "--listen", f"udp:127.0.0.1:{free_port()}", *words) as client:
        yield there, client


def test_a_mailbox_is_watched():
    with watched("message-summary") as (there, client):
        there.take(expires=4)
        assert there.subscribe.one("Accept") == "application/simple-message-summary"
        there.notify("active;expires=4", SUMMARY)
        told = client.await_event("notified")
        assert told["state"] == "active" and told["waiting"] is True, told
        assert client.await_event("messages") == {"event": "messages", "kind": "Voice-Message", "new": 2, "old": 8, "urgent_new": 0,
                                                  "urgent_old": 2}
        there.take(expires=600)  # refreshed before the end
        there.notify("active;expires=600", b"Messages-Waiting: no\r\n")
        assert client.await_event("notified", 2)["waiting"] is False
        client.process.send_signal(2)
        there.take(expires=0)
        assert there.subscribe.one("Expires") == "0"
        there.notify("terminated;reason=timeout")
        client.wait()


def test_once_asks_and_leaves():
    with watched("presence", "--once") as (there, client):
        there.take()
        there.notify("pending")
        client.await_event("notified")
        there.notify("active", b"<presence/>\n", "application/pidf+xml")
        assert client.await_event("notified", 2)["body"] == "<presence/>\n"
        there.take(expires=0)
        there.notify("terminated;reason=timeout")
        client.wait()


PRESENCE = """<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
    xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="pres:bob@example.com">
  <tuple id="t1"><status><basic>open</basic></status><contact priority="0.8">sip:bob@192.0.2.4</contact>
    <timestamp>2026-01-02T03:04:05Z</timestamp></tuple>
  <dm:person id="p1"><rpid:activities><rpid:meeting/><rpid:away/></rpid:activities><dm:note>Grüße &#x9;</dm:note></dm:person>
  <note>back soon</note>
</presence>
"""


def shown(*documents):
    """What people are told of these."""
    with Notifier() as there:
        words = ("subscribe", "presence", f"mailbox@{there.at}", "--listen", f"udp:127.0.0.1:{free_port()}")
        process = subprocess.Popen([programs.PROGRAM, *words], stdout=subprocess.PIPE, text=True)
        there.take()
        for document in documents:
            there.notify("active", document.encode(), "application/pidf+xml")
        there.notify("terminated;reason=noresource")
        return process.communicate(timeout=30)[0]


def test_a_presence_document_is_read():
    with watched("presence") as (there, client):
        there.take()
        assert there.subscribe.one("Accept") == "application/pidf+xml"
        there.notify("active", PRESENCE.encode(), "application/pidf+xml")
        told = client.await_event("notified")
        assert told["entity"] == "pres:bob@example.com" and told["notes"] == ["back soon"] and told["more"] is False, told
        assert "fault" not in told and told["body"] == PRESENCE, told
        assert client.await_event("presence") == {"event": "presence", "kind": "tuple", "id": "t1", "basic": "open", "priority": "0.8",
                                                  "contact": "sip:bob@192.0.2.4", "timestamp": "2026-01-02T03:04:05Z"}
        assert client.await_event("presence", 2) == {"event": "presence", "kind": "person", "id": "p1", "notes": ["Grüße"],
                                                     "activities": ["meeting", "away"]}
        there.notify("terminated;reason=noresource")
        client.wait()
    text = shown(PRESENCE)
    assert text.startswith('presence active: pres:bob@example.com "back soon"\n'
                           '  tuple t1: open at sip:bob@192.0.2.4 with priority 0.8 since 2026-01-02T03:04:05Z\n'
                           '  person p1: meeting, away "Grüße"\n'), text


BOMB = ('<!DOCTYPE presence [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>\n'
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="x"><note>&c;&d;</note></presence>\n')
LIES = {BOMB: "line 1: a document type definition",
        PRESENCE.replace("open<", "ajar<"): "line 4: basic: neither open nor closed",
        PRESENCE[:500]: "line 6: unclosed token",
        "good evening\n": "line 1: syntax error"}


def test_a_document_that_errs_is_told_and_shown_as_it_stands():
    with watched("presence") as (there, client):
        there.take()
        for n, (lie, fault) in enumerate(LIES.items()):
            there.notify("active", lie.encode(), "application/pidf+xml")
            told = client.await_event("notified", n + 1)
            assert told["fault"] == fault and told["body"] == lie, told
        assert not client.saw("presence"), client.events
        there.notify("terminated;reason=noresource")
        client.wait()
    text = shown(*LIES)
    for lie, fault in LIES.items():
        assert f": the document errs in {fault}\n" in text, text
        assert all(f"  {line}\n" in text for line in lie.splitlines()), text


def test_what_is_refused_ends_with_its_status():
    with watched("dialog") as (there, client):
        there.take(status=489)
        assert client.await_event("ended")["status"] == 489
        client.wait(status=1)
    with watched("presence") as (there, client):
        there.take()
        there.notify("active")
        there.notify("terminated;reason=rejected")
        client.await_event("ended")
        client.wait()


def test_what_is_lost_is_asked_for_anew():
    with watched("presence") as (there, client):
        there.take()
        first = there.subscribe.one("Call-ID")
        there.notify("active")
        there.notify("terminated;reason=deactivated")
        assert client.await_event("lost")["again_in"] <= 10
        there.take()
        assert there.subscribe.one("Call-ID") != first
        there.notify("active")
        client.await_event("notified", 3)
        client.process.send_signal(2)
        there.take(expires=0)
        there.notify("terminated")
        client.wait()


def test_usage():
    tandem("subscribe", "presence", status=2)
    tandem("subscribe", "presence", "nobody@127.0.0.1:1", "--expires", "0", status=2)
    assert "usage: tandem subscribe EVENT URI" in tandem("help", "subscribe").stdout


if __name__ == "__main__":
    tap.run()
