"""Functions that nobody may call, and those that only some folders may."""
import re

import source

EVERYWHERE = ("strcpy strncpy stpcpy strcat strncat sprintf vsprintf gets atoi atol atoll atof strtok "
              "scanf sscanf fscanf alloca setjmp longjmp rand srand random system tmpnam mktemp").split()
# Outside net/, host/, server/, phone/ and the programs: the heap, the process, the clock and the world.
SANS_IO = ("malloc calloc realloc free strdup strndup asprintf vasprintf exit abort _exit getenv printf "
           "puts putchar perror fopen open read write time clock clock_gettime gettimeofday getrandom "
           "socket sleep usleep nanosleep").split()
OUTSIDE = ("src/net/", "src/host/", "src/server/", "src/phone/", "src/tools/", "src/main.c", "src/store/",
           "src/media/", "include/tandem/net/", "include/tandem/store/")
# The heap's own face, and programs that run while building.
EXEMPT = re.compile(r"src/base/mem\.c|src/[a-z0-9_]+/gen_[a-z0-9_]+\.c")


def calls(names):
    return re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")


def is_sans_io(path):
    return path.startswith(("src/", "include/")) and not path.startswith(OUTSIDE)


def main():
    report = source.Report()
    everywhere, sans_io = calls(EVERYWHERE), calls(SANS_IO)
    for path, lines in source.files("src", "include", "tests", "bench", ends=(".c", ".h")):
        strict = is_sans_io(path) and not EXEMPT.fullmatch(path)
        for number, text in enumerate(source.code(lines), 1):
            for match in everywhere.finditer(text):
                report.say(path, number, f"{match[1]}() is banned")
            for match in sans_io.finditer(text) if strict else ():
                report.say(path, number, f"{match[1]}() has no place in a sans-I/O folder")
    report.done()


main()
