"""Short files, short functions, and a first line that says what a file owns."""
import re

import source

FILE_LINES = 600
FUNCTION_LINES = 60
# A table inside a function, from "= {" to its "};", counts as one line.
TABLE_BEGIN, TABLE_END = re.compile(r"=\s*\{\s*$"), re.compile(r"^\s*\};")


def functions(lines):
    """(line, length) of each function: with Linux braces its body alone has `{` and `}` in the first column."""
    begin, length, in_table = 0, 0, False
    for number, line in enumerate(lines, 1):
        if line == "{":
            begin, length = number, 0
        length += not in_table
        if TABLE_BEGIN.search(line):
            in_table = True
        elif TABLE_END.match(line):
            in_table = False
        if line == "}" and begin:
            yield begin, length
            begin = 0


def main():
    report = source.Report()
    for path, lines in source.files("src", "include", "tests", "bench", ends=(".c", ".h", ".py", ".sh")):
        if len(lines) - 1 > FILE_LINES:
            report.say(path, FILE_LINES + 1, f"{len(lines) - 1} lines; {FILE_LINES} are allowed")
        if path.endswith((".py", ".sh")):
            continue
        for begin, length in functions(lines):
            if length > FUNCTION_LINES:
                report.say(path, begin, f"a function of {length} lines; {FUNCTION_LINES} are allowed")
        if path.startswith(("src/", "include/")) and not re.match(r"/\* \S.{15}", lines[0]):
            report.say(path, 1, "the first line does not say what the file owns")
    report.done()


main()
