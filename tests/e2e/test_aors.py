"""Several AORs of one `tandem register` or `tandem answer`: each with its registration, its password, and what comes for it."""
import contextlib
import os
import subprocess
import tempfile

import server as programs
import tap
from client import Client, answer, events, tandem
from server import Server
from talk import end_of

ALICE, BOB, BOBBY = "alice@one.example", "bob@one.example", "bob@two.example"  # whose password is "of " and the AOR


@contextlib.contextmanager
def accounts():
    """A server of two domains with these three accounts, and a file with their passwords."""
    with tempfile.TemporaryDirectory() as data:
        passwords = os.path.join(data, "passwords")
        with open(passwords, "w", encoding="ascii") as f:
            for aor in (BOBBY, ALICE, BOB):
                subprocess.run([programs.PROGRAM, "user", "add", aor, "--data", data], input=f"of {aor}\n", text=True, check=True,
                               capture_output=True)
                f.write(f"\nsip:{aor}   of {aor}\n")
        with Server("--domain", "one.example", "--domain", "two.example", "--data", data) as server:
            yield server, passwords


def way(server, passwords):
    return ("--server", server.addr, "--password-file", passwords)


def as_alice(server):
    return {"words": ("--as", ALICE, "--server", server.addr), "env": {"TANDEM_PASSWORD": f"of {ALICE}"}}


def tell(server, aor, text):
    more = as_alice(server)
    return answer("message", f"sip:{aor}", text, *more["words"], env=more["env"])["status"]


def call(server, aor):
    more = as_alice(server)
    return end_of(events("call", f"sip:{aor}", "--for", "0.3", *more["words"], env=more["env"]))["status"]


def aors(client, kind):
    return [e["aor"] for e in client.all(kind)]


def all_registered(client, *wanted):
    for n in range(len(wanted)):
        client.await_event("registered", n + 1)
    assert sorted(aors(client, "registered")) == sorted(f"sip:{aor}" for aor in wanted), client.events


def test_each_is_registered_hears_its_messages_and_leaves():
    with accounts() as (server, passwords), Client("register", ALICE, BOB, BOBBY, *way(server, passwords)) as phone:
        all_registered(phone, ALICE, BOB, BOBBY)
        for n, aor in enumerate((BOBBY, ALICE, BOB)):
            assert tell(server, aor, f"to {aor}") == 200
            assert phone.await_event("message", n + 1) == {"event": "message", "from": f"sip:{ALICE}", "aor": f"sip:{aor}",
                                                           "text": f"to {aor}"}
        phone.stop()
        assert sorted(aors(phone, "unregistered")) == sorted(f"sip:{aor}" for aor in (ALICE, BOB, BOBBY)), phone.events
        assert tell_status_of_nobody(server) in (404, 480)


def tell_status_of_nobody(server):
    more = as_alice(server)
    return answer("message", f"sip:{BOB}", "gone?", *more["words"], env=more["env"], status=1)["status"]


def test_a_call_tells_whom_it_is_for():
    with accounts() as (server, passwords), \
            Client("answer", "--as", BOB, "--as", BOBBY, *way(server, passwords), "--audio", "none") as phone:
        all_registered(phone, BOB, BOBBY)
        for n, aor in enumerate((BOBBY, BOB)):
            assert call(server, aor) == 200
            assert phone.await_event("incoming", n + 1)["aor"] == f"sip:{aor}", phone.events
            phone.await_event("end", n + 1)


def test_without_a_server():
    with Client("answer", "--as", "alice@127.0.0.1", "--as", "bob@127.0.0.1", "--listen", "udp:127.0.0.1:0", "--audio",
                "none") as phone:
        addr = phone.await_event("listening")["at"].partition(":")[2]
        for n, user in enumerate(("bob", "alice")):
            assert end_of(events("call", f"{user}@{addr}", "--for", "0.2"))["status"] == 200
            assert phone.await_event("incoming", n + 1)["aor"] == f"sip:{user}@127.0.0.1", phone.events
            phone.await_event("end", n + 1)


def test_one_that_is_refused_leaves_the_others():
    with accounts() as (server, _), Client("register", ALICE, BOB, "--server", server.addr,
                                           env={"TANDEM_PASSWORD": f"of {BOB}"}) as phone:
        all_registered(phone, BOB)
        failed = phone.await_event("registration_failed")
        assert failed["aor"] == f"sip:{ALICE}" and failed["status"] in (401, 403), failed
        assert tell(server, BOB, "hello") == 200
        phone.await_event("message")
        phone.stop(status=1)
        assert aors(phone, "unregistered") == [f"sip:{BOB}"], phone.events
    with accounts() as (server, passwords):
        told = events("register", ALICE, BOBBY, "--once", *way(server, passwords))
        assert [e["event"] for e in told] == ["registered", "registered"], told
        told = events("register", ALICE, BOBBY, "--once", "--server", server.addr, env={"TANDEM_PASSWORD": f"of {ALICE}"}, status=1)
        assert sorted(e["event"] for e in told) == ["registered", "registration_failed"], told


def test_bad_input_is_told():
    with tempfile.NamedTemporaryFile("w") as f:
        f.write(f"{ALICE} x\n")
        f.flush()
        for words, what in (
                (("register", ALICE, BOB, f"sip:{ALICE}"), f"sip:{ALICE}: is given twice"),
                (("register", ALICE, "no address"), "no address"),
                (("register", *[f"u{i}@one.example" for i in range(17)]), "u16@one.example: too many AORs are given"),
                (("register", ALICE, BOB, "--auth-user", "x"), "--auth-user: "),
                (("register", ALICE, BOB, "--password-file", f.name), f"{f.name}: sip:{BOB}: has no line with this AOR"),
                (("register", ALICE, "--password-file", f.name + "x"), f"{f.name}x: cannot be read"),
                (("answer", "--as", ALICE, "--as", ALICE), "is given twice"),
                (("answer",), "--as AOR is missing"),
                (("register",), "AOR is missing"),
                (("call", BOB, "--as", ALICE, "--as", BOB), "one AOR alone is wanted")):
            said = tandem(*words, status=2).stderr
            assert said.startswith(f"tandem: {words[0]}: ") and what in said and said.count("\n") == 1, said


if __name__ == "__main__":
    tap.run()
