"""Call flows as the RFCs draw them: reads a flow's text and makes of it one SIPp scenario for each party and dialog.

Each line is one arrow, `SENDER WHAT RECEIVER`, in the order of the figure. The servers under test stand between the parties; `proxy` is
one of them itself. WHAT is a method or a status code; `200/CANCEL` names the request that is answered where it is not the last one.
`alice/2` is Alice in her second dialog. Behind `|` stands what the message has besides: `sdp`, `no sdp`, `hold`, `auth`, `wrong auth`,
`no contact`, `to=NAME` (whom it is sent to), `of=NAME` (whose request a server sends on), `Name: value`. A blank line is a pause: what follows begins once everything before it has arrived."""
from dataclasses import dataclass, field

HOPS_AT_START = 70
PASSWORD = "wonderland"
BODIED = ("INVITE", "200/INVITE", "183/INVITE")
NO_CONTACT = ("ACK", "BYE", "CANCEL", "MESSAGE", "PRACK")
MAKES_DIALOG = ("INVITE", "SUBSCRIBE", "REFER")
# RFC 3261 16.2: a figure that leaves out the 100 does not forbid it.
TRYING = '<recv response="100" optional="true"/>'


@dataclass
class Arrow:
    sender: str
    what: str
    receiver: str
    of: str  # the method that a status answers; empty: that of the last request
    extras: list

    def is_response(self):
        return self.what.isdigit()

    def has(self, extra):
        return extra in self.extras

    def _named(self, what, otherwise):
        named = [extra[len(what):] for extra in self.extras if extra.startswith(what)]
        return (named or [otherwise.split("/")[0]])[0]

    def to(self):
        return self._named("to=", self.receiver)

    def origin(self):
        return self._named("of=", self.sender)

    def headers(self):
        return [extra for extra in self.extras if ": " in extra]


@dataclass
class Party:
    """One dialog of one party, and its scenario as it grows."""
    name: str
    caller: bool = False  # it sent the first request
    to: str = ""  # a caller's: whom it called
    vias: int = 0  # of requests that reach it
    cseq: int = 0
    invite_cseq: int = 0
    in_dialog: bool = False
    asked: list = field(default_factory=list)  # methods that it received
    last: str = ""  # the last of them, the sign to go on included
    sent: list = field(default_factory=list)  # methods that it sent
    status: str = ""  # the last one that it received
    steps: list = field(default_factory=list)

    @property
    def user(self):
        return self.name.split("/")[0]


@dataclass
class Segment:
    """What happens between two pauses: who begins to take part, and who has to be told to go on."""
    begins: list
    waits: Party


def read(text):
    segments = [[]]
    for line in text.strip().splitlines():
        words, *extras = [part.strip() for part in line.split("|")]
        if not words:
            segments.append([])
            continue
        sender, what, receiver = words.split()
        what, _, of = what.partition("/")
        segments[-1].append(Arrow(sender, what, receiver, of, extras))
    return [segment for segment in segments if segment]


class Flow:
    """A flow's parties and segments. `at[user]` is the host:port of the server that serves this user."""

    def __init__(self, text, at):
        self.at = at
        self.parties = {}
        self.segments = [self._segment(number, arrows) for number, arrows in enumerate(read(text))]

    def hops(self, one, other):
        return len({self.at[one], self.at[other]})

    def _party(self, name):
        return None if name == "proxy" else self.parties.setdefault(name, Party(name))

    def _segment(self, number, arrows):
        known = set(self.parties)
        waits = self._party(arrows[0].sender)
        if waits and waits.steps:
            waits.steps.append('<recv request="MESSAGE"/>')
            waits.last = "MESSAGE"
        else:
            waits = None
        taking_part = []
        for arrow in arrows:
            for party, play in ((self._party(arrow.sender), self._send), (self._party(arrow.receiver), self._receive)):
                if party:
                    taking_part += [party] if party not in taking_part else []
                    play(party, arrow)
        for party in taking_part:
            party.steps.append(f'<nop><action><log message="passed {number}"/></action></nop>')
        return Segment([party for party in taking_part if party.name not in known], waits)

    # --- what a party receives ---

    def _receive(self, party, arrow):
        if arrow.is_response():
            self._receive_response(party, arrow)
            return
        party.asked.append(arrow.what)
        party.last = arrow.what
        if arrow.what in ("ACK", "CANCEL"):
            party.steps.append(f'<recv request="{arrow.what}"/>')
            return
        first = not party.steps
        party.vias = self.hops(arrow.origin(), arrow.to()) + 1
        actions = _keep(party.vias) + (_check_hops(party.vias - 1) if first else "")
        party.steps.append(f'<recv request="{arrow.what}"{_rrs(first)}><action>{actions}</action></recv>')

    @staticmethod
    def _receive_response(party, arrow):
        if arrow.what == "100" and party.steps[-1] == TRYING:
            party.steps.pop()
        made = (arrow.of or party.sent[-1]) in MAKES_DIALOG and "200" <= arrow.what < "300" and party.caller and not party.in_dialog
        auth = ' auth="true"' if arrow.what in ("401", "407") else ""
        party.steps.append(f'<recv response="{arrow.what}"{_rrs(made)}{auth}/>')
        party.in_dialog = party.in_dialog or made
        party.status = arrow.what

    # --- what a party sends ---

    def _send(self, party, arrow):
        party.caller = party.caller or not party.steps
        if arrow.is_response():
            kind = f"{arrow.what}/{arrow.of or party.asked[-1]}"
            lines, repeats = self._response(party, arrow), kind.endswith("/INVITE") and arrow.what >= "200"
        else:
            kind = arrow.what
            lines, repeats = self._request(party, arrow), arrow.what != "ACK"
        body = _body(party, arrow) if arrow.has("sdp") or kind in BODIED and not arrow.has("no sdp") else ""
        lines += arrow.headers() + (["Content-Type: application/sdp"] if body else [])
        text = "\n".join(lines) + "\nContent-Length: [len]\n\n" + body
        party.steps.append(f'<send{_repeated(repeats)}><![CDATA[\n{text}\n]]></send>')
        if arrow.what == "INVITE":
            party.steps.append(TRYING)

    def _response(self, party, arrow):
        answered = arrow.of or party.asked[-1]
        # RFC 3261 8.2.6.2, 9.2: one tag for all answers outside of the dialog, the one to a CANCEL among them.
        tag = f";tag={party.user}[pid]" if not party.caller and len(party.asked) == 1 or "CANCEL" in party.asked else ""
        if answered == party.last:
            copied = ["[last_Via:]", "[last_Record-Route:]", "[last_From:]", f"[last_To:]{tag}", "[last_CSeq:]"]
        else:
            copied = [f"Via:[$via{n}]" for n in range(1, party.vias + 1)] + ["From:[$from]", f"To:[$to]{tag}", "CSeq:[$cseq]"]
        return [f"SIP/2.0 {arrow.what} As drawn", *copied, "Call-ID: [call_id]", _contact(party)]

    def _request(self, party, arrow):
        method = arrow.what
        of_invite = method in ("ACK", "CANCEL")
        if not of_invite:
            party.cseq += 1
            party.sent.append(method)
        if method == "INVITE":
            party.invite_cseq = party.cseq
        party.to = party.to or arrow.to()
        cseq = party.invite_cseq if of_invite else party.cseq
        # RFC 3261 9.1, 17.1.1.3: a CANCEL and the ACK to a refusal have the INVITE's branch.
        same = method == "CANCEL" or method == "ACK" and party.status >= "300"
        branch = cseq if same or not of_invite else 1000 + cseq
        return [f"{method} {self._target(party)} SIP/2.0",
                f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK{party.user}[pid]-{branch}",
                *(["[routes]"] if self._is_inside(party) else []),
                f"Max-Forwards: {HOPS_AT_START}", *self._ends(party, method), "Call-ID: [call_id]", f"CSeq: {cseq} {method}",
                *_credentials(party, arrow),
                *([] if method in NO_CONTACT or arrow.has("no contact") else [_contact(party)])]

    @staticmethod
    def _is_inside(party):
        return party.in_dialog or not party.caller

    def _target(self, party):
        if self._is_inside(party):
            return "[next_url]"
        return f"sip:{self.at[party.to]}" if party.sent[-1] == "REGISTER" else self._name(party.to)

    def _name(self, user):
        return f"sip:{user}@{self.at[user]}"

    def _ends(self, party, method):
        own = f"From: <{self._name(party.user)}>;tag={party.user}[pid]"
        if not party.caller:
            return [own, "To:[$from]"]
        answered = self._is_inside(party) or method == "ACK"
        return [own, f"To: <{self._name(party.to)}>" + ("[peer_tag_param]" if answered else "")]

    def scenario(self, party):
        kept = ["from", "to", "cseq", *(f"via{n}" for n in range(1, party.vias + 1))] if party.asked else []
        kept += [] if party.caller else ["hops"]
        variables = f'<Reference variables="{",".join(kept)}"/>' if kept else ""
        return ('<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="flow">\n' + "\n".join(party.steps) + f"\n{variables}\n</scenario>\n")


def _rrs(wanted):
    return ' rrs="true"' if wanted else ""


def _repeated(wanted):
    return ' retrans="500"' if wanted else ""


def _credentials(party, arrow):
    if not arrow.has("auth") and not arrow.has("wrong auth"):
        return []
    return [f"[authentication username={party.user} password={PASSWORD if arrow.has('auth') else 'mistaken'}]"]


def _contact(party):
    return f"Contact: <sip:{party.user}@[local_ip]:[local_port]>"


def _keep(vias):
    """What a response needs that is sent after another request has come."""
    kept = [("CSeq:", 1, "cseq"), ("From:", 1, "from"), ("To:", 1, "to")] + [("Via:", n, f"via{n}") for n in range(1, vias + 1)]
    return "".join(f'<ereg regexp=".*" search_in="hdr" header="{name}" occurrence="{n}" assign_to="{to}"/>' for name, n, to in kept)


def _check_hops(hops):
    """RFC 3261 16.6 steps 3 and 8: each server took a hop, and put its Via on top."""
    return (f'<ereg regexp="^ *{HOPS_AT_START - hops} *$" search_in="hdr" header="Max-Forwards:" check_it="true" assign_to="hops"/>'
            f'<ereg regexp="z9hG4bK" search_in="hdr" header="Via:" occurrence="{hops + 1}" check_it="true" assign_to="hops"/>')


def _body(party, arrow):
    direction = "sendonly" if arrow.has("hold") else "sendrecv"
    return (f"v=0\no={party.user} 1 {len(party.steps) + 1} IN IP4 [local_ip]\ns=-\nc=IN IP4 [local_ip]\nt=0 0\n"
            f"m=audio 49170 RTP/AVP 0\na=rtpmap:0 PCMU/8000\na={direction}\n")
