"""Who may include whom (docs/architecture.md), and which system headers a folder may see."""
import os
import re

import source

ROLES = {"registrar", "proxy", "redirect", "events", "b2bua", "ua"}
MAY = {"base": set()}
for folder in ("msg", "sdp", "rtp", "codec", "stun", "guard", "config", "store", "net"):
    MAY[folder] = {"base"}
MAY["lint"] = {"msg", "sdp", "base"}
for folder in ("auth", "tx", "dialog", "resolve", "follow"):
    MAY[folder] = {"msg", "base"}
MAY["load"] = {"auth", "sdp", "rtp", "msg", "base"}
MAY["route"] = {"config", "hook", "msg", "base"}  # config: the entries that rules are made of
MAY["hook"] = {"config", "msg", "base"}
MAY["peers"] = {"config", "base"}
MAY["trace"] = {"msg", "sdp", "rtp", "base"}
MAY["screen"] = {"trace", "msg", "base"}
MAY["capture"] = {"msg", "rtp", "base"}
MAY["srtp"] = {"rtp", "base"}
MAY["turn"] = MAY["ice"] = {"stun", "base"}
MAY["engine"] = {"tx", "dialog", "resolve", "peers", "trace", "msg", "base"}  # peers: the loads of targets
for folder in ROLES:
    MAY[folder] = {"engine", "peers", "dialog", "auth", "sdp", "msg", "base"}
MAY["proxy"] |= {"follow"}
MAY["element"] = ROLES | {"route", "hook", "peers", "follow", "config", "engine", "dialog", "auth", "sdp", "msg", "base"}
MAY["media"] = {"rtp", "srtp", "codec", "ice", "turn", "stun", "base"}
SANS_IO = set(MAY) - {"store", "net", "media"}
PROGRAMS = {"server", "phone", "tools"}
MAY["host"] = ABOVE = set(MAY)
for folder in PROGRAMS:
    MAY[folder] = ABOVE | {"host"}
MAY["main.c"] = ABOVE | {"host"} | PROGRAMS
MAY["sim"] = ABOVE - {"net", "store", "media"}

# Sans-I/O folders see the language and its plain library, nothing of the system.
PLAIN = {"assert.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
         "stdint.h", "stdio.h", "stdlib.h", "string.h", "math.h", "sanitizer/asan_interface.h",
         "sanitizer/msan_interface.h"}
INTRINSICS = re.compile(r"[a-z]?mmintrin\.h|x86intrin\.h|immintrin\.h|arm_neon\.h")
SYSTEM_FOLDERS = {"net", "host", "server", "phone"}
# The libraries that such a folder stands on (docs/dependencies.md).
LIBRARIES = {"screen": {"wchar.h"}, "follow": {"stdatomic.h"}, "peers": {"stdatomic.h"}, "auth": {"openssl/evp.h", "openssl/crypto.h"},
             "stun": {"openssl/evp.h", "openssl/crypto.h"}, "load": {"expat.h"}, "ua": {"expat.h"}, "config": {"yaml.h"},
             "capture": {"openssl/core_names.h", "openssl/evp.h", "openssl/kdf.h", "openssl/params.h"}, "hook": {"lua.h", "lauxlib.h"}, "codec": {"opus.h", "spandsp.h", "spandsp/expose.h", "libavcodec/avcodec.h"}}
# Sockets, clocks, threads and entropy.
SYSTEM = re.compile(r"sys/(socket|un|time|timerfd|epoll|eventfd|select|random|uio)\.h|netinet/|arpa/|"
                    r"net/|netdb\.h|linux/|poll\.h|time\.h|pthread\.h|threads\.h|sched\.h|semaphore\.h")
INCLUDE = re.compile(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def folder_of(path):
    parts = path.split("/")
    if path.startswith("include/tandem/"):
        return parts[2]
    if path.startswith("tests/sim/"):
        return "sim"
    return parts[1]


def check_own(report, path, line, folder, included):
    other = included.split("/")[0]
    # A bare name can only be a file beside this one, generated, or a table of data/.
    if other in (folder, included):
        return
    if other not in MAY[folder]:
        report.say(path, line, f"{folder}/ may not include {other}/")
    elif other in SANS_IO and os.path.exists(os.path.join(source.root(), "src", included)):
        report.say(path, line, f"{included} is private to {other}/")


def check_system(report, path, line, folder, included):
    if folder in SYSTEM_FOLDERS or folder == "sim":
        return
    if folder in PROGRAMS | {"main.c", "store", "media"}:
        if SYSTEM.match(included):
            report.say(path, line, f"<{included}> belongs to net/, host/, server/ and phone/")
    elif included not in PLAIN | LIBRARIES.get(folder, set()) and not INTRINSICS.fullmatch(included):
        report.say(path, line, f"<{included}>: {folder}/ sees the plain C library only")


def check_file(report, path, lines):
    folder = folder_of(path)
    if folder not in MAY:
        report.say(path, 1, f"folder {folder}/ has no place in the layering table")
        return
    for number, text in enumerate(source.code(lines, strings=True), 1):
        match = INCLUDE.match(text)
        if match and match[1]:
            check_own(report, path, number, folder, match[1])
        elif match:
            check_system(report, path, number, folder, match[2])


def main():
    report = source.Report()
    for path, lines in source.files("src", "include", "tests/sim", ends=(".c", ".h")):
        check_file(report, path, lines)
    report.done()


main()
