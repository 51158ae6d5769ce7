"""What unfinished work and careless editing leave behind."""
import re

import source

# Spelt in parts, so that this file passes its own check.
MARKS = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK|st" r"ubs?|not (yet )?imple" r"mented)\b")
MACHINE = re.compile(r"(?<![\w.])/(wo" r"rk/|ho" r"me/\w|ro" r"ot/|Us" r"ers/\w)")
MAY_END_IN_SPACE = (".xml", ".txt")


def check_line(report, path, number, line):
    mark = MARKS.search(line)
    if mark:
        report.say(path, number, f"leftover: {mark[0]}")
    if MACHINE.search(line):
        report.say(path, number, "a path of one machine")
    if line.endswith("\r") and not path.endswith(MAY_END_IN_SPACE):
        report.say(path, number, "a carriage return at the end")
    elif line.endswith((" ", "\t")) and not path.endswith(MAY_END_IN_SPACE):
        report.say(path, number, "white space at the end")


def main():
    report = source.Report()
    for path, lines in source.files():
        for number, line in enumerate(lines, 1):
            check_line(report, path, number, line)
        if lines[-1] != "":
            report.say(path, len(lines), "no line end at the end of the file")
        elif len(lines) > 2 and lines[-2] == "":
            report.say(path, len(lines) - 1, "empty lines at the end of the file")
    report.done()


main()
