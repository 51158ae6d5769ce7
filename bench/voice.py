"""CPU time of calls with voice that one phone answers at once: 20 of them, PCMA both ways, beside baresip, and 200, which baresip does not
take. SIPp calls and sends what was recorded; who answers plays a file and decodes what it hears. `tandem answer` also says whether
anything was missing in what it heard."""
import json
import math
import os
import re
import shutil
import struct
import subprocess
import sys
import time
import wave

import lab

FEW, MANY, RATE, SECONDS = 20, 200, 50, 8
RECORDED = "/usr/share/sip-tester/g711a.pcap"
MODULES = "/usr/lib/baresip/modules"
CONFIG = os.path.join(lab.HERE, "voice", "baresip.config")
SCENARIO = os.path.join(lab.HERE, "voice", "calls.xml")


def write_tone(path):
    with wave.open(path, "w") as f:
        f.setparams((1, 2, 8000, 0, "NONE", ""))
        f.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(math.tau * 440 * i / 8000))) for i in range(4 * SECONDS * 8000)))


def prepare_tandem(folder):
    write_tone(os.path.join(folder, "tone.wav"))


def prepare_baresip(folder, port):
    prepare_tandem(folder)
    with open(CONFIG, encoding="ascii") as f:
        text = f.read()
    for name, value in (("PORT", str(port)), ("FOLDER", folder), ("MODULES", MODULES)):
        text = text.replace(f"@{name}@", value)
    for name, lines in (("config", text), ("accounts", "<sip:bob@127.0.0.1>;regint=0;answermode=auto;audio_codecs=PCMA\n"), ("contacts", "")):
        with open(os.path.join(folder, name), "w", encoding="ascii") as f:
            f.write(lines)


def tandem():
    port = lab.free_port()
    phone = os.path.join(lab.BUILD, "tandem")
    command = (f"exec {phone} answer --as bob@127.0.0.1 --listen udp:127.0.0.1:{port} --calls {MANY} --codec PCMA"
               " --play @FOLDER@/tone.wav --json > @FOLDER@/events")
    return lab.Server("tandem", ["sh", "-c", command], port, False, prepare_tandem)


def baresip():
    port = lab.free_port()
    return lab.Server("baresip", ["baresip", "-f", "@FOLDER@"], port, False, lambda folder: prepare_baresip(folder, port))


def cpu_s(pid):
    """Of the process, with threads that have ended."""
    return time.clock_gettime((~pid << 3) | 2)


def call_all(server, calls):
    """One round: us for each second of each call."""
    pid = server.process.pid
    cpu, busy, clock = cpu_s(pid), lab.busy_s(), time.monotonic()
    own = os.times()
    done = subprocess.run(["taskset", "-c", str(lab.cpus()[1]), "sipp", "-sf", SCENARIO, "-i", "127.0.0.1", "-p", str(lab.free_port()), "-m", str(calls),
                           "-l", str(calls), "-r", str(RATE), "-nostdin", "-timeout", "60s", "-timeout_error", f"127.0.0.1:{server.port}"],
                          capture_output=True, text=True, cwd=server.folder.name, check=False)
    cpu, busy, clock = cpu_s(pid) - cpu, lab.busy_s() - busy, time.monotonic() - clock
    load = os.times()
    load_s = load.children_user + load.children_system - own.children_user - own.children_system
    failed = re.search(r"Failed call +\|[^|]*\| +(\d+)", done.stdout)
    if not failed:
        raise lab.Broken(f"sipp: {done.stderr.strip()}")
    return {"us": cpu * 1e6 / (calls * SECONDS), "rate": RATE, "count": calls, "achieved": calls / clock, "lost": int(failed[1]), "bad": 0, "bad_status": 0,
            "p50": 0, "p99": 0, "server_share": cpu / clock, "foreign": max(0.0, busy - cpu - load_s) / (os.cpu_count() * clock)}


def heard(server):
    """What the calls say of the voice that came."""
    with open(os.path.join(server.folder.name, "events"), encoding="utf-8") as f:
        ends = [e["media"] for e in map(json.loads, f) if e["event"] == "end"]
    whole = sum(1 for m in ends if m["lost"] == 0 and m["late"] == 0)
    lab.say(f"tandem: of {len(ends)} calls {whole} heard every packet in time; {sum(m['received'] for m in ends)} packets received, "
            f"{sum(m['lost'] for m in ends)} lost, {sum(m['late'] for m in ends)} late")


def measure(report):
    if not shutil.which("sipp") or not os.path.exists(RECORDED):
        raise lab.Broken("no sipp, or none of its recordings")
    starts = {"tandem": tandem}
    if shutil.which("baresip"):
        starts["baresip"] = baresip
    else:
        lab.say("baresip is not installed; measured without it")
    with lab.running(starts) as servers:
        few = lab.rounds(servers, lambda server: call_all(server, FEW), warming=0)
        many = lab.rounds({"tandem": servers["tandem"]}, lambda server: call_all(server, MANY), warming=0)
        heard(servers["tandem"])
    for calls, runs in ((FEW, few), (MANY, many)):
        report.costs(f"a second of a call, {calls} at once", runs, transport="udp", codec="PCMA")


sys.exit(lab.main("voice", __doc__, measure))
