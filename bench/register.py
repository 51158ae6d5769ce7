"""CPU time of a registration, new, refreshed and with a password, and memory of a binding, plain and rich, beside Kamailio with bindings
in memory; and how soon a server with a million bindings on disk answers. Tandem's are on disk before they are answered."""
import sys
import time
import uuid

import lab

RATE, USERS, WARM = 30000, 100000, 5000
DIGEST_RATE, DIGEST_USERS = 8000, 50000
MANY, MANY_RATE = 1000000, 25000
DOMAIN, PASSWORD = "example.com", "secret"
KINDS = {"plain": (), "rich": ("--rich",)}
# Server transactions end 64*T1 after their answer (RFC 3261 timer J); what they held is then free for the next.
TRANSACTION_S = 33


def register(server, *more, rate=RATE, count=USERS):
    return server.load("register", rate, count, "--domain", DOMAIN, *more)


def once(start):
    """In a fresh server users register, then refresh the same contact with the same Call-ID and a higher CSeq. The warming ones are
    others."""
    calls = ("--calls", uuid.uuid4().hex[:16], "--caller", lab.free_port())
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


def grow(server, users, rate, more):
    """A run of new users and by how many bytes each made the server grow. As many registrations of a few users come first and are
    waited for, so that only bindings can."""
    register(server, "--user", MANY, "--users", WARM, *more, rate=rate, count=users)
    time.sleep(TRANSACTION_S)
    before = server.pss()
    run = register(server, *more, rate=rate, count=users)
    return run, (server.pss() - before) / run["done"]


def tell_memory(report, what, kind, users, growth, by="growth of PSS"):
    """growth: {who: (run, bytes)}."""
    report.figures(what, "bytes", {who: size for who, (_, size) in growth.items()},
                   {who: lab.conditions([run], users=users, by=by) for who, (run, _) in growth.items()})


def tell_start(report, server, kind, users, run, empty):
    """The server starts again on the bindings of the run. There are no transactions then: what it needs more than an empty one is
    bindings, their index, and the disk's buffers."""
    seconds = server.restart()
    size = (server.pss() - empty) / (run["done"] + WARM)
    tell_memory(report, f"{kind} binding, {users}, started", kind, users, {"tandem": (run, size)}, by="PSS after a start")
    report.figures(f"start with {users} {kind} bindings", "ms", {"tandem": 1e3 * seconds},
                   {"tandem": lab.conditions([run], users=users)})


def memory(report, starts, users, rate):
    for kind, more in KINDS.items():
        growth = {}
        with lab.running(starts) as servers:
            empty = servers["tandem"].pss()
            for who, server in servers.items():
                growth[who] = grow(server, users, rate, more)
            tell_memory(report, f"{kind} binding, {users}", kind, users, growth)
            tell_start(report, servers["tandem"], kind, users, growth["tandem"][0], empty)


def measure(report):
    starts = {"tandem": lambda: lab.tandem(DOMAIN, lasting=True), **lab.peers("register.cfg")}
    costs(report, starts)
    costs_of_digest(report)
    memory(report, starts, USERS, MANY_RATE)
    memory(report, {"tandem": starts["tandem"]}, MANY, MANY_RATE)


sys.exit(lab.main("register", __doc__, measure))
