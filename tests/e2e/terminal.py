"""A terminal of our own by tmux: keys go in, what is on the screen comes out."""
import os
import shutil
import subprocess
import tempfile
import time

from tap import Skip

PATIENCE = 30  # seconds until what has to appear counts as missing


class Terminal:
    """Runs a shell command in a terminal of this size."""

    def __init__(self, command, cols=120, rows=40, locale="C.UTF-8"):
        if not shutil.which("tmux"):
            raise Skip("no tmux")
        self.folder = tempfile.mkdtemp()
        # The whole environment of the program; tmux itself wants a locale with UTF-8.
        words = ["env", "LC_ALL=" + locale, "sh", "-c", command + "; echo left with $?; exec cat"]
        self.tmux("-f", os.devnull, "-u", "new-session", "-d", "-x", str(cols), "-y", str(rows), *words)

    def tmux(self, *words):
        env = dict(os.environ, LC_ALL="C.UTF-8")
        env.pop("TMUX", None)
        done = subprocess.run(["tmux", "-S", os.path.join(self.folder, "socket"), *words], env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
        if done.returncode:
            raise AssertionError(f"tmux {words}: {done.stderr}")
        return done.stdout

    def keys(self, *keys):
        """Names such as Enter, F2, Down, or characters."""
        for key in keys:
            self.tmux("send-keys", key)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def until(self, holds, what):
        end = time.monotonic() + PATIENCE
        while True:
            text = self.text()
            if holds(text):
                return text
            if time.monotonic() > end:
                raise AssertionError(f"{what} does not come; there is:\n{text}")
            time.sleep(0.02)

    def see(self, *wanted):
        """Waits until all of it is on the screen at once, which is returned."""
        return self.until(lambda text: all(w in text for w in wanted), repr(wanted))

    def lose(self, *unwanted):
        return self.until(lambda text: not any(w in text for w in unwanted), "a screen without " + repr(unwanted))

    def resize(self, cols, rows):
        self.tmux("resize-window", "-x", str(cols), "-y", str(rows))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")
        shutil.rmtree(self.folder)
