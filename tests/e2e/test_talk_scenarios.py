"""SIPp plays the other phone, in scenarios of ours, and in those that others wrote to test user agents, which are in the optional
test data."""
import os
import re

import tap
from client import Client, tandem
from server import free_media_port, free_port, wait_for
from sipp import Sipp
from sound import Heard, encoded_tones
from talk import Bob, await_direction, check_tone, digits, end_of, folder

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("TANDEM_TESTDATA") or os.path.join(HERE, "..", "..", "..", "shared", "testdata")
PHONES = "pjsip_pjproject/tests/pjsua/scripts-sipp"
# Callers that ask nothing but what every phone does; then those that want to be held in their call. Left out: uac-norefersub-disabled
# and uas-norefersub-disabled (the opposite of what is promised), uac-early-recv-update-481 (a phone that answers before the answer
# and narrows that by UPDATE), uac-prack-sdp-decline, uac-upd-sdp-decline and uac-upd-sdp-offer (early media of a phone that was
# called), uac-inv-retrans-after-ack (an INVITE that RFC 6026 7.1 absorbs), uac-subscribe (presence of a phone), uac-srtp-* and
# uas-inv-answered-with-srtp (SRTP), transfer-attended (it tests nothing).
CALLERS = ("alt-pjsua-uas-static-pt-no-rtpmap", "uac-183-wrong-media", "uac-inv-and-ack-without-sdp", "uac-message-no-body",
           "uac-norefersub")
HELD = ("uac-inv-two-media-but-one-disabled-no-rtpmap", "uac-ticket-1148")
# Callees that a call is given up at, that are called, and that refuse to be held or say nothing to it. Left out: uas-answer-180- and
# uas-answer-200-multiple-fmts-support-update (an UPDATE that narrows an answer of several formats, which RFC 3264 6.1 allows),
# uas-answer-200-update-without-sdp and uas-reinv-glare (an UPDATE where RFC 3311 5.1 has us send a re-INVITE), uas-timer-update (it waits
# for 45 seconds), uas-norefersub and uas-reinv-and-ack-same-branch-without-sdp (requests with a broken To, or another tag than the
# answer's).
GIVEN_UP = {"uas-answer-183-without-to-tag": 487, "uas-answer-183-wrong-attr": 488, "uas-answer-183-wrong-media": 488}
CALLED = {"uas-422-then-200-bad-se": 200, "uas-template": 301}
UNHELD = {"uas-answer-200-reinvite-without-sdp": "no-agreement", "uas-keep-call-on-tsx-fail": "gone"}
# Notifiers, and what they say at first. Left out: uas-subscribe-late-notify (RFC 6665 4.1.2.2 keeps a subscription whose refresh is
# answered with 408).
NOTIFIERS = {"uas-mwi-0": ("message-summary", "terminated"), "uas-subscribe-multipart-notify": ("presence", "active"),
             "uas-subscribe-terminated-retry": ("presence", "active")}
# Registrars. Left out: uas-auth and uas-register-ip-change, whose challenges have no nonce.
REGISTRARS = ("uas-auth-two-algo",)
# Callers and callees that are written for any phone or server. Left out: what needs files, words or a registrar that are not there,
# what refuses by right (no codec of ours, no c= line), prack_bad_rack (400 where RFC 3262 3 has 481), cancel (a 100 that no phone owes).
SAGHUL, SIPHON = "saghul_sipp-scenarios", "thevoiceguy_siphon-rs/sip-testkit/sipp"
ANYBODYS_CALLERS = {
    "SIPp_sipp/docs": ("uac",),
    SAGHUL: ("sipp_uac_dir_inactive", "sipp_uac_dir_sendonly", "sipp_uac_ice_without_rtcp", "sipp_uac_no_session_c_line",
             "sipp_uac_options"),
    SIPHON: ("info", "invite_multi_codec", "malformed_sdp", "max_forwards_decrement", "message", "reinvite", "route_bye",
             "session_timer_refresh", "unsupported_method", "update_out_of_dialog")}
ANYBODYS_CALLEES = {
    "SIPp_sipp/docs": ("uas",),
    SAGHUL: ("sipp_uas_big_start_time", "sipp_uas_dir_recvonly", "sipp_uas_no_180")}
RECORDED = "/usr/share/sip-tester/g711a.pcap"
RECORDED_PACKETS = 236


def theirs(name, folder=PHONES):
    path = os.path.join(DATA, "sipp", folder, name + ".xml")
    if not os.path.exists(path):
        raise tap.Skip("no test data")
    return path


def passed(sipp, name):
    got = sipp.finish(40)
    assert got["ok"] == 1 and got["failed"] == 0 and got["status"] == 0, f"{name}: {got}\n{sipp.errors()}"


def calling(name, bob, **keys):
    """SIPp calls Bob; `keys` are words of its scenario."""
    return Sipp(name, free_port(), "-m", "1", "-s", "bob", "-timeout", "30s", "-mp", str(free_media_port()), *key_words(keys),
                remote=bob.addr, files=encoded_tones())


def key_words(keys):
    return [word for key, value in keys.items() for word in ("-key", key, value)]


class Callee(Sipp):
    """SIPp is called."""

    def __init__(self, name, **keys):
        super().__init__(name, free_port(), "-m", "1", "-timeout", "30s", "-mp", str(free_media_port()), *key_words(keys),
                         files=encoded_tones())

    def registers(self):
        return tandem("register", f"alice@127.0.0.1:{self.port}", "--once", env={"TANDEM_PASSWORD": "secret"})

    def called(self, *words):
        return Client("call", f"bob@127.0.0.1:{self.port}", "--as", f"alice@127.0.0.1:{free_port()}", "--via-server", "none", *words)


def need_recorded():
    if os.geteuid() or not os.path.exists(RECORDED):
        raise tap.Skip("SIPp plays what was recorded for root alone")


def test_ringing_is_acknowledged():
    with Bob("--after", "1") as bob, calling("phone_prack_caller.xml", bob) as sipp:
        passed(sipp, "prack")
        assert bob.await_event("end")["reason"] == "bye", bob.events


def test_who_reserves_first_is_told_of_when_he_has():
    with Bob("--after", "1") as bob, calling("phone_precondition_caller.xml", bob) as sipp:
        passed(sipp, "preconditions")
        assert bob.await_event("end")["reason"] == "bye", bob.events
        assert [e["event"] for e in bob.events if e["event"] in ("incoming", "media", "answered")] == ["media", "incoming", "answered"]
        assert bob.saw("incoming")["by"] == "sip:carol@example.com", bob.events


def test_reliable_early_media_is_heard_before_the_answer():
    need_recorded()
    with Callee("phone_prack_callee.xml") as sipp, sipp.called("--for", "1") as alice:
        alice.await_event("heard")
        assert not alice.saw("answered") and alice.saw("progress")["status"] == 183, alice.events
        alice.wait()
        passed(sipp, "prack")


def test_media_change_within_the_call():
    """UPDATE and re-INVITE: hold, another codec, hold as it was once written, and what fits nothing."""
    with Bob() as bob, calling("phone_changing_caller.xml", bob) as sipp:
        passed(sipp, "changes")
        told = [(e["codec"], e["direction"]) for e in bob.all("media")]
        assert told[:3] == [("PCMU", "sendrecv"), ("PCMU", "recvonly"), ("PCMA", "sendrecv")] and len(told) == 4, told
        assert bob.await_event("end")["reason"] == "bye", bob.events


def test_the_tone_goes_on_with_another_codec():
    with folder() as path:
        record = os.path.join(path, "r.wav")
        with Bob("--record", record) as bob, calling("phone_codec_caller.xml", bob) as sipp:
            passed(sipp, "codecs")
            end = bob.await_event("end")
            assert [e["codec"] for e in bob.all("media")] == ["PCMU", "PCMA"] and end["media"]["codec"] == "PCMA", bob.events
        heard = Heard(record)
        assert heard.seconds > 4, heard.seconds
        heard.check_tone()


def test_early_media_are_heard_and_kept():
    with folder() as path:
        record = os.path.join(path, "r.wav")
        with Callee("phone_early_callee.xml") as sipp, sipp.called("--record", record) as alice:
            alice.await_event("heard")
            assert not alice.saw("answered") and alice.saw("progress")["status"] == 183, alice.events
            alice.await_event("answered")
            alice.stop()
            passed(sipp, "early")
        check_tone(record)


def test_messages_both_ways():
    with Bob() as bob, Sipp("message_caller.xml", free_port(), "-m", "1", "-s", "bob", "-timeout", "30s", remote=bob.addr) as sipp:
        passed(sipp, "messages")
        assert [e["text"] for e in bob.all("message")] == ["good morning\r\n", "<p>good evening</p>\r\n"], bob.events
    with Callee("message_callee.xml") as sipp:
        tandem("message", f"bob@127.0.0.1:{sipp.port}", "Grüße", "--as", "alice@127.0.0.1", "--server", f"127.0.0.1:{sipp.port}")
        passed(sipp, "message")
        assert sipp.log().encode("latin-1").decode() == " text/plain: Grüße\n", sipp.log()


def test_the_offer_is_ours_where_the_invite_has_none():
    with Bob() as bob, calling("phone_late_caller.xml", bob) as sipp:
        passed(sipp, "late offer")
        assert [e["direction"] for e in bob.all("media")] == ["sendrecv", "inactive"], bob.events
        assert bob.all("media")[0]["codec"] == "PCMU" and bob.await_event("end")["reason"] == "bye", bob.events


def transferred(sipp, alice, order):
    alice.await_event("answered")
    alice.tell(order)
    wait_for(lambda: len(alice.all("transfer_progress")) == 2, 30, lambda: alice.events)
    assert [e["status"] for e in alice.all("transfer_progress")] == [100, 180], alice.events
    return alice.await_event("transferred")


def test_who_was_called_is_transferred():
    with Callee("phone_referred_callee.xml", told="200 OK") as sipp, sipp.called() as alice:
        transferred(sipp, alice, "transfer carol@example.com")
        alice.wait()
        passed(sipp, "blind")
        assert sipp.log() == "Refer-To: <sip:carol@example.com>\n", sipp.log()
    with Callee("phone_referred_callee.xml", told="200 OK") as sipp, Bob() as carol, sipp.called() as alice:
        alice.await_event("answered")
        alice.tell(f"call bob@{carol.addr}")
        alice.await_event("answered", 2)
        transferred(sipp, alice, "1 transfer 2")
        alice.await_event("end")
        passed(sipp, "attended")
        assert re.match(rf"Refer-To: <sip:bob@{carol.addr}\?Replaces=\w+%3Bto-tag%3D\w+%3Bfrom-tag%3D\w+>\n", sipp.log()), sipp.log()


def test_a_transfer_that_fails_leaves_the_call():
    with Callee("phone_referred_callee.xml", told="486 Busy Here") as sipp, sipp.called() as alice:
        alice.await_event("answered")
        alice.tell("transfer carol@example.com")
        assert alice.await_event("transfer_failed")["status"] == 486, alice.events
        assert not alice.saw("end"), alice.events
        alice.stop()
        passed(sipp, "blind")


def test_the_caller_transfers():
    for replaces, seen in (("", "Replaces: Require:  Referred-By: <sip:alice@"),
                           ("?Replaces=x%40y%3Bto-tag%3D1%3Bfrom-tag%3D2", "Replaces: x@y;to-tag=1;from-tag=2 Require: replaces Referred-By: <sip:alice@")):
        with Callee("phone_target_callee.xml") as target, Bob("--transfer", "yes") as bob, \
                calling("phone_referring_caller.xml", bob, where=f"sip:carol@127.0.0.1:{target.port}{replaces}") as sipp:
            passed(sipp, "refer")
            assert sipp.log().startswith("SIP/2.0 100\n") and sipp.log().endswith("SIP/2.0 200\n"), sipp.log()
            assert bob.await_event("end")["reason"] == "bye", bob.events
            bob.tell("hangup")
            passed(target, "target")
            assert target.log().startswith(seen), target.log()


def test_the_loser_of_a_fork_is_hung_up():
    with Callee("phone_forked_callee.xml") as sipp, sipp.called("--for", "2") as alice:
        alice.wait()
        passed(sipp, "fork")
        assert len(alice.all("answered")) == 1 and end_of(alice.events)["reason"] == "hung-up", alice.events


def test_a_session_timer_is_made_longer():
    with Callee("phone_small_timer_callee.xml") as sipp, sipp.called("--for", "1") as alice:
        alice.wait()
        passed(sipp, "422")
        assert end_of(alice.events)["status"] == 200, alice.events


def test_a_glare_is_waited_out():
    with Callee("phone_glare_callee.xml") as sipp, sipp.called() as alice:
        alice.await_event("answered")
        alice.tell("hold")
        await_direction(alice, "sendonly")
        alice.stop()
        passed(sipp, "491")


def test_what_was_recorded_is_heard():
    need_recorded()
    with folder() as path:
        record = os.path.join(path, "r.wav")
        with Bob("--record", record) as bob, calling("phone_recorded_caller.xml", bob) as sipp:
            passed(sipp, "recorded")
            end = bob.await_event("end")
            assert end["media"]["received"] >= RECORDED_PACKETS and end["media"]["codec"] == "PCMA", end
            assert digits(bob) == "123#", bob.events
        assert Heard(record).seconds > 5


def test_callers_of_others():
    for name in CALLERS:
        with Bob() as bob, calling(theirs(name), bob) as sipp:
            passed(sipp, name)
    for name in HELD:
        with Bob() as bob, calling(theirs(name), bob) as sipp:
            bob.await_event("answered")
            bob.tell("hold")
            passed(sipp, name)


def test_callees_of_others():
    for name, status in GIVEN_UP.items():
        with Callee(theirs(name)) as sipp, sipp.called("--timeout", "1") as alice:
            passed(sipp, name)
            assert alice.await_event("end")["status"] == status, (name, alice.events)
            alice.process.kill()  # nobody is there to answer its CANCEL
            alice.process.wait()
    for name, status in CALLED.items():
        with Callee(theirs(name)) as sipp, sipp.called() as alice:
            passed(sipp, name)
            alice.stop(status=status // 300)
            assert end_of(alice.events)["status"] == status, (name, alice.events)
    for name, reason in UNHELD.items():
        with Callee(theirs(name)) as sipp, sipp.called() as alice:
            alice.await_event("answered")
            alice.tell("hold")
            assert alice.await_event("end")["reason"] == reason, (name, alice.events)
            passed(sipp, name)


def each(scenarios):
    return [(name, theirs(name, folder)) for folder, names in scenarios.items() for name in names]


def test_callers_and_callees_for_anybody():
    for name, path in each(ANYBODYS_CALLERS):
        with Bob() as bob, calling(path, bob) as sipp:
            passed(sipp, name)
    for name, path in each(ANYBODYS_CALLEES):
        with Callee(path) as sipp, sipp.called() as alice:
            alice.await_event("answered")
            alice.stop()
            passed(sipp, name)


def test_registrars_of_others():
    for name in REGISTRARS:
        with Callee(theirs(name)) as sipp:
            sipp.registers()
            passed(sipp, name)


def test_notifiers_of_others():
    for name, (package, state) in NOTIFIERS.items():
        with Callee(theirs(name)) as sipp, Client("subscribe", package, f"bob@127.0.0.1:{sipp.port}", "--as", f"alice@127.0.0.1:{free_port()}",
                                                  "--via-server", "none") as alice:
            assert alice.await_event("notified")["state"] == state, alice.events
            passed(sipp, name)
            alice.process.kill()
            alice.process.wait()


if __name__ == "__main__":
    tap.run()
