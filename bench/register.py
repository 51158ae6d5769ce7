"""CPU time of a registration, new and refreshed, and memory of a binding, beside Kamailio with bindings in memory."""
import sys
import time
import uuid

import lab

RATE, USERS, WARM = 10000, 100000, 5000
DOMAIN = "example.com"
# Server transactions end 64*T1 after their answer (RFC 3261 timer J); what they held is then free for the next.
TRANSACTION_S = 33


def register(server, *more, rate=RATE, count=USERS):
    return server.load("register", rate, count, "--domain", DOMAIN, *more)


def once(start):
    """In a fresh server users register, then refresh with the same Call-ID and a higher CSeq. The warming ones are others."""
    calls = ("--calls", uuid.uuid4().hex[:16])
    with start() as server:
        register(server, "--user", USERS, count=WARM)
        insert = register(server, *calls)
        refresh = register(server, *calls, "--cseq", 2)
    return {"foreign": max(insert["foreign"], refresh["foreign"]), "insert": insert, "refresh": refresh}


def costs(report, starts):
    runs = lab.rounds(starts, once, warming=0, more=0)
    for what in ("insert", "refresh"):
        report.costs(f"{what} at {RATE}/s", {who: [run[what] for run in taken] for who, taken in runs.items()}, users=USERS)


def memory(report, starts):
    """As many registrations of a few users come first and are waited for, so that only the bindings of new users can grow it."""
    growth, runs = {}, {}
    with lab.running(starts) as servers:
        for server in servers.values():
            register(server, "--user", USERS, "--users", WARM, rate=2 * RATE)
        time.sleep(TRANSACTION_S)
        for who, server in servers.items():
            before = server.pss()
            runs[who] = register(server)
            growth[who] = (server.pss() - before) / runs[who]["done"]
    report.figures("memory of a binding", "bytes", growth,
                   {who: lab.conditions([run], users=USERS, by="growth of PSS") for who, run in runs.items()})


def measure(report):
    starts = {"tandem": lambda: lab.tandem(DOMAIN), **lab.peers("register.cfg")}
    costs(report, starts)
    memory(report, starts)


sys.exit(lab.main("register", __doc__, measure))
