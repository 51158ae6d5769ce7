"""The server that is soaked, and what is read of it: its process as the kernel sees it, and its own metrics."""
import contextlib
import os
import subprocess
import urllib.request

import lab
import openmetrics
from mix import ACCOUNTS, DOMAIN, PASSWORD, TANDEM

CONFIGURATION = """domains: [{domain}]
listen: ["{udp}", "{tcp}", "{tls}", "{ws}"]
data: {folder}/data
workers: 2
peers: [127.0.1.0/24]
registrar: {{max_expires: 1d}}
proxy: {{mode: call}}
tls: {{certificates: ["{certificate}"]}}
metrics: {{listen: "{metrics}"}}
"""
# What must be empty once nobody asks for anything, and what must never count.
TABLES = ("client_transactions", "server_transactions", "contexts", "lookups_waiting", "registrations_waiting", "calls", "followed_calls",
          "connections", "datagrams_waiting", "dns_waiting", "timers")
NEVER = ("refused_requests_total", "followed_lost_total", "datagrams_lost_total", "connections_refused_total", "handovers_lost_total",
         "store_failures_total", "transport_errors_total")
SHOWN = ("location_records", "store_rows", "blocks", "guard_sources", "retransmissions_sent_total", "timeouts_total", "guard_bans_total",
         "guard_silenced_total", "store_writes_total")


class Subject:
    """A running server; `places` are its listeners. Ends with the `with`."""

    def __init__(self):
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as undone:
            undone.callback(self.stack.close)
            certificates = self.stack.enter_context(lab.certificate(DOMAIN))
            port = lab.free_port()
            self.places = {"udp": f"udp:127.0.0.1:{port}", "tcp": f"tcp:127.0.0.1:{port}", "tls": f"tls:127.0.0.1:{lab.free_port()}",
                           "ws": f"ws:127.0.0.1:{lab.free_port()}", "ca": os.path.join(certificates, "ca.pem")}
            self.metrics = f"127.0.0.1:{lab.free_port()}"
            self.certificate = os.path.join(certificates, f"{DOMAIN}.pem")
            command = [TANDEM, "serve", "--config", "@FOLDER@/tandem.yaml"]
            self.server = self.stack.enter_context(lab.Server("tandem", command, port, True, self._prepare))
            undone.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def _prepare(self, folder):
        data = os.path.join(folder, "data")
        os.mkdir(data, 0o700)
        with open(os.path.join(folder, "tandem.yaml"), "w", encoding="utf-8") as f:
            f.write(CONFIGURATION.format(**self.places, domain=DOMAIN, folder=folder, certificate=self.certificate, metrics=self.metrics))
        users = [f"acc{number}" for number in range(ACCOUNTS)] + [f"load{number}" for number in range(50)]
        lines = "\n".join(f"{user}@{DOMAIN} {PASSWORD}" for user in users)
        subprocess.run([TANDEM, "user", "import", "--data", data], input=lines, text=True, stdout=subprocess.DEVNULL, check=True)

    def families(self):
        with urllib.request.urlopen(f"http://{self.metrics}/metrics", timeout=10) as answer:
            return openmetrics.parse(answer.read().decode())

    def look(self):
        """Everything that is watched, at this moment."""
        pid, folder = self.server.process.pid, self.server.folder.name
        status = dict(line.split(":", 1) for line in lab.read(f"/proc/{pid}/status").splitlines())
        metrics = self.families()
        return {"pss": lab.pss_bytes([pid]), "rss": int(status["VmRSS"].split()[0]) * 1024, "threads": int(status["Threads"]),
                "fds": len(os.listdir(f"/proc/{pid}/fd")), "cpu_ns": lab.cpu_ns([pid]), "data_bytes": size_of(os.path.join(folder, "data")),
                "log_bytes": os.path.getsize(os.path.join(folder, "log")),
                **{name: openmetrics.value(metrics, f"tandem_{name}") for name in TABLES + NEVER + SHOWN}}

    def is_alive(self):
        return self.server.process.poll() is None

    def complaints(self):
        """Lines of its log that are errors, or a sanitizer's."""
        with open(os.path.join(self.server.folder.name, "log"), encoding="utf-8", errors="replace") as f:
            return [line.strip() for line in f if "error:" in line]


def size_of(folder):
    total = 0
    for name in os.listdir(folder):
        with contextlib.suppress(OSError):
            total += os.path.getsize(os.path.join(folder, name))
    return total


def still_held(look):
    """The tables that are not empty. What a worker itself keeps time by is no timer of anybody's."""
    return {name: look[name] for name in TABLES if look[name] > 0}
