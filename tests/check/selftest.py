"""Proves that every check can fail: each bad sample must be told by its file and line, each good one passed."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = "/* Owns a sample for the checks and knows nothing else. */\n"
LONG = "int f(void)\n{\n" + "    f();\n" * 70 + "    return 0;\n}\n"
TABLE = "int f(void)\n{\n    int a[] = {\n" + "        1,\n" * 70 + "    };\n    return a[0];\n}\n"
TO_DO = "TO" + "DO"

# (check, file, content, line that must be told or None where all is well)
SAMPLES = [
    ("layering.py", "src/msg/a.c", FIRST + '#include "tx/tx.h"\n', 2),
    ("layering.py", "src/base/a.c", FIRST + '#include "msg/msg.h"\n', 2),
    ("layering.py", "src/proxy/a.c", FIRST + '#include "registrar/registrar.h"\n', 2),
    ("layering.py", "src/proxy/a.c", FIRST + '#include "tx/tx.h"\n', 2),
    ("layering.py", "src/net/a.c", FIRST + '#include "msg/msg.h"\n', 2),
    ("layering.py", "src/engine/a.c", FIRST + '\n#include "element/element.h"\n', 3),
    ("layering.py", "include/tandem/tx/a.h", FIRST + '#include "engine/engine.h"\n', 2),
    ("layering.py", "src/tools/a.c", FIRST + '#include "server/server.h"\n', 2),
    ("layering.py", "tests/sim/a.c", FIRST + '#include "net/loop.h"\n', 2),
    ("layering.py", "src/msg/a.c", FIRST + '#include "../tx/tx.h"\n', 2),
    ("layering.py", "src/common/a.c", FIRST, 1),
    ("layering.py", "src/tx/a.c", FIRST + "#include <time.h>\n", 2),
    ("layering.py", "src/msg/a.c", FIRST + "#include <sys/socket.h>\n", 2),
    ("layering.py", "src/base/a.c", FIRST + "# include <unistd.h>\n", 2),
    ("layering.py", "src/store/a.c", FIRST + "#include <pthread.h>\n", 2),
    ("layering.py", "src/tools/a.c", FIRST + "#include <arpa/inet.h>\n", 2),
    ("layering.py", "src/net/a.c", FIRST + '#include <time.h>\n#include "base/str.h"\n', None),
    ("layering.py", "src/proxy/a.c", FIRST + '#include <string.h>\n#include "engine/engine.h"\n', None),
    ("layering.py", "src/msg/a.c", FIRST + '/*\n#include "tx/tx.h"\n*/\n#include "headers.def"\n', None),
    ("layering.py", "src/server/a.c", FIRST + '#include "element/element.h"\n', None),
    ("banned.py", "src/net/a.c", FIRST + "void f(char *a)\n{\n    strcpy (a, \"\");\n}\n", 4),
    ("banned.py", "tests/unit/msg/a.c", "int n = atoi(s);\n", 1),
    ("banned.py", "src/tx/a.c", FIRST + "void *p = malloc(3);\n", 2),
    ("banned.py", "src/tx/a.c", FIRST + "uint64_t now = time(NULL);\n", 2),
    ("banned.py", "src/net/a.c", FIRST + "void *p = malloc(3); m->free(m); a.time(1); my_gets(b);\n", None),
    ("banned.py", "src/tx/a.c", FIRST + "/* strcpy(a, b) */\nconst char *s = \"sprintf(x)\";\n", None),
    ("leftovers.py", "src/msg/a.c", FIRST + f"/* {TO_DO}: more */\n", 2),
    ("leftovers.py", "docs/a.md", "This is not " + "implemented.\n", 1),
    ("leftovers.py", "docs/a.md", "See /ho" + "me/someone/notes.\n", 1),
    ("leftovers.py", "src/msg/a.c", FIRST + "int a; \n", 2),
    ("leftovers.py", "src/msg/a.c", FIRST + "int a;\r\n", 2),
    ("leftovers.py", "src/msg/a.c", FIRST + "int a;", 2),
    ("leftovers.py", "dev", f"# {TO_DO}\n", 1),
    ("leftovers.py", "docs/a.md", "Stubbornly fine: https://example.com/home/page\n", None),
    ("size.py", "src/msg/a.c", FIRST + LONG, 3),
    ("size.py", "src/msg/a.c", FIRST + "int a;\n" * 600, 601),
    ("size.py", "tests/unit/msg/a.c", "int a;\n" * 601, 601),
    ("size.py", "include/tandem/msg/a.h", "#ifndef A\n#define A\n#endif\n", 1),
    ("size.py", "src/msg/a.c", FIRST + TABLE, None),
    ("unlisted.py", "src/msg/a.c", FIRST, 1),
    ("unlisted.py", "tests/unit/msg/test_a.c", "int a;\n", 1),
    ("unlisted.py", "tests/e2e/test_a.py", "pass\n", 1),
    ("unlisted.py", "tests/e2e/server.py", "pass\n", None),
    ("format.sh", "src/msg/a.c", FIRST + "int  a ;\n", 2),
    ("format.sh", "src/msg/a.c", FIRST + "int a;\n", None),
]


def run(check, path, content):
    with tempfile.TemporaryDirectory() as top:
        where = os.path.join(top, path)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        shutil.copy(os.path.join(HERE, "../../.clang-format"), top)
        with open(where, "w", encoding="utf-8", newline="") as f:
            f.write(content)
        command = [os.path.join(HERE, check), top]
        if check.endswith(".py"):
            command.insert(0, sys.executable)
        return subprocess.run(command, capture_output=True, text=True, check=False)


# (result and output of one test program, the sum that must come of it, the exit status)
TALLIES = [
    ([("OK", "[       OK ] a\n[  SKIPPED ] b\n")], "1 passed, 0 failed, 1 skipped", 0),
    ([("FAIL", "[       OK ] a\n[  FAILED  ] b\n"), ("OK", "")], "2 passed, 1 failed, 0 skipped", 1),
    ([("FAIL", "[       OK ] a\n[ RUN      ] b\n")], "1 passed, 1 failed, 0 skipped", 1),
    ([("TIMEOUT", "")], "0 passed, 1 failed, 0 skipped", 1),
    ([("OK", "1..3\nok 1 - a\nok 2 - b # SKIP no b\n# ok\nok 3 - c\n")], "2 passed, 0 failed, 1 skipped", 0),
    ([("FAIL", "1..2\nok 1 - a\nnot ok 2 - b\n")], "1 passed, 1 failed, 0 skipped", 1),
    ([], "0 passed, 0 failed, 0 skipped", 1),
]


def check_tally(programs, expected, status):
    with tempfile.TemporaryDirectory() as top:
        os.makedirs(os.path.join(top, "meson-logs"))
        with open(os.path.join(top, "meson-logs/testlog.json"), "w", encoding="utf-8") as log:
            for result, out in programs:
                log.write(json.dumps({"name": "t", "result": result, "stdout": out}) + "\n")
        command = [sys.executable, os.path.join(HERE, "tally.py"), top]
        got = subprocess.run(command, capture_output=True, text=True, check=False)
    if got.stdout.splitlines()[-1:] == [expected] and got.returncode == status:
        return 0
    print(f"tests/check/tally.py:1: gave {got.stdout!r}{got.stderr} for {programs}, not {expected!r}")
    return 1


def main():
    failed = sum(check_tally(*t) for t in TALLIES)
    for check, path, content, line in SAMPLES:
        result = run(check, path, content)
        told = f"{path}:{line}:" in result.stdout and result.returncode == 1
        if told if line else result.returncode == 0:
            continue
        failed += 1
        print(f"tests/check/{check}:1: on {path} line {line}: status {result.returncode}, said: "
              f"{result.stdout}{result.stderr}")
    sys.exit(1 if failed else 0)


main()
