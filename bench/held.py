"""Calls that stand and are followed (mode `call`): the memory of each once its INVITE is forgotten, and the CPU time of a request within one
of few and one of many."""
import contextlib
import signal
import sys
import time

import lab

FEW, RATE, AT_ONCE = 1000, 4000, 500
INSIDE, INSIDE_RATE = 10000, 2000
# Transactions of INVITE end 64*T1 after their 2xx (RFC 6026 timers L and M).
TRANSACTION_S = 33
MODES = "proxy: {{mode: {}}}"


def follow(server, config):
    """From now on calls are followed."""
    with open(config, "w", encoding="ascii") as f:
        f.write(MODES.format("call"))
    server.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    return server.pss()


def hold(stack, counts):
    """{count: (bytes of a call, what the generator says of them, a function that asks within them)}"""
    more = {n: ("--callee", lab.free_port(), "--at-once", AT_ONCE) for n in counts}
    configs = {n: stack.enter_context(lab.configured(MODES.format("transaction"))) for n in counts}
    servers = stack.enter_context(lab.running({n: lambda n=n: lab.tandem(config=configs[n]) for n in counts}))
    for n, server in servers.items():  # with transactions alone: what they take is used again, and growth is that of dialogs
        server.load("call", RATE, n, *more[n])
    time.sleep(TRANSACTION_S)
    before = {n: follow(server, configs[n]) for n, server in servers.items()}
    standing = {n: stack.enter_context(server.holding(RATE, n, *more[n])) for n, server in servers.items()}
    time.sleep(TRANSACTION_S)
    return {n: ((servers[n].pss() - before[n]) / n, *standing[n]) for n in counts}


def measure(report, calls):
    with contextlib.ExitStack() as stack:
        held = hold(stack, (FEW, calls))
        runs = lab.rounds(held, lambda call: call[2](INSIDE_RATE, INSIDE))
    for n, (size, stand, _) in held.items():
        report.figures(f"a call that stands, of {n}", "bytes", {"tandem": size}, {"tandem": lab.conditions([stand], by="growth of PSS")})
        report.costs(f"INFO within a call, of {n}", {"tandem": runs[n]})
        report.failed |= stand["lost"] + stand["bad"] > 0


sys.exit(lab.main("held", __doc__, measure, calls=100000))
