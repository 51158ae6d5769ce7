"""Makes C strings of files, each with the hash by which a page's policy lets it run: embed.py FILE… > HEADER."""
import base64
import hashlib
import os
import sys


def literal(line):
    return '    "' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"'


def main():
    print("/* Made by embed.py of the files beside it. */")
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        name = os.path.basename(path).replace(".", "_")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        print(f'#define {name.upper()}_SHA256 "{digest}"')
        print(f"static const char {name}[] =")
        print("\n".join(literal(line) for line in text.splitlines()) + ";")


main()
