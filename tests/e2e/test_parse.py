"""`tandem parse` from outside: its forms and exit statuses; what it finds in messages that people wrote down, and that
it finds nothing in flows of RFCs but what is known to be wrong there."""
import csv
import glob
import json
import os
import re
import subprocess
import tempfile

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("TANDEM_PROGRAM") or os.path.join(HERE, "..", "..", "build", "tandem")
DATA = os.environ.get("TANDEM_TESTDATA") or os.path.join(HERE, "..", "..", "..", "shared", "testdata")
SEEDS = os.path.join(DATA, "..", "seeds")

BYE = ("BYE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bK{branch}\r\nMax-Forwards: 70\r\n"
       "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\nCall-ID: 1\r\nCSeq: {number} BYE\r\n{more}"
       "Content-Length: 0\r\n\r\n")


def bye(branch="1", number=1, more=""):
    return BYE.format(branch=branch, number=number, more=more)


def parse(*words, text=None):
    done = subprocess.run([PROGRAM, "parse", *words], input=text, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def findings(*words, text=None):
    """(file, line, code) of each."""
    _, out, _ = parse("--json", *words, text=text)
    return [(os.path.basename(o["file"]), f["line"], f["code"]) for o in map(json.loads, out.splitlines()) for f in o["findings"]]


def test_statuses_speak_of_validity():
    assert parse(text=bye())[0] == 0
    status, out, _ = parse(text=bye(more="Subject: x\r\n"))
    assert status == 0 and "-:8:1: warning: Subject: " in out
    assert parse(text=bye().replace("1 BYE", "1 INVITE"))[0] == 1
    for words in (["--severity", "loud"], ["--severity"], ["--ignore", "none_such"], ["--ignore", "bad_via"], ["--explain", "none_such"],
                  ["--what"], ["/nowhere/at-all.sip"]):
        status, out, err = parse(*words, text="")
        assert status == 2 and err.startswith("tandem: parse: ") and not out, (words, status, out, err)


def test_what_is_told_can_be_chosen():
    text = bye(more="Subject: x\r\nRoute: <sip:p>\r\n")
    assert findings(text=text) == [("-", 8, "header_not_applicable"), ("-", 9, "route_strict")]
    assert findings("--severity", "warning", text=text) == [("-", 8, "header_not_applicable")]
    assert findings("--severity=error", text=text) == []
    assert findings("--ignore", "route_strict", "--ignore", "header_not_applicable", text=text) == []


def test_codes_are_explained():
    for code in ("ack_branch", "bad_via", "sdp_bad_media"):
        status, out, _ = parse("--explain", code)
        assert status == 0 and out.startswith(code + ": ") and ", RFC " in out


def test_a_sequence_is_judged_together():
    both = bye() + "\r\n" + bye(branch="2")
    assert findings(text=both) == [("-", 11, "message_behind")]  # without the option it is one datagram
    assert findings("--sequence", text=bye() + bye(branch="2", number=2)) == []
    assert findings("--sequence", text=both) == []  # the same number and method: seen again
    assert findings("--sequence", text=bye(number=2) + bye(branch="2")) == [("-", 16, "cseq_not_increased")]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("1.sip", bye(number=2)), ("2.sip", bye(branch="2"))):
            with open(os.path.join(folder, name), "w", newline="", encoding="ascii") as f:
                f.write(text)
        assert findings("--sequence", *sorted(glob.glob(folder + "/*.sip"))) == [("2.sip", 7, "cseq_not_increased")]


def check_sarif(log):
    """The structure that SARIF 2.1.0 3.13 to 3.49 demands."""
    assert log["version"] == "2.1.0" and len(log["runs"]) == 1
    run = log["runs"][0]
    driver = run["tool"]["driver"]
    assert driver["name"] == "tandem"
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(rules) == len(set(rules)) and all(rule["shortDescription"]["text"] for rule in driver["rules"])
    for result in run["results"]:
        assert result["level"] in ("note", "warning", "error") and result["message"]["text"] and result["ruleId"] in rules
        place = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", place["artifactLocation"]["uri"])
        assert place["region"]["startLine"] >= 1 and place["region"]["startColumn"] >= 1
    return run["results"]


def test_sarif_is_one_log():
    with tempfile.TemporaryDirectory(prefix="a b%") as folder:
        for name, text in (("good.sip", bye()), ("odd.sip", bye(more="Subject: x\r\n")), ("bad.sip", "nonsense")):
            with open(os.path.join(folder, name), "w", newline="", encoding="ascii") as f:
                f.write(text)
        status, out, _ = parse("--sarif", *sorted(glob.glob(folder + "/*.sip")))
        results = check_sarif(json.loads(out))
        codes = [r["ruleId"] for r in results]
        assert status == 1 and codes[0] == "bad_start_line" and codes[-1] == "header_not_applicable", codes
    assert check_sarif(json.loads(parse("--sarif", text=bye())[1])) == []


# What RFC 3665's flows are known to do wrong.
KNOWN = {
    # 2.2: qop without nc and cnonce
    ("005-s2.2-F1-REGISTER.sip", "qop_incomplete"),
    # 2.5: no Max-Forwards
    ("011-s2.5-F1-REGISTER.sip", "header_missing"),
    # 3.7: Max-Forwards in responses; Alice's new port under the old version of her o=
    ("124-s3.7-F10-200.sip", "header_not_applicable"),
    ("127-s3.7-F13-200.sip", "header_not_applicable"),
    ("124-s3.7-F10-200.sip", "origin_version"),
    # 3.8: 200 for CANCEL without a tag in To; the second proxy's CANCEL names Alice
    ("137-s3.8-F10-200.sip", "to_without_tag"),
    ("139-s3.8-F12-200.sip", "to_without_tag"),
    ("141-s3.8-F14-200.sip", "to_without_tag"),
    ("138-s3.8-F11-CANCEL.sip", "cancel_uri"),
}
INVENTED = "response_digits"  # digests there are made up, some too short


def flows(rfc):
    """The files of each section in their order."""
    manifest = os.path.join(DATA, "callflows", "MANIFEST.tsv")
    if not os.path.exists(manifest):
        raise tap.Skip("no test data")
    sections = {}
    with open(manifest, encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            if row["rfc"] == rfc:
                fixed = row["wire-fixed copy"]
                name = row["file"] if fixed in ("", "-") else fixed
                sections.setdefault(row["section"], []).append(os.path.join(DATA, "callflows", name))
    return sections


def test_flows_of_rfc_3665_are_clean_but_for_what_is_known():
    found = set()
    for files in flows("3665").values():
        found |= {(name, code) for name, _, code in findings("--sequence", "--severity", "warning", *files) if code != INVENTED}
    assert found == KNOWN, found ^ KNOWN


# What makes messages of RFC 5359 and 3261 wrong: as they are printed, or because a body is only hinted at there.
WRONG = {
    "5359": {
        # "Content Length:0" with a space in front continues Contact
        ("004", "trailing_bytes"), ("005", "trailing_bytes"), ("029", "trailing_bytes"), ("030", "trailing_bytes"),
        ("044", "trailing_bytes"), ("045", "trailing_bytes"), ("148", "trailing_bytes"), ("149", "trailing_bytes"),
        # no Max-Forwards, no Contact, no Expires
        ("068", "header_missing"), ("070", "header_missing"), ("083", "header_missing"), ("085", "header_missing"),
        ("281", "header_missing"), ("292", "header_missing"),
        # <allOneLine>, and "Referred-By: <alice@atlanta.example.com>" without a scheme
        ("071", "bad_cseq"), ("071", "bad_uri"), ("119", "bad_cseq"), ("119", "bad_uri"), ("268", "bad_cseq"), ("268", "bad_uri"),
        ("092", "bad_uri_scheme"), ("098", "bad_uri_scheme"),
        # sipfrag bodies that are left out, and "Content-Length: ..."
        ("073", "refer_report"), ("080", "refer_report"), ("094", "refer_report"), ("102", "refer_report"), ("121", "refer_report"),
        ("128", "refer_report"), ("270", "refer_report"), ("277", "refer_report"),
        ("137", "bad_content_length"), ("282", "bad_content_length"),
        # branches copied wrongly; a 200 without its answer (2.10 F9); From and To of one side (2.17 F16)
        ("104", "response_branch"), ("130", "response_branch"), ("201", "response_branch"), ("300", "ack_branch"),
        ("204", "answer_missing"), ("319", "dialog_unknown"), ("320", "response_parties"),
    },
    "3261": {
        ("002", "response_branch"),  # the Vias of the proxies that section 4 leaves out
        ("005", "header_missing"),  # an excerpt
        # bodies that are drawn, cut off, and From and To without a scheme (23.4.2)
        ("007", "trailing_bytes"), ("008", "parts_undelimited"), ("009", "bad_uri_scheme"), ("010", "parts_undelimited"),
    },
    "3665": {
        ("003", "bad_auth"),  # no comma behind realm
        ("005", "qop_incomplete"), ("011", "header_missing"), ("137", "to_without_tag"), ("138", "cancel_uri"),
        ("139", "to_without_tag"), ("141", "to_without_tag"),
    },
}


def errors(files):
    """(number, code) of whatever is invalid or a finding of severity error."""
    _, out, _ = parse("--json", "--sequence", "--severity", "error", *files)
    return {(os.path.basename(o["file"])[:3], x["code"]) for o in map(json.loads, out.splitlines()) for x in o["errors"] + o["findings"]}


def test_legal_messages_of_flows_have_no_errors():
    for rfc, wrong in WRONG.items():
        found = set().union(*(errors(files) for files in flows(rfc).values()))
        found = {(number, code) for number, code in found if code != INVENTED}
        assert found == wrong, (rfc, found ^ wrong)


# --- messages as people write them into documents ---

START = re.compile(r"^\s*(?:\w+ -> \w+:\s+)?([A-Za-z-]+ sips?:\S+ SIP/2\.0|SIP/2\.0 \d{3} .*)$")
NAMED = re.compile(r"\s*[A-Za-z-]+(?: [a-z]+)?\s*:")
FURTHER = re.compile(r"^\s+[;<]|^[;,<]")
DESCRIPTION = re.compile(r"^\s*[a-z]=")


def messages(text):
    """The example messages of a document: a start line, at least three headers, and a description behind them."""
    lines, at, found = text.replace("```", "").split("\n"), 0, []
    while at < len(lines):
        start = START.match(lines[at])
        at += 1
        if not start:
            continue
        head = [start[1]]
        while at < len(lines) and not START.match(lines[at]) and (NAMED.match(lines[at]) or FURTHER.match(lines[at])):
            head.append(("" if NAMED.match(lines[at]) else " ") + lines[at].strip())
            at += 1
        body = at
        while body < len(lines) and not lines[body].strip():
            body += 1
        end = body
        while end < len(lines) and DESCRIPTION.match(lines[end]):
            end += 1
        if len(head) > 3:
            found.append("\r\n".join(head) + "\r\n\r\n" + "".join(line.strip() + "\r\n" for line in lines[body:end]))
    return found


def test_examples_of_documents_are_explained():
    documents = sorted(glob.glob(os.path.join(SEEDS, "*.txt")))
    if not documents:
        raise tap.Skip("no documents")
    codes, n = set(), 0
    for document in documents:
        with open(document, encoding="utf-8", errors="replace") as f:
            for message in messages(f.read()):
                n += 1
                o = json.loads(parse("--json", text=message)[1])
                codes |= {x["code"] for x in o["errors"] + o["findings"]}
                for x in o["findings"]:
                    assert x["what"] and x["remedy"] and x["rfc"] and x["severity"] in ("error", "warning", "hint")
    tap.note(f"{n} messages: {' '.join(sorted(codes))}")
    # Each was looked at: these mistakes are there.
    assert {"content_cut", "content_length_too_large", "method_case", "cseq_method_mismatch", "via_without_branch", "from_without_tag",
            "no_dialog", "header_missing", "header_not_applicable", "reason_cause", "session_not_required", "bad_header_name",
            "bad_display_name", "sdp_order", "method_unknown"} <= codes, codes


if __name__ == "__main__":
    tap.run()
