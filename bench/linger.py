"""Memory of a call that is over while its transactions linger (RFC 3261 timers: 32 s), in modes `transaction` and `call`, beside Kamailio,
which keeps them for five seconds. By the growth of PSS."""
import sys

import lab

# In less time than they are kept for.
BURST, BURST_RATE = 8000, 2000
MANY, MANY_RATE = 50000, 2500
WARM, WARM_RATE = 1000, 500


def linger(server, rate, count):
    """Loads a fresh server, in which a few calls have touched everything that is made once."""
    calls = ("--callee", lab.free_port())
    server.load("call", WARM_RATE, WARM, *calls)
    server.pids = lab.tree(server.process.pid)
    before = server.pss()
    run = server.load("call", rate, count, *calls)
    return run, (server.pss() - before) / max(1, run["done"])


def tell(report, starts, rate, count):
    grown = {}
    for who, start in starts.items():
        with start() as server:
            grown[who] = linger(server, rate, count)
    report.figures(f"a call that is over, of {count}", "bytes", {who: size for who, (_, size) in grown.items()},
                   {who: lab.conditions([run], by="growth of PSS") for who, (run, _) in grown.items()})


def measure(report):
    with lab.configured("proxy: {mode: call}") as config:
        modes = {"tandem": lab.tandem, "tandem, mode call": lambda: lab.tandem(config=config)}
        tell(report, {**modes, **lab.peers("proxy.cfg")}, BURST_RATE, BURST)
        tell(report, modes, MANY_RATE, MANY)


sys.exit(lab.main("linger", __doc__, measure))
