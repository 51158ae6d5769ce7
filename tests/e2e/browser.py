"""Chromium without a window and phones in its pages, by JsSIP: they do what a test tells them and tell it what happens. What
is needed of npm is installed into the build folder."""
import collections
import contextlib
import http.server
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import server as programs
from bundle import bundle
from tap import Skip

HERE = os.path.dirname(os.path.abspath(__file__))
WEB = os.path.join(HERE, "web")
POLL_S = 10
START_S = 60
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--use-fake-device-for-media-stream",
         "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0",
         "--disable-background-timer-throttling", "--disable-renderer-backgrounding"]


def _jssip():
    """The script with JsSIP. Where npm cannot bring it, a test that needs it is skipped."""
    if not shutil.which("npm"):
        raise Skip("no npm")
    home = os.path.join(os.path.dirname(os.path.abspath(programs.PROGRAM)), "web-packages")
    packages = os.path.join(home, "node_modules")
    os.makedirs(home, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(WEB, name), home)
    if not os.path.isfile(os.path.join(packages, "jssip", "package.json")):
        _npm_ci(home)
    return bundle(packages, "jssip", "JsSIP")


def _npm_ci(home):
    try:
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=home, capture_output=True, text=True,
                              timeout=120, check=False)
    except subprocess.TimeoutExpired as late:
        raise Skip("npm does not bring JsSIP in two minutes") from late
    if done.returncode:
        raise Skip(f"npm does not bring JsSIP: {done.stderr.strip()[-200:]}")


class Phone:
    """One page. Its events are kept in their order."""

    def __init__(self, who):
        self.who = who
        self.commands = queue.Queue()
        self.events = []
        self.changed = threading.Condition()

    def tell(self, do, **more):
        self.commands.put({"do": do, **more})

    def note(self, event):
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    def _find(self, event, more):
        for at, had in enumerate(self.events):
            if had["event"] == event and all(had.get(key) == value for key, value in more.items()):
                return self.events.pop(at)
        return None

    def hear(self, event, seconds=30, **more):
        """Waits for this event, which is then forgotten, and gives it back."""
        end = time.monotonic() + seconds
        with self.changed:
            while (found := self._find(event, more)) is None:
                left = end - time.monotonic()
                assert left > 0, f"{self.who}: no {event} {more} but {self.events}"
                self.changed.wait(left)
        return found


class _Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    browser = None

    def _phone(self):
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        return self.browser.phones[query["who"][0]]

    def _answer(self, status, kind="text/plain", body=b""):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = urllib.parse.urlparse(self.path).path
        if path == "/next":
            try:
                self._answer(200, "application/json", json.dumps(self._phone().commands.get(timeout=POLL_S)).encode())
            except queue.Empty:
                self._answer(204)
        elif path in self.browser.files:
            self._answer(200, "text/html" if path.endswith(".html") else "text/javascript", self.browser.files[path])
        else:
            self._answer(404)

    def do_POST(self):
        self._phone().note(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(204)

    def handle(self):
        with contextlib.suppress(ConnectionError):  # a page that was closed while it waited
            super().handle()

    def log_message(self, *_):
        pass


def chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    raise Skip("no chromium")


class Browser:
    """A browser whose pages come from http://localhost. `spki`: the keys of certificates that it takes without a CA's word."""

    def __init__(self, spki=()):
        program = chromium()
        self.phones = collections.defaultdict(lambda: None)
        self.files = {"/jssip.js": _jssip().encode()}
        for name in ("phone.html", "phone.js"):
            with open(os.path.join(WEB, name), "rb") as f:
                self.files["/" + name] = f.read()
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"browser": self}))
        self.web.daemon_threads = True
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command = [program, *FLAGS, f"--user-data-dir={self.home.name}"]
        command += [f"--ignore-certificate-errors-spki-list={','.join(spki)}"] if spki else []
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([*command, "about:blank"], stdout=subprocess.DEVNULL, stderr=self.errors,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        self.port = programs.wait_for(self._port, START_S, "Chromium has no debugging port")

    def _port(self):
        assert self.process.poll() is None, "Chromium ended"
        with contextlib.suppress(OSError, ValueError, IndexError), \
                open(os.path.join(self.home.name, "DevToolsActivePort"), encoding="ascii") as f:
            return int(f.read().split()[0])
        return None

    def phone(self, who):
        """A page of its own with a phone that is ready for commands."""
        self.phones[who] = phone = Phone(who)
        url = f"http://localhost:{self.web.server_address[1]}/phone.html?who={who}"
        new = f"http://127.0.0.1:{self.port}/json/new?{urllib.parse.quote(url, safe=':/')}"
        with urllib.request.urlopen(urllib.request.Request(new, method="PUT"), timeout=START_S) as answer:
            answer.read()
        phone.hear("ready", START_S)
        return phone

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.web.shutdown()
        self.web.server_close()
        self.home.cleanup()
