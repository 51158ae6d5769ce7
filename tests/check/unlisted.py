"""Sources and tests that no meson.build names: nobody would build or run them."""
import os
import re

import source

WANTED = re.compile(r"src/[^/]+/[^/]+\.c|src/main\.c|tests/(unit/[^/]+|sim|scenario|e2e)/test_[^/]+\.(c|py)|"
                    r"tests/(sim|scenario)/[^/]+\.c|tests/fuzz/fuzz_[^/]+\.c|bench/[^/]+\.c")


def listed_in(folder):
    """Every quoted word of the meson.build files in this folder and above."""
    words = set()
    while True:
        path = os.path.join(source.root(), folder, "meson.build")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                words |= set(re.findall(r"'([^'\n]*)'", f.read()))
        if not folder:
            return words
        folder = os.path.dirname(folder)


def names(path):
    """The ways in which a list may spell this file."""
    base = os.path.basename(path)
    stem = base.rsplit(".", 1)[0]
    return {base, stem, re.sub(r"^(test|fuzz|bench)_", "", stem), path}


def main():
    report = source.Report()
    for path, _ in source.files("src", "tests", "bench", ends=(".c", ".py")):
        if WANTED.fullmatch(path) and not names(path) & listed_in(os.path.dirname(path)):
            report.say(path, 1, "no meson.build lists it")
    report.done()


main()
