"""What the checks share: which files there are, code without its comments, and the report. Knows no rule."""
import os
import re
import sys

TEXT = (".c", ".h", ".def", ".py", ".sh", ".md", ".build", ".txt", ".xml", ".cfg", ".html")
NAMED = ("dev", "run", "LICENSE", ".clang-format", ".gitignore")


def root():
    """The tree to check: the argument, or the one that this file is in."""
    here = os.path.dirname(os.path.abspath(__file__))
    return sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(here))


def is_text(name):
    return name.endswith(TEXT) or name in NAMED


def files(*folders, ends=()):
    """(path from the root, lines) of every text file in these folders; of all where none is named."""
    top = root()
    for folder in folders or ("",):
        for where, dirs, names in os.walk(os.path.join(top, folder)):
            dirs[:] = sorted(d for d in dirs if d not in (".git", "__pycache__") and
                             not (where.rstrip("/") == top.rstrip("/") and d.startswith("build")))
            for name in sorted(names):
                if is_text(name) and (not ends or name.endswith(ends)):
                    path = os.path.join(where, name)
                    with open(path, encoding="utf-8", errors="replace", newline="") as f:
                        yield os.path.relpath(path, top), f.read().split("\n")


def code(lines, strings=False):
    """The lines of C without comments and, unless wanted, without what stands in quotes."""
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        text = match.group()
        if text[0] in "\"'":
            return text if strings else text[0] * 2
        return "\n" * text.count("\n")

    return token.sub(blank, "\n".join(lines)).split("\n")


class Report:
    """Prints `file:line: what` and remembers whether it had to."""

    def __init__(self):
        self.count = 0

    def say(self, path, line, what):
        self.count += 1
        print(f"{path}:{line}: {what}")

    def done(self):
        sys.exit(1 if self.count else 0)
