"""What a stream sends as tshark reads it: nothing to complain of, and the same loss and jitter as ours."""
import json
import os
import re
import subprocess
import tempfile

import tap

CAPTURE = os.environ.get("TANDEM_MEDIA_CAPTURE", "")
AS = ["-d", "udp.port==4000,rtp", "-d", "udp.port==4001,rtcp"]


def play(path, encoding, clock, payload_type, loss, jitter, digits=""):
    """30 seconds of a call; what its receiver says of it."""
    out = subprocess.run([CAPTURE, path, encoding, str(clock), str(payload_type), str(loss), str(jitter), digits],
                         check=True, capture_output=True, text=True, timeout=60).stdout
    return json.loads(out)


def tshark(path, *options):
    return subprocess.run(["tshark", "-n", "-r", path, *AS, *options], check=True, capture_output=True, text=True,
                          timeout=60).stdout


def stream(path):
    """Packets, lost and the mean jitter in ms of the one stream of the capture."""
    lines = [line for line in tshark(path, "-q", "-z", "rtp,streams").splitlines() if "0x" in line]
    assert len(lines) == 1, lines
    _, rest = lines[0].split("0x", 1)
    found = re.search(r"(\d+)\s+(-?\d+) \((-?[\d.]+)%\)\s+(.*)", rest)
    figures = [float(n) for n in re.findall(r"-?\d+\.\d+", found[4])]
    return int(found[1]), int(found[2]), figures[4]


def check(encoding, clock, payload_type, loss, jitter):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "call.pcap")
        ours = play(path, encoding, clock, payload_type, loss, jitter)
        packets, lost, mean = stream(path)
        assert packets == ours["received"], (packets, ours)
        assert lost == ours["lost"], (lost, ours)
        assert abs(mean - ours["jitter_ms"]) < 0.05 + mean * 0.02, (mean, ours)


def test_clean_stream_has_no_loss_and_no_jitter():
    check("PCMU", 8000, 0, 0, 0)


def test_loss_is_counted_as_tshark_counts_it():
    check("PCMA", 8000, 8, 5, 0)


def test_jitter_is_measured_as_tshark_measures_it():
    check("PCMU", 8000, 0, 0, 15)
    check("GSM", 8000, 3, 0, 19)


def test_both_at_once_by_the_clock_of_g722():
    check("G722", 8000, 9, 3, 10)


def test_nothing_is_malformed_and_every_event_and_report_is_read():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "call.pcap")
        ours = play(path, "PCMU", 8000, 0, 0, 0, "123#")
        assert ours["digits"] == "123#", ours
        strangers = tshark(path, "-Y", "_ws.malformed || _ws.expert.severity >= 0x600000 || (udp && !rtp && !rtcp)")
        assert strangers == "", strangers
        events = tshark(path, "-d", "rtp.pt==101,rtpevent", "-Y", "rtpevent", "-T", "fields", "-e", "rtp.marker", "-e",
                        "rtpevent.event_id", "-e", "rtpevent.end_of_event", "-e", "rtpevent.duration").splitlines()
        ids = [line.split("\t")[1] for line in events]
        assert sorted(set(ids)) == ["1", "11", "2", "3"], ids
        assert sum(line.split("\t")[0] in ("1", "True") for line in events) == 4, events
        assert sum(line.split("\t")[2] in ("1", "True") for line in events) == 12, events
        reports = tshark(path, "-Y", "rtcp", "-T", "fields", "-e", "rtcp.pt").splitlines()
        assert len(reports) > 3 and all(line.startswith("200,202") for line in reports), reports
        assert reports[-1] == "200,202,203", reports[-1]


if __name__ == "__main__":
    tap.run()
