"""The features of RFC 5359, those that phones make among themselves and those of the server, as its figures have them."""
import contextlib
import os
import tempfile

import tap
from control import ctl
from players import asking_server, play
from server import Server

SESSION = """
    alice INVITE bob
    bob 180 alice
    bob 200 alice
    alice ACK bob
"""
HOLD = """
    bob INVITE alice|hold
    alice 200 bob
    bob ACK alice
"""
RESUME = HOLD.replace("|hold", "")
# Who asks for a transfer, and what becomes of it, is told by NOTIFY (RFC 3515).
NOTIFY = "Event: refer|Content-Type: message/sipfrag|Subscription-State: "


@contextlib.contextmanager
def office():
    """Their server, which ends at once, for some of their calls go on; and the folder where it keeps what users set."""
    with tempfile.TemporaryDirectory() as data:
        config = os.path.join(data, "tandem.yaml")
        with open(config, "w", encoding="ascii") as f:
            f.write("drain: 0s\n")
        with Server("--config", config, "--data", data) as server:
            yield dict.fromkeys(("alice", "bob", "carol", "dave", "erin", "music", "park", "pc"), server.addr), data


def feature(text, *forwards):
    """`forwards`: who has set what, as `tandem ctl forward` takes it."""
    with office() as (at, data):
        for user, *how in forwards:
            ctl(data, "forward", f"{user}@localhost", *how)
        play(text, at)


def test_2_1_call_hold():
    feature(SESSION + "\n" + HOLD.strip() + RESUME + """
        alice BYE bob
        bob 200 alice""")


def test_2_2_consultation_hold():
    feature(SESSION + HOLD.strip() + """

        bob/2 INVITE carol
        proxy 100 bob/2
        carol 180 bob/2
        carol 200 bob/2
        bob/2 ACK carol
        bob/2 BYE carol
        carol 200 bob/2
    """ + RESUME)


def test_2_3_music_on_hold():
    feature(SESSION + HOLD.strip() + f"""

        bob/2 REFER music|Refer-To: <sip:alice@example.invalid?Replaces=1>
        music 202 bob/2
        music NOTIFY bob/2|{NOTIFY}active
        bob/2 200 music

        music/2 INVITE alice/2|Replaces: 1;to-tag=a;from-tag=b
        alice/2 200 music/2
        music/2 ACK alice/2

        alice BYE bob
        bob 200 alice

        music NOTIFY bob/2|{NOTIFY}terminated
        bob/2 200 music

        bob/3 INVITE alice/3|Replaces: 2;to-tag=a;from-tag=b
        alice/3 200 bob/3
        bob/3 ACK alice/3

        alice/2 BYE music/2
        music/2 200 alice/2""")


def test_2_4_transfer_unattended():
    feature(f"""
        bob INVITE alice
        alice 180 bob
        alice 200 bob
        bob ACK alice
        alice REFER bob|Refer-To: <sip:carol@example.invalid>
        bob 202 alice
        bob NOTIFY alice|{NOTIFY}active
        alice 200 bob
        alice BYE bob
        bob 200 alice

        bob/2 INVITE carol|Referred-By: <sip:alice@example.invalid>
        carol 180 bob/2
        carol 200 bob/2
        bob/2 ACK carol

        bob NOTIFY alice|{NOTIFY}terminated
        alice 200 bob""")


def test_2_5_transfer_attended():
    feature(SESSION + HOLD.strip() + f"""

        bob/2 INVITE carol
        carol 180 bob/2
        carol 200 bob/2
        bob/2 ACK carol
        bob/2 INVITE carol|hold
        carol 200 bob/2
        bob/2 ACK carol

        bob REFER alice|Refer-To: <sip:carol@example.invalid?Replaces=1>
        alice 202 bob
        alice NOTIFY bob|{NOTIFY}active
        bob 200 alice

        alice/2 INVITE carol/2|Replaces: 1;to-tag=a;from-tag=b
        carol/2 200 alice/2
        alice/2 ACK carol/2

        carol BYE bob/2
        bob/2 200 carol

        alice NOTIFY bob|{NOTIFY}terminated
        bob 200 alice
        bob BYE alice
        alice 200 bob""")


def test_2_6_transfer_by_instant_message():
    feature(SESSION + """

        bob/2 MESSAGE carol|Content-Type: text/plain
        carol 200 bob/2

        carol/2 INVITE alice/2|Replaces: 1;to-tag=a;from-tag=b
        alice/2 200 carol/2
        carol/2 ACK alice/2

        alice BYE bob
        bob 200 alice""")


def test_2_7_call_forwarding_unconditional():
    feature("""
        alice INVITE carol|to=bob
        proxy 100 alice
        carol 180 alice
        carol 200 alice
        alice ACK carol
        alice BYE carol
        carol 200 alice""", ("bob", "always", "carol@localhost"))


def test_2_8_call_forwarding_busy():
    feature("""
        alice INVITE bob
        proxy 100 alice
        bob 486 proxy
        proxy ACK bob
        proxy INVITE carol|of=alice|to=bob
        carol 180 alice
        carol 200 alice
        alice ACK carol
        alice BYE carol
        carol 200 alice""", ("bob", "busy", "carol@localhost"))


def test_2_9_call_forwarding_no_answer():
    feature("""
        alice INVITE bob
        proxy 100 alice
        bob 180 alice
        proxy CANCEL bob
        bob 200/CANCEL proxy
        bob 487/INVITE proxy
        proxy ACK bob
        proxy INVITE carol|of=alice|to=bob
        carol 180 alice
        carol 200 alice
        alice ACK carol
        alice BYE carol
        carol 200 alice""", ("bob", "no-answer", "carol@localhost", "1"))


def test_2_12_find_me():
    feature("""
        alice INVITE bob
        proxy 100 alice
        bob 180 alice
        proxy CANCEL bob
        bob 200/CANCEL proxy
        bob 487/INVITE proxy
        proxy ACK bob
        proxy INVITE carol|of=alice|to=bob
        carol 480 proxy
        proxy ACK carol
        proxy INVITE dave|of=alice|to=bob
        dave 486 proxy
        proxy ACK dave
        proxy INVITE erin|of=alice|to=bob
        erin 180 alice
        erin 200 alice
        alice ACK erin
        erin BYE alice
        alice 200 erin""", ("bob", "no-answer", "carol@localhost", "1"), ("carol", "no-answer", "dave@localhost", "20"),
            ("dave", "busy", "erin@localhost"))


def test_2_10_third_party_is_added():
    feature(SESSION + RESUME.strip() + """

        bob/2 INVITE carol
        carol 180 bob/2
        carol 200 bob/2
        bob/2 ACK carol""")


def test_2_11_third_party_joins():
    feature(SESSION + """

        carol INVITE bob/2|Join: 1;to-tag=a;from-tag=b
        bob/2 180 carol
    """ + RESUME + """
        bob/2 200 carol
        carol ACK bob/2""")


def test_2_13_and_2_14_call_screening():
    """What the proxy does in both: whoever proves to be somebody is told that this call is not to be."""
    rule = "routes: [{user: [bob], sender: account, reply: 403 Screening Failure}]\n"
    with asking_server(rule) as at:
        play("""
            alice INVITE proxy|to=bob
            proxy 407 alice
            alice ACK proxy
            alice INVITE proxy|to=bob|auth
            proxy 100 alice
            proxy 403 alice
            alice ACK proxy""", at)


def test_2_15_call_park():
    feature(SESSION + f"""

        bob/2 REFER park|Refer-To: <sip:alice@example.invalid?Replaces=1>
        park 202 bob/2
        park NOTIFY bob/2|{NOTIFY}active
        bob/2 200 park

        park/2 INVITE alice/2|Replaces: 1;to-tag=a;from-tag=b
        alice/2 200 park/2
        park/2 ACK alice/2

        alice BYE bob
        bob 200 alice

        park NOTIFY bob/2|{NOTIFY}terminated
        bob/2 200 park

        carol SUBSCRIBE park/3|Event: dialog|Expires: 0
        park/3 200 carol|Expires: 0
        park/3 NOTIFY carol|Event: dialog|Subscription-State: terminated
        carol 200 park/3

        carol/2 INVITE alice/3|Replaces: 2;to-tag=a;from-tag=b
        alice/3 200 carol/2
        carol/2 ACK alice/3

        alice/2 BYE park/2
        park/2 200 alice/2""")


def test_2_16_call_pickup():
    feature("""
        alice INVITE bob
        bob 180 alice

        carol SUBSCRIBE bob/2|Event: dialog|Expires: 0
        bob/2 200 carol|Expires: 0
        bob/2 NOTIFY carol|Event: dialog|Subscription-State: terminated
        carol 200 bob/2

        carol/2 INVITE alice/2|Replaces: 1;to-tag=a;from-tag=b;early-only
        alice/2 200 carol/2
        carol/2 ACK alice/2

        alice CANCEL bob
        proxy 200 alice
        bob 200/CANCEL proxy
        bob 487/INVITE alice
        alice ACK proxy
        proxy ACK bob

        carol/2 BYE alice/2
        alice/2 200 carol/2""")


def test_2_17_automatic_redial():
    feature("""
        alice INVITE bob
        bob 486 alice
        alice ACK proxy
        proxy ACK bob

        alice/2 SUBSCRIBE bob/2|Event: dialog|Expires: 60
        bob/2 200 alice/2|Expires: 60
        bob/2 NOTIFY alice/2|Event: dialog|Subscription-State: active
        alice/2 200 bob/2
        bob/2 NOTIFY alice/2|Event: dialog|Subscription-State: active
        alice/2 200 bob/2

        alice/3 INVITE bob/3
        bob/3 180 alice/3
        bob/3 200 alice/3
        alice/3 ACK bob/3

        bob/2 NOTIFY alice/2|Event: dialog|Subscription-State: active
        alice/2 200 bob/2
        alice/2 SUBSCRIBE bob/2|Event: dialog|Expires: 0
        bob/2 200 alice/2|Expires: 0
        bob/2 NOTIFY alice/2|Event: dialog|Subscription-State: terminated
        alice/2 200 bob/2""")


def test_2_18_click_to_dial():
    feature("""
        pc REFER bob|Refer-To: <sip:carol@example.invalid>|Refer-Sub: false
        bob 202 pc|Refer-Sub: false

        bob/2 INVITE carol
        carol 180 bob/2
        carol 200 bob/2
        bob/2 ACK carol""")


if __name__ == "__main__":
    tap.run()
