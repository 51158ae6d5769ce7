"""All that a server's threads share, used at once: calls, registrations and connections on four workers, while others read, change and
reload. Under a thread sanitizer a race ends the server with a status of its own, which its end is asked for."""
import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import urllib.request

import tap
from certs import Certs
from control import ctl
from server import PROGRAM, Server, free_port, wait_for
from test_load import load, whole

COUNT = int(os.environ.get("TANDEM_E2E_THREADS", "1000"))
CONFIGS = ("log: {level: info}\nregistrar: {max_expires: 1h}\n", "log: {level: debug}\nregistrar: {max_expires: 2h}\n")


class Busy:
    """A server with a data folder, TLS and metrics."""

    def __init__(self, stack):
        self.certs = stack.enter_context(Certs())
        self.certificate = self.certs.make("localhost", "DNS:localhost,IP:127.0.0.1")
        self.data = stack.enter_context(tempfile.TemporaryDirectory())
        self.config = os.path.join(self.certs.folder, "tandem.yaml")
        self.metrics, self.tls = free_port(), free_port()
        self.configure(0)
        self.server = stack.enter_context(Server("--config", self.config, "--data", self.data, "--workers", "4", "--metrics",
                                                 f"127.0.0.1:{self.metrics}", "--listen", f"tls:127.0.0.1:{self.tls}"))

    def configure(self, i):
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(CONFIGS[i % len(CONFIGS)] + f"tls: {{certificates: ['{self.certificate}']}}\n")

    def read(self, _):
        for words in (["status"], ["registrations"], ["users"], ["calls"], ["transactions"], ["bans"], ["peers"], ["trace"],
                      ["explain", f"INVITE sip:call1@{self.server.addr}"]):
            ctl(self.data, *words)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=30) as answer:
            assert answer.read().endswith(b"# EOF\n")

    def change(self, i):
        ctl(self.data, "ban", "192.0.2.1", "60")
        ctl(self.data, "unban", "192.0.2.1")
        ctl(self.data, "accounts", "reload")
        ctl(self.data, "log", "info")
        self.configure(i)
        self.server.process.send_signal(signal.SIGHUP)

    def loads(self):
        """What users do, each side by side with the others."""
        to = self.server.addr
        return (["call", f"sip:call@{to}", "--answer", "--register", "--users", "40", "--ports", "8", "--concurrent", "20"],
                ["call", f"sip:stream@{to};transport=tcp", "--answer", "--register", "--users", "20", "--ports", "4", "--concurrent", "10"],
                ["register", f"sip:kept@{to}", "--users", "100", "--concurrent", "10"],
                ["options", f"sip:127.0.0.1:{self.tls};transport=tls", "--ca", self.certs.ca, "--ports", "4", "--concurrent", "4"])


@contextlib.contextmanager
def meanwhile(*works):
    """work(0), work(1), … of each, until the block ends and once at least; what fails there fails the block."""
    over, failures = threading.Event(), []

    def run(work):
        i = 0
        while not failures and (i == 0 or not over.is_set()):
            try:
                work(i)
            except Exception as why:
                failures.append(why)
            i += 1

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not failures, failures


def test_nobody_is_lost_while_all_work_at_once():
    ended = []
    with contextlib.ExitStack() as stack:
        busy = Busy(stack)
        with meanwhile(busy.read, busy.change):
            threads = [threading.Thread(target=lambda words: ended.append(load(*words, "--count", str(COUNT), seconds=300)),
                                        args=(words,)) for words in busy.loads()]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(ended) == len(threads)
        for end in ended:
            whole(end, COUNT)
        assert len(ctl(busy.data, "registrations", "kept*")) == 100
        wait_for(lambda: "reloaded" in busy.server.stderr(), 30, busy.server.stderr)


def test_it_ends_while_all_work_at_once():
    """The second signal waits for no call; what is written, read and reloaded then is ended whole."""
    with contextlib.ExitStack() as stack:
        busy = Busy(stack)
        for words in busy.loads():
            process = stack.enter_context(subprocess.Popen([PROGRAM, "load", *words, "--for", "600"], stdout=subprocess.DEVNULL,
                                                           stderr=subprocess.DEVNULL))
            stack.callback(process.kill)
        wait_for(lambda: len(ctl(busy.data, "calls")) > 0 and len(ctl(busy.data, "registrations", "kept*")) > 0, 30, "work")
        busy.change(1)
        busy.server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "draining" in busy.server.stderr(), 30, busy.server.stderr)
        busy.server.stop()


if __name__ == "__main__":
    tap.run()
