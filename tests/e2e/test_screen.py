"""`tandem trace` on a terminal: the full-screen view, driven by keys in tmux."""
import os
import re
import shlex
import tempfile

import frames
import tap
from control import Phone
from server import PROGRAM, Server
from terminal import Terminal

ANNA, BOB = ("192.0.2.1", 5060), ("192.0.2.2", 5060)
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"


def message(start, call_id, caller, cseq="1 INVITE", name="", body=""):
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return (f"{start}\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{call_id}{cseq[0]}\r\nMax-Forwards: 70\r\n"
            f"From: {name}<sip:{caller}@example.com>;tag=a{call_id}\r\nTo: <sip:bob@example.com>\r\n"
            f"Call-ID: {call_id}\r\nCSeq: {cseq}\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}").encode()


def call(at, call_id, caller, answer, name=""):
    """An INVITE and its answer, as frames with their times."""
    return [(at, frames.datagram(message("INVITE sip:bob@192.0.2.2 SIP/2.0", call_id, caller, name=name, body=SDP), ANNA, BOB)),
            (at + 0.25, frames.datagram(message(f"SIP/2.0 {answer}", call_id, caller), BOB, ANNA))]


def three_calls():
    return call(1767268800, "one", "anna", "486 Busy Here") + call(1767268810, "two", "zoe", "200 OK") + \
        call(1767268820, "three", "mia", "180 Ringing")


def file_of(some):
    handle, path = tempfile.mkstemp(suffix=".pcap")
    with os.fdopen(handle, "wb") as f:
        f.write(frames.pcap(some))
    return path


def trace(path, *options):
    return shlex.join([PROGRAM, "trace", *options, path])


def test_from_the_list_to_a_message_and_back():
    path = file_of(three_calls())
    with Terminal(trace(path)) as t:
        t.see("3 calls, 3 shown", "anna@example.com", "REJECTED 486", "IN CALL", "CALL SETUP")
        t.keys("Enter")
        text = t.see("Ladder", "INVITE bob (SDP)", "486 Busy Here", "192.0.2.1:5060", "12:00:00.250", "+0.250")
        assert "─>" in text and "<─" in text, text
        assert "m=audio 4000" in text, text
        t.keys("Down")
        t.see("SIP/2.0 486 Busy Here")
        t.keys("Enter")
        t.see("Messages", "192.0.2.2:5060 -> 192.0.2.1:5060 UDP")
        t.keys("Escape")
        t.see("Ladder")
        t.keys("q")
        t.see("3 calls, 3 shown", "REJECTED 486")
        t.keys("q")
        t.see("left with 0")
    os.unlink(path)


def test_two_messages_are_compared():
    path = file_of(three_calls())
    with Terminal(trace(path)) as t:
        t.see("3 calls")
        t.keys("Enter", "Space", "Down", "Space")
        t.see("Difference", "! INVITE sip:bob@192.0.2.2", "! SIP/2.0 486 Busy Here", "  CSeq: 1 INVITE")
        t.keys("F1")
        t.see("moves both texts")
    os.unlink(path)


def test_search_filter_and_statistics():
    path = file_of(three_calls())
    with Terminal(trace(path)) as t:
        t.see("3 calls")
        t.type("/zoe")
        t.see("3 calls, 1 shown")
        t.keys("Enter", "i")
        t.see("Statistics", "INVITE                     1         3")
        t.keys("q", "Escape")
        t.see("3 calls, 3 shown")
        t.keys("F7", "Tab", "Tab", "Tab")
        t.type("4xx")
        t.keys("Enter")
        t.see("3 calls, 1 shown", "anna@")
    os.unlink(path)


def test_selected_calls_are_saved():
    path = file_of(three_calls())
    folder = tempfile.mkdtemp()
    saved = os.path.join(folder, "saved.pcapng")
    with Terminal(trace(path)) as t:
        t.see("3 calls")
        t.keys("Down", "Space", "F2")
        t.see("Save", "selected")
        t.type(saved)
        t.keys("Enter")
        t.lose(saved)
        t.see("saved")
        t.type(saved)
        t.keys("Enter")
        t.see("there is a file of this name")
    with Terminal(trace(saved)) as t:
        t.see("1 calls, 1 shown", "zoe@")
        t.keys("Enter")
        t.see("200 OK", "12:00:10.250")
    os.unlink(saved)
    os.rmdir(folder)
    os.unlink(path)


def transfer():
    """Alice calls Bob, who sends her on to Carol: two calls, and RTP of the first."""
    alice, bob, carol = ("192.0.2.1", 5060), ("192.0.2.2", 5060), ("192.0.2.3", 5060)

    def said(at, start, call_id, cseq, way, more="", to="bob", body=""):
        kind = "Content-Type: application/sdp\r\n" if body else ""
        ends = ["From: <sip:alice@example.com>;tag=a" + call_id,
                f"To: <sip:{to}@example.com>" + (";tag=b" if cseq != "1 INVITE" or start.startswith("SIP/2.0 ") else "")]
        if start.startswith("REFER"):
            ends = [ends[1].replace("To", "From"), ends[0].replace("From", "To")]
        text = (f"{start}\r\nVia: SIP/2.0/UDP {way[0][0]}:5060;branch=z9hG4bK{call_id}{cseq[0]}\r\nMax-Forwards: 70\r\n"
                f"{ends[0]}\r\n{ends[1]}\r\nCall-ID: {call_id}\r\nCSeq: {cseq}\r\n{more}{kind}Content-Length: {len(body)}\r\n\r\n{body}").encode()
        return at, frames.datagram(text, *way)

    begin, out, back, on = 1767268800, (alice, bob), (bob, alice), (alice, carol)
    answer = SDP.replace("192.0.2.1", "192.0.2.2").replace("4000", "4002")
    rtp = [(begin + 1.2 + i * 0.02, frames.datagram(frames.rtp(i, i * 160, 7), (bob[0], 4002), (alice[0], 4000))) for i in range(50)]
    return [said(begin, "INVITE sip:bob@192.0.2.2 SIP/2.0", "one", "1 INVITE", out, body=SDP),
            said(begin + 1, "SIP/2.0 200 OK", "one", "1 INVITE", back, body=answer),
            said(begin + 1.1, "ACK sip:bob@192.0.2.2 SIP/2.0", "one", "1 ACK", out), *rtp,
            said(begin + 3, "REFER sip:alice@192.0.2.1 SIP/2.0", "one", "2 REFER", back, "Refer-To: <sip:carol@192.0.2.3>\r\n"),
            said(begin + 3.1, "INVITE sip:carol@192.0.2.3 SIP/2.0", "two", "1 INVITE", on, "Referred-By: <sip:bob@example.com>\r\n", "carol"),
            said(begin + 3.2, "SIP/2.0 603 Decline", "two", "1 INVITE", (carol, alice), to="carol")]


def test_the_ladder_says_what_every_drawing_says():
    path = file_of(transfer())
    with Terminal(trace(path)) as t:
        t.see("2 calls")
        t.keys("Enter")
        t.see("alice", "bob", "INVITE bob (SDP)", "RTP PCMU, 50 packets, 0 lost", "═", "║", "REFER to carol")
        t.see("one: answered by bob after 1.0 s, no end seen")
        t.keys("x")
        t.see("carol", "another call, two: a REFER there asked for it", "603 Decline")
        t.keys("m")
        t.lose("RTP PCMU", "║")
        t.keys("d")
        t.see("offer PCMU 192.0.2.1:4000 sendrecv", "answer PCMU 192.0.2.2:4002 sendrecv")
        t.lose("(SDP)")
        t.keys("w")
        t.see(" 3.200 ", "+0.100")
        t.keys("c")
        t.see("by dialog")
        t.keys("D")
        t.lose("603 Decline")
        t.keys("D", "s")
        t.lose("192.0.2.1:5060  ")
        t.keys("End")
        t.see("two: refused by carol with 603 Decline after 0.1 s")
    os.unlink(path)


def test_several_selected_calls_are_one_flow():
    path = file_of(three_calls())
    with Terminal(trace(path)) as t:
        t.see("3 calls")
        t.keys("Space", "Space", "x")
        t.see("Ladder", "486 Busy Here", "200 OK", "another call, two")
        t.lose("180 Ringing")
    os.unlink(path)


def test_columns_are_chosen():
    path = file_of(three_calls())
    with Terminal(trace(path)) as t:
        t.see("3 calls", "Destination")
        t.keys("t")
        t.see("Columns", "[*] Idx", "[ ] Talk")
        t.keys("Space", "End", "Space", "-", "-")
        t.see("[ ] Idx", "[*] Total")
        t.keys("Escape")
        assert "Idx" not in t.see("Total", "0.2", "From")
        t.keys(">", ">")
        t.see("^From")
    os.unlink(path)


def test_calls_are_saved_as_pictures_and_pages():
    path = file_of(transfer())
    with tempfile.TemporaryDirectory() as folder, Terminal(trace(path)) as t:
        t.see("2 calls")
        t.keys("x")
        t.see("Ladder")
        t.keys("S", "Tab", "Tab")
        t.see("svg", "those of the ladder")
        t.type(os.path.join(folder, "all.svg"))
        t.keys("Enter")
        t.see("saved")
        t.keys("Tab", "Down")
        t.see("html", "selected")
        t.type(os.path.join(folder, "none.html"))
        t.keys("Enter")
        t.see("there are no such calls")
        t.keys("Escape", "q", "Down", "F2", "Up", "Up")
        t.see("this one")
        t.keys("C-u")
        t.type(os.path.join(folder, "one.html"))
        t.keys("Enter")
        t.see("saved")
        with open(os.path.join(folder, "all.svg"), encoding="utf-8") as svg, open(os.path.join(folder, "one.html"), encoding="utf-8") as html:
            picture, page = svg.read(), html.read()
        assert "603 Decline" in picture and "RTP PCMU" in picture and picture.endswith("</svg>\n"), picture
        assert "603 Decline" in page and "REFER" not in page, page
    os.unlink(path)


def test_small_terminals_show_what_fits():
    path = file_of(transfer())
    for cols, rows in ((80, 24), (40, 10), (20, 4)):
        with Terminal(trace(path), cols=cols, rows=rows) as t:
            t.see("Calls:", "alice")
            t.keys("Enter")
            t.see("Ladder", "alice" if rows > 4 else "INVITE")
            t.resize(cols + 7, rows + 3)
            t.see("Ladder", "INVITE")
            t.resize(cols, rows)
            t.keys("End")
            t.see("REFER")
            for key in ("F1", "Escape", "Enter", "Escape", "S", "Escape", "q", "F7", "Escape", "t", "Escape", "i"):
                t.keys(key)
            t.see("Statistics")
            t.keys("q", "q")
            t.see("left with 0")
    os.unlink(path)


def test_a_terminal_without_colours_gets_none():
    path = file_of(transfer())
    with Terminal("TERM=vt100 " + trace(path)) as t:
        t.see("2 calls")
        t.keys("Enter")
        t.see("INVITE bob", "REFER to carol")
        drawn = t.tmux("capture-pane", "-p", "-e")
        assert "\x1b[7m" in drawn or "\x1b[1;7m" in drawn, drawn
        assert not re.search(r"\x1b\[(\d+;)*[34][0-7]", drawn), drawn
    os.unlink(path)


def test_calls_are_shown_as_they_come():
    folder = tempfile.mkdtemp()
    pipe = os.path.join(folder, "pipe")
    os.mkfifo(pipe)
    with Terminal(trace("-", "--screen") + " < " + shlex.quote(pipe)) as t:
        with open(pipe, "wb", buffering=0) as f:
            f.write(frames.pcap(call(1767268800, "one", "anna", "100 Trying")))
            t.see("1 calls, 1 shown", "CALL SETUP")
            more = frames.pcap(call(1767268801, "one", "anna", "486 Busy Here"))[24:]
            f.write(more[:100])
            f.write(more[100:])
            t.see("REJECTED 486")
            t.keys("p")
            t.see("paused")
            f.write(frames.pcap(call(1767268802, "two", "zoe", "200 OK"))[24:])
            t.keys("p")
            t.see("2 calls", "zoe@")
            t.keys("q")
            t.see("Leave?")
            t.keys("y")
            t.see("left with 0")
    os.unlink(pipe)
    os.rmdir(folder)


def test_any_size_of_the_terminal():
    path = file_of(three_calls())
    with Terminal(trace(path)) as t:
        t.see("3 calls", "Destination")
        t.resize(20, 5)
        t.see("anna@").count("\n")
        t.keys("Enter")
        t.see("Ladder")
        t.resize(200, 50)
        t.see("486 Busy Here", "m=audio 4000")
    os.unlink(path)


def test_nothing_in_a_message_drives_the_terminal():
    path = file_of(call(1767268800, "one", "anna\x9b31m", "486 \x1b[2J\x1b[HBusy", name='"\x1b]2;stolen\x07" '))
    with Terminal(trace(path)) as t:
        t.see("1 calls")
        t.keys("Enter")
        t.see(".[2J.[HBusy", ".]2;stolen.")
        t.keys("R")
        t.see("Messages", ".31m@example.com")
        assert "stolen" not in t.tmux("display-message", "-p", "#{pane_title}")
    os.unlink(path)


def test_a_terminal_without_utf_8_has_plain_lines():
    path = file_of(call(1767268800, "one", "anna", "486 Busy Here", name='"Zoë 漢" '))
    with Terminal(trace(path), locale="C") as t:
        t.see("1 calls")
        t.keys("Enter")
        text = t.see("->", "<-", "486 Busy Here", 'From: "Zo? ?"')
        assert text.isascii(), text
    os.unlink(path)


def test_wide_characters_keep_their_columns():
    path = file_of(call(1767268800, "one", "anna", "486 Busy Here", name='"漢字" '))
    with Terminal(trace(path)) as t:
        t.see("1 calls")
        t.keys("Enter", "R")
        t.see('From: "漢字" <sip:anna@example.com>')
    os.unlink(path)


def test_a_pipe_gets_a_list():
    path = file_of(three_calls())
    with Terminal(trace(path) + " | cat") as t:
        text = t.see("anna@example.com", "left with 0")
        assert "Calls:" not in text, text
    os.unlink(path)


def test_what_asks_for_more_than_a_screen_is_refused():
    path = file_of(three_calls())
    with Terminal(trace(path, "--screen", "--list") + "; " + trace(path, "--screen") + " | cat") as t:
        t.see("tandem: trace: --screen: ", "tandem: trace: terminal: there is none")
    with Terminal(PROGRAM + " trace -") as t:
        t.see("a file is missing", "left with 2")
    with Terminal(PROGRAM + " trace --data /nonexistent") as t:
        t.see("none answers there", "left with 3")
    os.unlink(path)


def test_calls_of_a_running_server_are_seen_as_they_come():
    with tempfile.TemporaryDirectory() as folder, Server("--data", folder) as server, Phone(server, "anna") as anna:
        anna.send("OPTIONS", "sip:127.0.0.1", "sip:127.0.0.1")
        assert anna.final() == 200
        with Terminal(shlex.join([PROGRAM, "trace", "--data", folder])) as t:
            t.see("1 calls, 1 shown", "OPTIONS", "anna@127.0.0.1")
            anna.send("INVITE", "sip:nobody@127.0.0.1", "sip:nobody@127.0.0.1")
            assert anna.final() == 404
            t.see("2 calls, 2 shown", "REJECTED 404")
            t.keys("End", "Enter")
            t.see("Ladder", "404 Not Found", "there is no sip:nobody@127.0.0.1 here")


tap.run()
