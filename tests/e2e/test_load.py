"""`tandem load` with real peers: our server, Kamailio, SIPp on either side; what it counts, and an exit status that tells the truth."""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile

import sound
import tap
from kamailio import PlainKamailio, WebKamailio
from server import PROGRAM, Server, free_port, wait_for
from sipp import Sipp


def load(*words, seconds=60, env=None):
    """(exit status, the last object, all that was said as an error)"""
    done = subprocess.run([PROGRAM, "load", *words, "--json"], capture_output=True, text=True, timeout=seconds, check=False,
                          env={**os.environ, **(env or {})})
    ends = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"event":"end"')]
    return done.returncode, ends[-1] if ends else None, done.stderr


def whole(got, count):
    status, end, errors = got
    assert status == 0 and end, (status, end, errors)
    assert end["started"] == end["succeeded"] == count and end["failed"] == 0, end
    return end


def names(end):
    return {row["name"]: row for row in end["latencies"]}


def test_both_ends_of_calls_through_our_server():
    with Server() as server:
        end = whole(load("call", f"sip:x@{server.addr}", "--answer", "--rate", "200", "--count", "400"), 400)
        assert end["called"]["came"] == end["called"]["succeeded"] == 400, end
        rows = names(end)
        assert rows["established"]["count"] == rows["session"]["count"] == 400
        assert rows["INVITE 180"]["p50_ms"] <= rows["INVITE 200"]["p50_ms"] <= rows["session"]["p50_ms"]


def test_a_server_that_merges_datagrams():
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write("merge_datagrams: true\n")
        f.flush()
        with Server("--config", f.name) as server:
            for more in ((), ("--separate",)):
                end = whole(load("call", f"sip:x@{server.addr}", "--answer", "--rate", "1000", "--count", "2000", *more), 2000)
                assert end["called"]["succeeded"] == 2000 and end["strays"] == 0, end


def test_who_is_called_registers_first():
    with Server() as server:
        end = whole(load("call", f"sip:u@{server.addr}", "--answer", "--register", "--users", "20", "--rate", "100", "--count", "100",
                         "--hold", "0.2", "--ring", "0.1"), 100)
        assert names(end)["session"]["least_ms"] >= 300, end


def test_streams_ports_and_random_times():
    with Server() as server:
        whole(load("call", f"sip:x@{server.addr};transport=tcp", "--answer", "--ports", "4", "--rate", "100", "--count", "200"), 200)
        whole(load("options", f"sip:{server.addr}", "--ports", "5", "--poisson", "--rate", "300", "--count", "300"), 300)
        whole(load("register", f"sip:n@{server.addr}", "--users", "50", "--concurrent", "10", "--count", "200"), 200)


def test_tls():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, "cert", "--out", folder, "127.0.0.1"], check=True, capture_output=True)
        port = free_port()
        config = os.path.join(folder, "tandem.yaml")
        with open(config, "w", encoding="utf-8") as f:
            f.write(f'tls:\n  certificates: ["{folder}/127.0.0.1.pem"]\n')
        with Server("--config", config, "--listen", f"tls:127.0.0.1:{port}"):
            uri, ca = f"sip:x@127.0.0.1:{port};transport=tls", os.path.join(folder, "ca.pem")
            end = whole(load("call", uri, "--answer", "--register", "--users", "5", "--ca", ca, "--rate", "50", "--count", "50"), 50)
            assert end["called"]["succeeded"] == 50, end
            whole(load("options", uri.replace("x@", ""), "--ca", ca, "--ports", "3", "--rate", "50", "--count", "50"), 50)
            status, _, errors = load("options", uri, "--count", "1")
            assert status == 3 and "no connection" in errors, (status, errors)


def test_websockets():
    port = free_port()
    with Server("--listen", f"ws:127.0.0.1:{port}") as server:
        uri = f"sip:u@127.0.0.1:{port};transport=ws"
        end = whole(load("call", uri, "--answer", "--register", "--users", "5", "--rate", "100", "--count", "100"), 100)
        assert end["called"]["succeeded"] == 100, end
        whole(load("options", uri.replace("u@", ""), "--ports", "4", "--rate", "100", "--count", "100"), 100)
        status, _, errors = load("options", f"sip:{server.addr};transport=ws", "--count", "1")
        assert status == 3 and "no HTTP server" in errors, (status, errors)


def test_websockets_under_tls():
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, "cert", "--out", folder, "127.0.0.1"], check=True, capture_output=True)
        config = os.path.join(folder, "tandem.yaml")
        with open(config, "w", encoding="utf-8") as f:
            f.write(f'tls:\n  certificates: ["{folder}/127.0.0.1.pem"]\nwebsocket:\n  path: /sip\n')
        with Server("--config", config, "--listen", f"wss:127.0.0.1:{port}"):
            words = ("call", f"sip:u@127.0.0.1:{port};transport=wss", "--answer", "--register", "--users", "5", "--rate", "50", "--count", "50",
                     "--ca", os.path.join(folder, "ca.pem"))
            end = whole(load(*words, "--path", "/sip"), 50)
            assert end["called"]["succeeded"] == 50, end
            status, _, errors = load(*words)
            assert status == 3 and "no WebSocket at that path" in errors, (status, errors)
            status, _, errors = load(*words[:-2], "--path", "/sip")
            assert status == 3 and "certificate" in errors, (status, errors)


def test_websockets_answer_each_other():
    port = free_port()
    ours = subprocess.Popen([PROGRAM, "load", "answer", "--local", f"ws:127.0.0.1:{port}", "--count", "50", "--json"], stdout=subprocess.PIPE, text=True)
    try:
        assert json.loads(ours.stdout.readline())["listen"] == f"ws:127.0.0.1:{port}"
        whole(load("call", f"sip:b@127.0.0.1:{port};transport=ws", "--ports", "3", "--rate", "50", "--count", "50"), 50)
        ours.communicate(timeout=30)
        assert ours.returncode == 0
    finally:
        ours.kill()
        ours.wait()


def test_who_answers_does_so_as_long_as_is_said():
    status, end, errors = load("answer", "--local", "udp:127.0.0.1:0", "--for", "0.2")
    assert status == 0 and end["started"] == 0, (status, end, errors)


def test_passwords():
    with tempfile.TemporaryDirectory() as data:
        for user in ("n0", "n1"):
            subprocess.run([PROGRAM, "user", "add", f"{user}@localhost", "--data", data], input="secret\n", text=True, check=True,
                           capture_output=True)
        with Server("--data", data, "--domain", "localhost") as server:
            words = ("register", "sip:n@localhost", "--server", f"udp:{server.addr}", "--users", "2", "--rate", "50", "--count", "50")
            end = whole(load(*words, env={"TANDEM_PASSWORD": "secret"}), 50)
            assert names(end)["REGISTER 401"]["count"] == 50, end
            status, end, _ = load(*words, env={"TANDEM_PASSWORD": "wrong"})
            assert status == 1 and end["failures"][0]["cause"] == "refused", end
            with open(os.path.join(data, "users.csv"), "w", encoding="utf-8") as f:
                f.write("SEQUENTIAL\nn0;secret\nn1;secret\n")
            whole(load("register", "sip:localhost", "--server", f"udp:{server.addr}", "--table", f.name, "--rate", "50", "--count", "20"), 20)


def taken(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@contextlib.contextmanager
def sipp_uas(*options):
    """SIPp's own scenario of who answers, at 127.0.0.1 and this port."""
    if not shutil.which("sipp"):
        raise tap.Skip("no sipp")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        sipp = subprocess.Popen(["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-nostdin", *options], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, cwd=folder)
        try:
            wait_for(lambda: taken(port), 20, str)
            yield port
        finally:
            sipp.kill()
            sipp.wait()


def test_sipp_answers():
    with sipp_uas() as port:
        whole(load("call", f"sip:service@127.0.0.1:{port}", "--rate", "100", "--count", "200"), 200)


# --- media: packets that come are counted, not times, which are the machine's: on a busy one they leave late, which is told by status 4 ---

def spoken(got, count):
    status, end, errors = got
    assert status in (0, 4) and end and end["succeeded"] == count and end["failed"] == 0, (status, end, errors)
    return end


def test_calls_speak():
    with Server() as server:
        end = spoken(load("call", f"sip:x@{server.addr}", "--answer", "--rate", "20", "--count", "40", "--hold", "1", "--rtp"), 40)
        for media in (end["media"], end["called"]["media"]):
            assert media["calls"] == 40 and media["silent"] == media["one_way"] == media["out_of_order"] == 0, end
            assert media["received"] >= 40 * 10 and media["sent"] >= 40 * 10, end


def test_an_echo_and_a_file():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.wav")
        sound.write_tone(path, 1000, 0.5)
        ours = subprocess.Popen([PROGRAM, "load", "answer", "--local", "udp:127.0.0.1:0", "--count", "20", "--rtp=echo", "--rtp-ports", "2", "--json"],
                                stdout=subprocess.PIPE, text=True)
        try:
            listens = json.loads(ours.stdout.readline())["listen"].removeprefix("udp:")
            end = spoken(load("call", f"sip:e@{listens}", "--rate", "20", "--count", "20", "--hold", "0.5", f"--rtp={path}"), 20)
            assert end["media"]["silent"] == end["media"]["one_way"] == 0 and end["media"]["received"] > 20 * 4, end
            text, _ = ours.communicate(timeout=30)
            assert ours.returncode in (0, 4) and json.loads(text.splitlines()[-1])["media"]["sent"] > 20 * 4, text
        finally:
            ours.kill()
            ours.wait()
        status, _, errors = load("call", "sip:x@127.0.0.1", "--hold", "1", f"--rtp={__file__}")
        assert status == 2 and __file__ in errors, errors


def test_sipp_echoes():
    with sipp_uas("-rtp_echo", "-mi", "127.0.0.1", "-mp", str(free_port() // 2 * 2)) as port:
        end = spoken(load("call", f"sip:service@127.0.0.1:{port}", "--rate", "20", "--count", "40", "--hold", "1", "--rtp=silence"), 40)
        assert end["media"]["calls"] == 40 and end["media"]["received"] >= 40 * 10, end


def test_calls_that_hear_nothing_have_failed():
    with sipp_uas() as port:
        status, end, _ = load("call", f"sip:service@127.0.0.1:{port}", "--rate", "20", "--count", "10", "--hold", "0.5", "--rtp")
        assert status == 1 and end["failures"] == [{"cause": "media", "step": end["failures"][0]["step"], "count": 10}], end
        assert end["media"]["silent"] == 10 and end["media"]["received"] == 0 and end["media"]["sent"] > 10 * 4, end


@contextlib.contextmanager
def answering(*words, port=0):
    """`tandem load answer`: the process and its port."""
    ours = subprocess.Popen([PROGRAM, "load", "answer", "--local", f"udp:127.0.0.1:{port or free_port()}", "--json", *words], stdout=subprocess.PIPE, text=True)
    try:
        yield ours, int(json.loads(ours.stdout.readline())["listen"].rpartition(":")[2])
    finally:
        ours.kill()
        ours.wait()


def test_sipp_calls():
    with answering("--count", "100") as (ours, port):
        with Sipp("caller.xml", free_port(), "-s", "bob", "-m", "100", "-r", "100", "-timeout", "30s", remote=f"127.0.0.1:{port}") as sipp:
            called = sipp.finish(40)
            assert called["ok"] == 100 and called["failed"] == 0, (called, sipp.errors())
        text, _ = ours.communicate(timeout=30)
        assert ours.returncode == 0 and json.loads(text.splitlines()[-1])["succeeded"] == 100, text


def test_sipp_gives_up():
    with answering("--ring", "10", "--count", "50") as (ours, port):
        with Sipp("caller_gives_up.xml", free_port(), "-s", "bob", "-m", "50", "-r", "100", "-timeout", "30s", remote=f"127.0.0.1:{port}") as sipp:
            called = sipp.finish(40)
            assert called["ok"] == 50 and called["failed"] == 0, (called, sipp.errors())
        text, _ = ours.communicate(timeout=30)
        end = json.loads(text.splitlines()[-1])
        assert ours.returncode == 1 and end["failed"] == 50 and end["retransmitted"] == 0, end
        assert [(f["cause"], f["method"], f["count"]) for f in end["failures"]] == [("cancelled", "CANCEL", 50)], end


def counted_alike(server, count, rate, ring_ms=200):
    """The same calls at the same rate by SIPp and by us, to one callee through one server: both tell the same story."""
    port = free_port()
    whole(load("register", f"sip:bob@{server.addr}", "--local", f"udp:127.0.0.1:{port}", "--count", "1"), 1)
    with answering("--ring", str(ring_ms / 1000), port=port):
        with Sipp("caller.xml", free_port(), "-s", "bob", "-m", str(count), "-r", str(rate), "-timeout", "40s", "-trace_rtt", "-rtt_freq", "1",
                  remote=server.addr) as sipp:
            theirs = sipp.finish(60)
            assert theirs == {"ok": count, "failed": 0, "retransmissions": 0, "status": 0}, (theirs, sipp.errors())
            times = sipp.response_times()
        ours = whole(load("call", f"sip:bob@{server.addr}", "--rate", str(rate), "--count", str(count)), count)
    assert ours["retransmitted"] == ours["repeated"] == ours["strays"] == 0, ours
    row = names(ours)["INVITE 200"]
    assert row["count"] == len(times) == count
    assert row["least_ms"] >= ring_ms, row
    # SIPp reads its clock once a round, so single times of its are off by as long as it was kept from the processor.
    assert abs(row["p50_ms"] - times[count // 2]) < ring_ms / 4, (row, times[count // 2])


def test_sipp_and_we_count_alike():
    with Server() as server:
        counted_alike(server, 400, 200)
    port = free_port()
    with PlainKamailio(f"127.0.0.1:{port}", port) as server:
        counted_alike(server, 400, 200)


def test_scenarios_of_sipp():
    if not shutil.which("sipp"):
        raise tap.Skip("no sipp")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("uac", "uas", "branchc", "regexp"):
            text = subprocess.run(["sipp", "-sd", name], capture_output=True, check=False).stdout
            with open(os.path.join(folder, name + ".xml"), "wb") as f:
                f.write(text[text.index(b"<?xml"):])
        uas = subprocess.Popen([PROGRAM, "load", "run", os.path.join(folder, "uas.xml"), "--local", f"udp:127.0.0.1:{port}",
                                "--count", "50", "--json"], stdout=subprocess.PIPE, text=True)
        try:
            uas.stdout.readline()
            whole(load("run", os.path.join(folder, "uac.xml"), f"sip:service@127.0.0.1:{port}", "--rate", "50", "--count", "50"), 50)
            uas.communicate(timeout=30)
            assert uas.returncode == 0
        finally:
            uas.kill()
            uas.wait()


def test_through_kamailio():
    port = free_port()
    with PlainKamailio(f"127.0.0.1:{port}", port) as server:
        end = whole(load("call", f"sip:u@127.0.0.1:{server.port}", "--answer", "--register", "--users", "10", "--rate", "100", "--count", "200"), 200)
        assert end["called"]["succeeded"] == 200, end


def test_websockets_of_kamailio():
    with WebKamailio() as server:
        end = whole(load("call", f"sip:u@{server.addr};transport=ws", "--answer", "--register", "--users", "10", "--rate", "100", "--count", "200"), 200)
        assert end["called"]["succeeded"] == 200, end


def test_the_exit_status_tells_the_truth():
    with Server() as server:
        status, end, _ = load("call", f"sip:nobody@{server.addr}", "--rate", "50", "--count", "20")
        assert status == 1 and end["failures"] == [{"cause": "status", "status": 404, "method": "INVITE", "step": 2, "count": 20}], end
        status, _, _ = load("call", f"sip:nobody@{server.addr}", "--rate", "50", "--count", "20", "--max-fail", "100%")
        assert status == 0, status
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        status, end, _ = load("options", f"sip:127.0.0.1:{deaf.getsockname()[1]}", "--count", "2", "--timeout", "1")
        assert status == 3 and end["failures"][0]["cause"] == "timeout", end
    status, end, _ = load("options", f"sip:127.0.0.1:{free_port()}", "--count", "1", "--timeout", "2")
    assert status == 3 and end["failures"][0]["cause"] == "transport", end
    status, _, errors = load("options", f"sip:127.0.0.1:{free_port()};transport=tcp", "--count", "1")
    assert status == 3 and "no connection" in errors, errors


def test_usage():
    for words in ((), ("call",), ("dance", "sip:x@127.0.0.1"), ("call", "sip:x@127.0.0.1", "--rate", "0"), ("run", "/nowhere", "127.0.0.1"),
                  ("options", "127.0.0.1", "--answer"), ("answer",), ("call", "127.0.0.1", "--rtp"), ("options", "127.0.0.1", "--rtp"),
                  ("call", "127.0.0.1", "--hold", "1", "--rtp=echo"), ("call", "127.0.0.1", "--hold", "1", "--rtp=/nowhere.wav")):
        status, _, errors = load(*words)
        assert status == 2 and errors.startswith("tandem: load: "), (words, status, errors)
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as f:
        f.write("<scenario>\n<recv/></scenario>")
        f.flush()
        status, _, errors = load("run", f.name, "127.0.0.1")
        assert status == 2 and errors.startswith(f"tandem: load: {f.name}:2: "), errors


def test_searches():
    with Server() as server:
        done = subprocess.run([PROGRAM, "load", "options", f"sip:{server.addr}", "--rate", "50", "--ramp=4", "--step", "0.2", "--max-latency", "0.000001"],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1 and "no rate holds" in done.stdout, done
        done = subprocess.run([PROGRAM, "load", "register", f"sip:r@{server.addr}", "--users", "5", "--rate", "20", "--rfc7502", "--step", "0.1",
                               "--max-latency", "3", "--count", "20", "--timeout", "2"], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0 and "Registration Rate = " in done.stdout and "Notes = " in done.stdout, done
        done = subprocess.run([PROGRAM, "load", "register", f"sip:new@{server.addr}", "--rate", "20", "--rfc7502", "--step", "0.1", "--max-latency", "3",
                               "--count", "20", "--timeout", "2"], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0 and "\nRegistration Rate = " in done.stdout and "\nRe-registration Rate = " in done.stdout, done
        assert "SIP Transport Protocol = UDP\n" in done.stdout, done


def test_what_a_scenario_says():
    with Server() as server, tempfile.NamedTemporaryFile("w", suffix=".xml") as f:
        f.write("""<scenario><Global variables="word"/><!-- -- --><send><![CDATA[
            OPTIONS sip:[remote_ip]:[remote_port] SIP/2.0
            Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
            From: <sip:a@[local_ip]>;tag=[tag]
            To: <sip:[remote_ip]>
            Call-ID: [call_id]
            CSeq: [cseq] OPTIONS
            Content-Length: 0
            ]]></send><recv response="200"><action><log message="[$word] [call_number]"/></action></recv></scenario>""")
        f.flush()
        done = subprocess.run([PROGRAM, "load", "run", f.name, f"sip:{server.addr}", "--count", "2", "--key", "word=hello", "--json"], capture_output=True,
                              text=True, timeout=60, check=True)
        said = [json.loads(line)["text"] for line in done.stdout.splitlines() if line.startswith('{"event":"said"')]
        assert said == ["hello 1", "hello 2"], done


def test_a_scenario_is_shown():
    shown = subprocess.run([PROGRAM, "load", "call", "--show"], capture_output=True, text=True, check=True).stdout
    with Server() as server, tempfile.NamedTemporaryFile("w", suffix=".xml") as f:
        f.write(shown.replace("INVITE", "OPTIONS").replace("<pause/>", ""))
        f.flush()
        status, _, errors = load("run", f.name, f"sip:{server.addr}", "--count", "1", "--timeout", "2")
        assert status in (1, 3) and not errors, (status, errors)


if __name__ == "__main__":
    tap.run()
