"""The flows of RFC 3665 that a registrar or a proxy takes part in, as its figures have them, through one server or two."""
import contextlib
import socket
import tempfile

import tap
from players import asking_server, play, register, register_asked, written
from server import Server

SESSION = """
    alice INVITE bob
    proxy 100 alice
    bob 180 alice
    bob 200 alice
    alice ACK bob
"""
FAST_TIMERS = "timers: {t1: 50ms, t2: 100ms, t4: 100ms}\n"


@contextlib.contextmanager
def two_servers(*options):
    """Alice's server and Bob's; which is whose."""
    with Server() as one, Server(*options) as other:
        yield {"alice": one.addr, "bob": other.addr}


def registration(*steps):
    """Alice's REGISTERs, each asked for the password as the figures of section 2 have it, or not any more."""
    with asking_server() as at:
        play("\n".join(steps), at)


def test_rfc_3665_2_1_successful_new_registration():
    registration("alice REGISTER proxy|to=alice", "proxy 401 alice", "alice REGISTER proxy|auth|to=alice", "proxy 200 alice")


def test_rfc_3665_2_2_update_of_contact_list():
    registration("alice REGISTER proxy|to=alice", "proxy 401 alice",
                 "alice REGISTER proxy|auth|to=alice|no contact|Contact: <mailto:alice@example.com>", "proxy 200 alice")


def test_rfc_3665_2_3_request_for_current_contact_list():
    registration("alice REGISTER proxy|to=alice|no contact", "proxy 401 alice", "alice REGISTER proxy|auth|to=alice|no contact", "proxy 200 alice")


def test_rfc_3665_2_4_cancellation_of_registration():
    registration("alice REGISTER proxy|to=alice|no contact|Contact: *|Expires: 0", "proxy 401 alice",
                 "alice REGISTER proxy|auth|to=alice|no contact|Contact: *|Expires: 0", "proxy 200 alice")


def test_rfc_3665_2_5_unsuccessful_registration():
    registration("alice REGISTER proxy|to=alice", "proxy 401 alice", "alice REGISTER proxy|wrong auth|to=alice", "proxy 401 alice")


def test_rfc_3665_3_2_session_establishment_through_two_proxies():
    with two_servers() as at:
        play(SESSION + """bob BYE alice
            alice 200 bob""", at)


def test_rfc_3665_3_3_session_with_proxy_authentication():
    """The second proxy of the figure knows no accounts of the first one's users."""
    with asking_server() as at:
        play("""
            alice INVITE proxy|to=bob
            proxy 407 alice
            alice ACK proxy
            alice INVITE bob|auth
            proxy 100 alice
            bob 180 alice
            bob 200 alice
            alice ACK bob
            bob BYE alice
            alice 200 bob""", at, register_asked)


def test_rfc_3665_3_6_an_offer_in_the_answer():
    with two_servers() as at:
        play("""
            alice INVITE bob|no sdp
            proxy 100 alice
            bob 180 alice
            bob 200 alice
            alice ACK bob|sdp
            bob BYE alice
            alice 200 bob""", at)


def test_rfc_3665_3_7_session_with_re_invite():
    with two_servers() as at:
        play(SESSION + """bob INVITE alice
            alice 200 bob
            bob ACK alice
            bob BYE alice
            alice 200 bob""", at)


def test_rfc_3665_3_8_no_answer():
    with two_servers() as at:
        play("""
            alice INVITE bob
            proxy 100 alice
            bob 180 alice
            alice CANCEL bob
            proxy 200 alice
            bob 200/CANCEL proxy
            bob 487/INVITE alice
            alice ACK proxy
            proxy ACK bob""", at)


def test_rfc_3665_3_9_busy():
    with two_servers() as at:
        play("""
            alice INVITE bob
            proxy 100 alice
            bob 486 alice
            proxy ACK bob
            alice ACK proxy""", at)


def test_rfc_3665_3_10_no_response():
    """The figure has a 480 here, RFC 3261 16.8 a 408."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with two_servers("--config", written(folder, FAST_TIMERS)) as at:
            register("bob", at["bob"], silent.getsockname()[1])
            play("""
                alice INVITE proxy|to=bob
                proxy 100 alice
                proxy 408 alice
                alice ACK proxy""", at)


def test_rfc_3665_3_11_temporarily_unavailable():
    with two_servers() as at:
        play("""
            alice INVITE bob
            proxy 100 alice
            bob 180 alice
            bob 480 alice
            proxy ACK bob
            alice ACK proxy""", at)


if __name__ == "__main__":
    tap.run()
