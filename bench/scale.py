"""CPU time of a new registration, of a refresh and of a request to a user, with ten thousand bindings on disk and with ten times as many
until there are --bindings; memory and start with them, and a start without; and whether others feel it when a million bindings end together."""
import sys
import time

import lab

FEW = 10000
LOAD_RATE, LOAD_AT_ONCE, LOAD_MOST = 30000, 1000, 100000
RATE, COUNT = 5000, 10000
ENDING = 1000000
DOMAIN = "example.com"
# Transactions of REGISTER end 64*T1 after their answer (RFC 3261 timer J).
TRANSACTION_S = 33
STARTS = 9
END_S, SIDE_RATE, SIDE_S, SIDE_EARLY_S = 120, 1000, 8, 3


class Users:
    """Users of one server who register one after the other, all at one port, where they answer."""

    def __init__(self, server):
        self.server, self.n, self.port = server, 0, lab.free_port()

    def offer(self, case, rate, count, *more):
        return self.server.load(case, rate, count, "--domain", DOMAIN, "--callee" if case == "ask" else "--caller", self.port, *more)

    def load(self, count, ends=None):
        """ends: when all of them end together; else each lasts an hour."""
        while self.n < count:
            more = ("--end", max(1, round(ends - time.monotonic()))) if ends else ()
            run = self.offer("register", LOAD_RATE, min(LOAD_MOST, count - self.n), "--user", self.n, "--at-once", LOAD_AT_ONCE, *more)
            if run["lost"] or run["bad"]:
                raise lab.Broken(f"of {run['count']} users {run['lost'] + run['bad']} are not registered")
            self.n += run["done"]

    def register(self):
        self.n += COUNT
        return self.offer("register", RATE, COUNT, "--user", self.n - COUNT)

    def refresh(self):
        return self.offer("register", RATE, COUNT, "--users", self.n)

    def ask(self):
        return self.offer("ask", RATE, COUNT, "--users", self.n)


def tell_start(report, users, empty):
    """The server starts again on its bindings: there are no transactions then."""
    seconds = users.server.restart()
    report.plain(f"start with {users.n} bindings", "ms", {"tandem": 1e3 * seconds})
    report.plain(f"binding, of {users.n}, started", "bytes", {"tandem": (users.server.pss() - empty) / users.n})


def start_empty(report):
    with lab.tandem(DOMAIN, lasting=True) as server:
        seconds = sorted(server.restart() for _ in range(STARTS))
    report.plain("start without bindings", "ms", {"tandem": 1e3 * seconds[STARTS // 2]})


def grow(report, bindings):
    """Servers of all sizes are loaded; then they take turns."""
    sizes = [n for n in (FEW * 10 ** power for power in range(8)) if n <= bindings]
    with lab.running({n: lambda: lab.tandem(DOMAIN, lasting=True) for n in sizes}) as servers:
        empty = servers[FEW].pss()
        users = {n: Users(server) for n, server in servers.items()}
        for n in sizes:
            users[n].load(n)
        time.sleep(TRANSACTION_S)
        for what, once in (("refresh", Users.refresh), ("OPTIONS to a user", Users.ask), ("new registration", Users.register)):
            for n, runs in lab.rounds(users, once).items():
                report.costs(f"{what}, {n} bindings", {"tandem": runs})
        tell_start(report, users[sizes[-1]], empty)


def wait_until(when):
    time.sleep(max(0.0, when - time.monotonic()))


def end(report, bindings):
    """The same requests before the seconds in which all bindings end, and beside them."""
    def side(server):
        return server.load("options", SIDE_RATE, SIDE_RATE * SIDE_S)
    with lab.configured("registrar: {min_expires: 1s}") as config, lab.tandem(DOMAIN, lasting=True, config=config) as server:
        ends = time.monotonic() + END_S
        Users(server).load(bindings, ends)
        if time.monotonic() > ends - TRANSACTION_S:
            raise lab.Broken(f"{bindings} users did not register in time")
        wait_until(ends - SIDE_EARLY_S - SIDE_S - 1)
        before = side(server)
        wait_until(ends - SIDE_EARLY_S)
        beside = side(server)
    report.figures(f"p99 before {bindings} bindings end", "us", {"tandem": before["p99"]}, {"tandem": lab.conditions([before])})
    report.figures(f"p99 while {bindings} bindings end", "us", {"tandem": beside["p99"]}, {"tandem": lab.conditions([beside])})


def measure(report, bindings):
    start_empty(report)
    grow(report, bindings)
    end(report, min(bindings, ENDING))


sys.exit(lab.main("scale", __doc__, measure, bindings=1000000))
