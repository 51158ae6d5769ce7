"""The configuration file: what is said of a faulty one, what a reload changes and what it leaves alone, what is checked
of the machine, the example, the screen at a terminal."""
import contextlib
import json
import os
import pty
import select
import signal
import socket
import subprocess
import tempfile

import server as programs
import tap
from server import Server, free_port, wait_for
from sipp import Sipp, register
from test_stop import CALLS, ask, calls_in_progress

PROGRAM = programs.PROGRAM


@contextlib.contextmanager
def file_of(text):
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "t.yaml")
        write(name, text)
        yield name


def write(name, text):
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False)


def registers(server, user, domain, expires=600):
    """The status of a REGISTER and the expiry that it gave."""
    answer = ask(server, "REGISTER", f"sip:{domain}",
                 f"Contact: <sip:{user}@127.0.0.1:9>;expires={expires}\r\n", to=f"sip:{user}@{domain}")
    status = int(answer.split()[1])
    given = answer.split("expires=", 1)[1].split("\r\n")[0].split(";")[0] if "expires=" in answer else None
    return status, given and int(given)


def reload_with(server, name, text, event):
    """Writes the file and sends SIGHUP; waits until the log says that it was taken, or refused."""
    before = server.stderr().count(event)
    write(name, text)
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.stderr().count(event) > before, 10, lambda: server.stderr())


def test_every_fault_is_told_with_line_and_key():
    text = ("lisen: x\nworkers: 0\nregistrar:\n  min_expires: 3h\nlog: {level: loud}\n"
            "domains: [a.example, a.example]\n")
    with file_of(text) as name:
        checked, served = run("check", name), run("serve", "--config", name)
    wanted = [f"tandem: {name}:1:lisen: unknown key: did you mean listen?",
              f'tandem: {name}:2:workers: "0": expected a number from 1 to 64',
              f'tandem: {name}:5:log.level: "loud": expected error, warn, info or debug',
              f'tandem: {name}:6:domains: "a.example": is in the list already: leave it out',
              f"tandem: {name}:4:registrar.min_expires: registrar.max_expires must be at least registrar.min_expires "
              "(registrar.max_expires is 2h where nothing is said)"]
    for said in (checked, served):
        assert said.returncode == 2, said
        assert said.stderr.splitlines() == wanted, said.stderr
        assert said.stdout == ""


def test_check_says_it_as_json_too():
    with file_of("drain: soon\n") as name:
        said = run("check", "--json", name)
    fault, end = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.returncode == 2 and said.stderr == "", said
    assert (fault["event"], fault["file"], fault["line"], fault["key"]) == ("fault", name, 1, "drain"), fault
    assert end == {"event": "checked", "file": name, "faults": 1, "warnings": 0}, end


def test_a_file_that_is_not_there():
    for command in (("check", "/nonexistent.yaml"), ("serve", "--config", "/nonexistent.yaml")):
        said = run(*command)
        assert said.returncode == 2 and said.stderr.startswith("tandem: /nonexistent.yaml: cannot be read: "), said


def test_an_option_is_named_in_its_fault():
    said = run("serve", "--workers", "x")
    assert said.returncode == 2
    assert said.stderr == 'tandem: serve: --workers: "x": expected a number from 1 to 64\n', said.stderr


def test_check_tells_what_only_the_machine_knows():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", 0))
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        taken, busy = udp.getsockname()[1], tcp.getsockname()[1]
        text = (f"listen: ['udp:127.0.0.1:{taken}', 'tcp:127.0.0.1:0', 'udp:192.0.2.77:5060']\n"
                f"metrics: {{listen: '127.0.0.1:{busy}'}}\nuser: no-such-user\ndata: /nonexistent/a/b\n"
                "control: {socket: /nonexistent/socket}\n")
        with file_of(text) as name:
            said, file_alone = run("check", name), run("check", "--file-only", name)
    lines = said.stderr.splitlines()
    assert said.returncode == 2 and len(lines) == 6, said
    assert any(line.startswith(f"tandem: {name}:1:listen: udp:127.0.0.1:{taken}: another program has this port")
               for line in lines), lines
    assert any(":1:listen: udp:192.0.2.77:5060: no interface of this machine has this address" in line
               for line in lines), lines
    assert any(f":2:metrics.listen: 127.0.0.1:{busy}: another program" in line for line in lines), lines
    assert any(":3:user: no-such-user: " in line for line in lines), lines
    assert any(":4:data: /nonexistent/a: No such file" in line for line in lines), lines
    assert any(":5:control.socket: /nonexistent: No such file" in line for line in lines), lines
    assert file_alone.returncode == 0 and file_alone.stdout == f"{name}: good\n", file_alone


def test_the_example_passes_the_check():
    example = run("check", "--example")
    assert example.returncode == 0 and "#domains: [example.com" in example.stdout
    with file_of(example.stdout) as name:
        assert run("check", "--file-only", name).returncode == 0
    lively = "\n".join(line.replace("#", "", 1) if line.strip().startswith("#") and not line.strip().startswith("# ")
                       else line for line in example.stdout.splitlines())
    with file_of("function nothing() end\n") as script, file_of(lively.replace("/etc/tandem/routing.lua", script) + "\n") as name:
        said = run("check", "--file-only", name)
        assert said.returncode == 0, said


def test_a_file_is_served_and_options_take_its_place():
    port = free_port()
    text = (f"listen: ['udp:127.0.0.1:{port}']\ndomains: [one.example]\nworkers: 1\n"
            "registrar: {max_expires: 10m, default_expires: 5m}\n")
    with file_of(text) as name, Server("--config", name) as server:
        assert f":{port}" not in server.ready, "--listen takes the place of listen"
        assert registers(server, "alice", "one.example", 3600) == (200, 600)
        assert registers(server, "alice", "two.example")[0] in (403, 404)
    with file_of(text) as name, Server("--config", name, "--domain", "two.example") as server:
        assert registers(server, "alice", "two.example") == (200, 600)
        assert registers(server, "alice", "one.example")[0] in (403, 404)


def test_a_reload_replaces_everything_or_nothing():
    with file_of("domains: [one.example]\n") as name, Server("--config", name, "--workers", "3") as server:
        assert registers(server, "alice", "one.example")[0] == 200
        reload_with(server, name, "domains: [two.example]\nregistrar: {max_expires: 10m, default_expires: 5m}\n",
                    "reloaded")
        for i in range(8):  # Call-IDs of every worker
            assert registers(server, f"alice{i}", "two.example", 3600) == (200, 600), i
            assert registers(server, f"alice{i}", "one.example")[0] in (403, 404), i
        reload_with(server, name, "domains: [three.example]\nregistrar: {max_expires: 1x}\n", "reload refused")
        assert 'key=registrar.max_expires' in server.stderr(), server.stderr()
        for i in range(8):
            assert registers(server, f"alice{i}", "two.example", 3600) == (200, 600), i
            assert registers(server, f"alice{i}", "three.example")[0] in (403, 404), i
        for i in range(20):  # one after the other, each taken
            reload_with(server, name, f"domains: [d{i}.example]\n", "reloaded")
            assert registers(server, "alice", f"d{i}.example")[0] == 200, i


def test_what_only_a_start_changes_is_told_and_left():
    with file_of("domains: [one.example]\n") as name, Server("--config", name, "--workers", "1") as server:
        reload_with(server, name, "domains: [two.example]\nmetrics: {listen: '127.0.0.1:1'}\ntimers: {t1: 1s}\n",
                    "reloaded")
        said = server.stderr()
        assert "key=metrics.listen" in said and "key=timers.t1" in said and "key=workers" not in said, said
        assert registers(server, "alice", "two.example")[0] == 200


def test_without_a_file_there_is_nothing_to_reload():
    with Server() as server:
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "without --config" in server.stderr(), 10, lambda: server.stderr())
        assert ask(server, "OPTIONS", f"sip:{server.addr}").startswith("SIP/2.0 200 ")


def test_standard_input_is_read_once():
    with tempfile.TemporaryFile("w+") as given:
        given.write("domains: [one.example]\n")
        given.seek(0)
        with Server("--config", "-", stdin=given) as server:
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "standard input is read once" in server.stderr(), 10, lambda: server.stderr())
            assert registers(server, "alice", "one.example")[0] == 200


def test_ctl_reload_says_what_is_wrong():
    with file_of("domains: [one.example]\n") as name, \
            Server("--config", name, "--control", os.path.join(os.path.dirname(name), "ctl")) as server:
        ctl = ("ctl", "--socket", os.path.join(os.path.dirname(name), "ctl"), "--json", "reload")
        write(name, "domains: [two.example]\nworkers: 63\n")
        said = run(*ctl)
        rows = [json.loads(line) for line in said.stdout.splitlines()]
        assert said.returncode == 0 and [(row["key"], row["line"], row["warning"]) for row in rows] == \
            [("workers", 2, True)], said
        assert registers(server, "alice", "two.example")[0] == 200
        write(name, "lisen: x\ndrain: 5\n")
        said = run(*ctl)
        rows = [json.loads(line) for line in said.stdout.splitlines()]
        assert said.returncode == 1 and [(row["key"], row["line"], row["warning"]) for row in rows] == \
            [("lisen", 1, False), ("drain", 2, False)], said
        assert registers(server, "alice", "two.example")[0] == 200


def test_the_first_account_makes_everybody_authenticate():
    with tempfile.TemporaryDirectory() as folder, Server("--data", folder, "--workers", "2") as server:
        assert registers(server, "alice", server.host)[0] == 200
        added = run("user", "add", f"sip:alice@{server.host}", "--data", folder, "--generate")
        assert added.returncode == 0, added
        wait_for(lambda: registers(server, "alice", server.host)[0] == 401, 10, "authentication")
        for i in range(8):  # every worker
            assert registers(server, f"bob{i}", server.host)[0] == 401, i


def test_a_reload_changes_who_may_call():
    with file_of("accounts: {auth: required}\n") as name, Server("--config", name) as server:
        assert registers(server, "alice", server.host)[0] == 401
        reload_with(server, name, "accounts: {auth: none}\n", "reloaded")
        assert registers(server, "alice", server.host)[0] == 200
        reload_with(server, name, "accounts: {auth: required}\npeers: [127.0.0.1]\n", "reloaded")
        assert registers(server, "alice", server.host)[0] == 200, "a peer is trusted by address"


def test_calls_in_progress_go_on_across_reloads():
    with file_of("log: {level: info}\n") as name:
        server = Server("--config", name)
        with calls_in_progress(server, 5000) as (caller, callee):
            reload_with(server, name, "domains: [other.example]\nregistrar: {max_contacts: 3}\n", "reloaded")
            reload_with(server, name, "domains: [\n", "reload refused")
            reload_with(server, name, "proxy: {record_route: false}\n", "reloaded")
            called, answered = caller.finish(60), callee.finish(60)
        assert called["ok"] == CALLS and called["failed"] == 0, (called, caller.errors())
        assert answered["ok"] == CALLS and answered["failed"] == 0, (answered, callee.errors())
        server.stop()


def calls_under_reloads(transport):
    """Calls are set up and ended all the time while the configuration is replaced, or refused, ten times a second."""
    mode, n, port = {"udp": "u1", "tcp": "t1"}[transport], 1000, free_port()
    good = ["domains: [other.example]\nregistrar: {max_contacts: 3}\n", "limits: {strikes: 5}\n",
            "domains: [localhost, a.example]\npeers: [192.0.2.0/24]\n", "timers: {t1: 400ms}\nlog: {level: warn}\n"]
    with file_of("log: {level: info}\n") as name, Server("--config", name, "--workers", "2") as server, \
            Sipp("callee.xml", port, "-m", str(n), "-timeout", "120s", transport=mode) as callee:
        register(server, "bob", port, transport, free_port())
        # bob is of the first domain: it has to stay the same for calls to reach him
        good = [text.replace("other.example", "localhost, other.example") for text in good]
        with Sipp("caller.xml", free_port(), "-s", "bob", "-m", str(n), "-r", "200", "-timeout", "120s",
                  remote=server.addr, transport=mode) as caller:
            turns = 0
            while caller.process.poll() is None:
                write(name, "domains: [\n" if turns % 5 == 4 else good[turns % 4])
                server.process.send_signal(signal.SIGHUP)
                turns += 1
                with contextlib.suppress(subprocess.TimeoutExpired):
                    caller.process.wait(0.1)
            called, answered = caller.finish(60), callee.finish(60)
        said = server.stderr()
        assert called["ok"] == n and called["failed"] == 0, (called, caller.errors(), said[-2000:])
        # Over UDP a machine that pauses makes the callee repeat its 200, and SIPp's then takes the BYE for unexpected.
        assert transport == "udp" or answered["ok"] == n and answered["failed"] == 0, (answered, callee.errors())
        assert turns >= 10 and "reload refused" in said, (turns, said[-2000:])
        tap.note(f"{turns} times SIGHUP during {n} calls")


def test_no_call_over_udp_is_lost_by_reloads():
    calls_under_reloads("udp")


def test_no_call_over_tcp_is_lost_by_reloads():
    calls_under_reloads("tcp")


def test_the_advertised_name_is_what_others_are_told():
    with file_of("advertise: sip.example.net\ndrain: 0\n") as name, Server("--config", name) as server, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as callee:
        callee.bind(("127.0.0.1", 0))
        callee.settimeout(5)
        port = callee.getsockname()[1]
        answer = ask(server, "REGISTER", f"sip:{server.host}", f"Contact: <sip:bob@127.0.0.1:{port}>\r\n",
                     to=f"sip:bob@{server.host}")
        assert answer.startswith("SIP/2.0 200 "), answer
        answer = ask(server, "INVITE", f"sip:bob@{server.host}", "Contact: <sip:carol@127.0.0.1:9>\r\n")
        invite = callee.recv(65536).decode("latin-1")
        assert answer.startswith("SIP/2.0 100 "), answer
        assert f"Via: SIP/2.0/UDP sip.example.net:{server.port};" in invite, invite
        assert f"Record-Route: <sip:sip.example.net:{server.port};" in invite, invite
        assert ask(server, "OPTIONS", f"sip:sip.example.net:{server.port}").startswith("SIP/2.0 200 ")


def read_terminal(fd, wanted, seconds=20):
    text = ""
    while wanted not in text:
        readable, _, _ = select.select([fd], [], [], seconds)
        assert readable, text
        text += os.read(fd, 65536).decode()
    return text


def test_a_screen_at_a_terminal_says_what_to_do_next():
    leader, follower = pty.openpty()
    process = subprocess.Popen([PROGRAM, "serve", "--listen", "udp:127.0.0.1:0"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=follower, text=True)
    os.close(follower)
    try:
        screen = read_terminal(leader, "Ctrl-C")
        assert process.stdout.readline().startswith("ready udp:127.0.0.1:")
        for words in ("Listening", "anyone on this machine", "tandem user add alice@localhost", "tandem check --example", "--listen"):
            assert words in screen, screen
        process.terminate()
        assert process.wait(programs.STOP_S) == 0
        assert process.stdout.read() == "", "nothing else on standard output"
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def test_no_screen_where_nobody_sits():
    with Server() as server:
        assert "What next" not in server.stderr()


if __name__ == "__main__":
    tap.run()
