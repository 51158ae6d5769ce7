"""CPU time of a registration, new, refreshed and with a password, and memory of a binding, beside Kamailio with bindings in memory;
and how soon a server with a million bindings on disk answers. Tandem's are on disk before they are answered."""
import sys
import time
import uuid

import lab

RATE, USERS, WARM = 10000, 100000, 5000
DIGEST_RATE, DIGEST_USERS = 8000, 50000
MANY, MANY_RATE = 1000000, 25000
DOMAIN, PASSWORD = "example.com", "secret"
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


def once_asked(start):
    """Each user is asked for the password and gives it: two requests, two answers."""
    with start() as server:
        register(server, "--user", DIGEST_USERS, "--password", PASSWORD, rate=DIGEST_RATE, count=WARM)
        return register(server, "--password", PASSWORD, rate=DIGEST_RATE, count=DIGEST_USERS)


def costs_of_digest(report):
    accounts = [f"user{n:07d}@{DOMAIN} {PASSWORD}" for n in range(DIGEST_USERS + WARM)]
    starts = {"tandem": lambda: lab.tandem(DOMAIN, accounts=accounts), **lab.peers("register_digest.cfg")}
    runs = lab.rounds(starts, once_asked, warming=0, more=0)
    report.costs(f"digest round at {DIGEST_RATE}/s", runs, users=DIGEST_USERS)


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


def restart(report):
    """From the start of the program to its `ready`, with the bindings of a run before in the data folder."""
    with lab.tandem(DOMAIN, lasting=True) as server:
        run = register(server, rate=MANY_RATE, count=MANY)
        seconds = server.restart()
    report.figures(f"start with {run['done']} bindings", "ms", {"tandem": 1e3 * seconds}, {"tandem": lab.conditions([run], users=MANY)})


def measure(report):
    starts = {"tandem": lambda: lab.tandem(DOMAIN, lasting=True), **lab.peers("register.cfg")}
    costs(report, starts)
    costs_of_digest(report)
    memory(report, starts)
    restart(report)


sys.exit(lab.main("register", __doc__, measure))
