"""A page in Chromium without a window, that a test looks at: spoken to by the browser's own pipe (DevTools protocol)."""
import base64
import fcntl
import json
import os
import select
import subprocess
import tempfile
import time

from browser import FLAGS, chromium

ANSWER_S = 60


class Page:
    """The page at `url`, loaded."""

    def __init__(self, url, width=1240, height=1000):
        self.home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self.out = os.pipe()
        self.into, from_browser = os.pipe()
        words = [chromium(), *[flag for flag in FLAGS if "debugging-port" not in flag], "--remote-debugging-pipe", "--hide-scrollbars",
                 f"--window-size={width},{height}", f"--user-data-dir={self.home.name}", "about:blank"]
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
        # The browser reads its descriptor 3 and writes to its descriptor 4.
        self.process = subprocess.Popen(words, preexec_fn=lambda: (os.dup2(ends[0], 3), os.dup2(ends[1], 4)), pass_fds=(3, 4),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        self.rest, self.serial, self.session = b"", 0, None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")
        self.ask("Page.navigate", url=url)
        self.take(lambda m: m.get("method") == "Page.loadEventFired")

    def take(self, wanted):
        end = time.monotonic() + ANSWER_S
        while True:
            while b"\0" in self.rest:
                line, self.rest = self.rest.split(b"\0", 1)
                message = json.loads(line)
                if wanted(message):
                    return message
            left = end - time.monotonic()
            assert left > 0 and select.select([self.into], [], [], left)[0], "the browser does not answer"
            data = os.read(self.into, 1 << 20)
            assert data, "the browser is gone"
            self.rest += data

    def ask(self, method, **params):
        self.serial += 1
        words = {"id": self.serial, "method": method, "params": params}
        if self.session:
            words["sessionId"] = self.session
        os.write(self.out, json.dumps(words).encode() + b"\0")
        answer = self.take(lambda m: m.get("id") == self.serial)
        assert "error" not in answer, answer
        return answer["result"]

    def value(self, expression):
        """What an expression is in the page."""
        got = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in got, got
        return got["result"].get("value")

    def click(self, selector, shift=False):
        """As a mouse does it, in the middle of the first such element."""
        place = json.dumps(selector)
        at = self.value(f"(e => {{ e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect(); "
                        f"return [r.x + r.width / 2, r.y + r.height / 2]; }})(document.querySelector({place}))")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", clickCount=1, modifiers=8 if shift else 0)

    def key(self, name):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=name)

    def picture(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.out)
        os.close(self.into)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.home.cleanup()
