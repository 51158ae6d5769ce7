"""A call's voice as tshark sees it on the wire, and over a cable that is no good."""
import contextlib
import os
import re
import shutil
import subprocess

import impaired
import netns
import tap
from client import Client
from server import wait_for
from sound import Heard
from talk import Bob, await_packets, folder, sound

US = "198.51.100.10"
PACKETS = 200
CLOCKS = {"opus": 48000, "PCMU": 8000, "PCMA": 8000, "G722": 8000}  # RFC 3551 4.5.2, RFC 7587 4.1


def has_bye(path):
    with open(path, "rb") as f:
        return b"BYE sip:" in f.read()


@contextlib.contextmanager
def capture(path):
    """All that is sent on the loopback device meanwhile."""
    if not shutil.which("tshark"):
        raise tap.Skip("no tshark")
    with subprocess.Popen(["tshark", "-n", "-q", "-i", "lo", "-w", path], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as tshark:
        wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 0, 20, "a capture")
        try:
            yield
            wait_for(lambda: has_bye(path), 20, "a BYE in the capture")
        finally:
            tshark.terminate()
            tshark.wait(20)


def read(path, *options):
    return subprocess.run(["tshark", "-n", "-r", path, *options], check=True, capture_output=True, text=True, timeout=60).stdout


def streams(path):
    """By the port that they go to: packets, and how many were lost."""
    found = {}
    for line in read(path, "-q", "-z", "rtp,streams").splitlines():
        row = re.search(r"\s(\d+)\s+0x\S+\s+\S.*?\s(\d+)\s+(-?\d+) \((-?[\d.]+)%\)", line)
        if row:
            found[int(row[1])] = (int(row[2]), int(row[3]))
    return found


def jitter_ms(path, port, packets, clock):
    """RFC 3550 6.4.1, of the first so many packets to this port, as they came."""
    rows = read(path, "-Y", f"rtp && udp.dstport == {port}", "-T", "fields", "-e", "frame.time_epoch", "-e", "rtp.timestamp")
    ways = [float(at) * 1000 - int(said) * 1000 / clock for at, said in map(str.split, rows.splitlines()[:packets])]
    jitter = 0.0
    for before, after in zip(ways, ways[1:]):
        jitter += (abs(after - before) - jitter) / 16
    return jitter


def media_port(client):
    return int(client.all("media")[-1]["remote"].rpartition(":")[2])


def test_tshark_reads_what_is_said_and_counts_the_same():
    with folder() as path:
        pcap = os.path.join(path, "call.pcap")
        with capture(pcap), Bob(*sound(path), host=US) as bob:
            with Client("call", f"bob@{bob.addr}", *sound(path, "back.wav"), "--for", "7") as alice:
                alice.await_event("answered")
                alice.wait()
            bob.await_event("end")
        ours = {media_port(bob): alice.saw("end")["media"], media_port(alice): bob.saw("end")["media"]}
        assert read(pcap, "-Y", "(rtp || rtcp) && (_ws.malformed || _ws.expert.severity >= 0x600000)") == ""
        theirs = streams(pcap)
        assert set(theirs) == set(ours), (theirs, ours)
        for port, (packets, lost) in theirs.items():
            media, clock = ours[port], CLOCKS[ours[port]["codec"]]
            # what comes when a side has hung up is on the wire alone
            assert media["received"] <= packets <= media["received"] + 5 and lost == media["lost"] == 0, (theirs, ours)
            assert abs(jitter_ms(pcap, port, media["received"], clock) - media["jitter_ms"]) < 0.5, ours
        reports = read(pcap, "-Y", "rtcp", "-T", "fields", "-e", "rtcp.pt").splitlines()
        assert reports and all(line.startswith(("200,202", "201,202")) for line in reports), reports


def over_the_cable(path, **faults):
    """Bob is there. What the cable, Alice and Bob counted."""
    impaired.need()
    with impaired.Cable(**faults, spared=5060) as cable:
        with cable.there.inside():
            bob = Bob(*sound(path), host=cable.far[4], port=5060)
        with bob, Client("call", f"bob@{cable.far[4]}", "--listen", f"udp:{cable.near[4]}:5060", *sound(path, "back.wav")) as alice:
            alice.await_event("heard")
            bob.await_event("heard")
            await_packets(alice, PACKETS)
            alice.stop()
            bob.await_event("end")
        return cable, alice.saw("end")["media"], bob.saw("end")["media"]


def recordings(path):
    return [Heard(os.path.join(path, name)) for name in ("r.wav", "back.wav")]


def test_what_the_cable_loses_is_counted():
    """What was lost at the very end nobody misses, and some of it were reports."""
    with folder() as path:
        cable, alice, bob = over_the_cable(path, loss=0.05)
        for there, media in ((1, alice), (0, bob)):
            assert cable.lost[there] - 4 <= media["lost"] <= cable.lost[there] and media["lost"] > 0, (cable.lost, alice, bob)
            assert media["received"] + media["lost"] + 20 > PACKETS and media["strangers"] == 0, (alice, bob)
        for heard in recordings(path):
            heard.check_pitch(within_db=3)  # a tone in pieces


def test_what_is_repeated_and_overtaken_is_no_loss():
    """RFC 3550 6.4.1: what comes twice makes the number of what is lost negative. Who plays need not have seen each of the first."""
    with folder() as path:
        _, alice, bob = over_the_cable(path, delay=0.03, jitter=0.03, repeats=0.1)
        for media in (alice, bob):
            assert media["duplicates"] > 0 and -media["duplicates"] - 4 <= media["lost"] <= 0, (alice, bob)
            assert media["jitter_ms"] > 2, (alice, bob)
        for heard in recordings(path):
            heard.check_pitch(within_db=3)


if __name__ == "__main__":
    netns.run([US])
