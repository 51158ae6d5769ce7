"""Where the CPU time of a call through the proxy and of a durable registration goes: samples of the server's stacks (perf), told by the system
calls and by the folders of src/ that they are in; beside what a program takes that only moves the call's packets. Draws a flame graph of each."""
import collections
import contextlib
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import flame
import lab

CALL_RATE, REGISTER_RATE, SECONDS = 5000, 10000, 10
DOMAIN = "example.com"
SAMPLES_A_SECOND = 997  # no multiple of any timer's
STACK_BYTES = 49152     # as much of it is copied with each sample; net/ has frames of 33 kB

# What a stack is in: the first row with a word that is one of the folder/file of its innermost function of ours, or its system call.
PLACES = (
    ("packets received", ("__x64_sys_recvmmsg", "__x64_sys_recvmsg")),
    ("packets sent", ("__x64_sys_sendmmsg", "__x64_sys_sendmsg")),
    ("waiting and waking", ("__x64_sys_epoll_wait", "__x64_sys_epoll_pwait2", "__x64_sys_clock_nanosleep", "__x64_sys_timerfd_settime", "__x64_sys_write",
                            "__x64_sys_read", "__x64_sys_futex")),
    ("memory from the kernel", ("asm_exc_page_fault", "__x64_sys_mprotect", "__x64_sys_mmap", "__x64_sys_munmap", "__x64_sys_brk", "__x64_sys_madvise")),
    ("files (the store)", ("__x64_sys_pwrite64", "__x64_sys_fdatasync", "__x64_sys_fsync", "__x64_sys_pread64")),
    ("other system calls", ("do_syscall_64",)),
    ("messages written", ("msg/print", "msg/edit", "msg/response", "msg/uri_print", "base/buf", "engine/parcel", "engine/reply", "engine/via")),
    ("messages read", ("msg", "sdp", "base/addr")),
    ("looking things up", ("base/map", "base/siphash", "dialog", "store")),
    ("transactions and timers", ("tx", "base/wheel", "engine")),
    ("proxy, registrar and their rules", ("proxy", "registrar", "element", "route", "hook", "follow", "guard", "auth", "redirect", "resolve", "config")),
    ("kept for `tandem trace`", ("trace",)),
    ("memory within the process", ("base/mem", "base/block", "base/pool", "base/slab", "base/shelf")),
    ("sockets and the loop, by us", ("net", "server")),
)
REST = "the rest"


def functions_of_source():
    """{name: folder/file} of each function that src/ defines."""
    found = {}
    for path in glob.glob(os.path.join(os.path.dirname(lab.HERE), "src", "*", "*.[ch]")):
        place = os.path.splitext(os.path.relpath(path, os.path.join(os.path.dirname(lab.HERE), "src")))[0]
        for name in re.findall(r"^[a-z][^;\n=]*?\b(\w+)\([^;]*?\)\s*\n?\{", lab.read(path), re.M):
            found[name] = place
    return found


def stacks_of(record):
    """Counter of stacks, tuples of function names, the outermost first; what the compiler appended to a name is taken off."""
    text = subprocess.run(["perf", "script", "-i", record, "--no-inline", "-F", "ip,sym"], capture_output=True, text=True, check=True).stdout
    found = collections.Counter()
    for block in text.split("\n\n"):
        names = [line.split(None, 1)[1] for line in block.splitlines() if len(line.split(None, 1)) == 2]
        names = [re.sub(r"(\.(lto_priv|part|isra|constprop|cold)(\.\d+)?)+$|@+GLIBC.*$", "", name) for name in names if name != "[unknown]"]
        if names:
            found[tuple(reversed(names))] += 1
    return found


def place_of(stack, functions):
    """The row of PLACES."""
    for name in reversed(stack):
        where = functions.get(name)
        keys = (where, where.partition("/")[0]) if where else (name,)
        for key in keys:
            for title, words in PLACES:
                if key in words:
                    return title
        if where:
            return REST
    return REST


@contextlib.contextmanager
def sampled(server, record):
    """Samples the server's stacks within the `with`, into the file `record`."""
    command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(SAMPLES_A_SECOND), "--call-graph", f"dwarf,{STACK_BYTES}", "-o", record,
               "-p", ",".join(map(str, server.pids))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as perf:
        time.sleep(1)
        try:
            yield
        finally:
            perf.send_signal(signal.SIGINT)
            _, said = perf.communicate(timeout=60)
    if not os.path.exists(record):
        raise lab.Broken(f"perf: {said.strip()[-300:]}")


def tell(report, item, run, stacks):
    """Each place's part of an item's CPU time; the flame graph of all."""
    functions, places = functions_of_source(), collections.Counter()
    for stack, n in stacks.items():
        places[place_of(stack, functions)] += n
    picture = os.path.join(lab.BUILD, f"cost-{item}.svg")
    with open(picture, "w", encoding="utf-8") as f:
        f.write(flame.svg(stacks, f"CPU time of a {item}: {run['us']:.1f} µs"))
    told = {"tandem": {**lab.conditions([run], samples=sum(places.values())), "picture": picture}}
    for title in [title for title, _ in PLACES] + [REST]:
        report.figures(f"{item}: {title}", "us", {"tandem": run["us"] * places[title] / max(1, sum(places.values()))}, told)
    report.figures(f"{item}: all", "us", {"tandem": run["us"]}, told)


def cost(report, item, server, once):
    """once(): a load, first to warm the server, then as it is sampled."""
    once()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        record = os.path.join(folder, "samples")
        with sampled(server, record):
            run = once()
        tell(report, item, run, stacks_of(record))


def measure(report):
    if not shutil.which("perf"):
        raise lab.Broken("perf is not installed (Debian: linux-perf)")
    callee = lab.free_port()
    with lab.tandem() as server:
        cost(report, "call", server, lambda: server.load("call", CALL_RATE, CALL_RATE * SECONDS, "--callee", callee))
    with lab.tandem(DOMAIN, lasting=True) as server:
        cost(report, "registration", server, lambda: server.load("register", REGISTER_RATE, REGISTER_RATE * SECONDS, "--domain", DOMAIN))
    with lab.relay(callee) as floor:
        runs = lab.rounds({"floor": floor}, lambda server: server.load("call", CALL_RATE, CALL_RATE * SECONDS, "--callee", callee), more=0)["floor"]
        report.figures("call: the floor", "us", {"floor": lab.median(runs, "us")}, {"floor": lab.conditions(runs)})


if __name__ == "__main__":
    sys.exit(lab.main("cost", __doc__, measure))
