#!/bin/sh
# The looks of all C code, as .clang-format says. Usage: format.sh ROOT [--write]
cd "$1" || exit 1
list=$(for folder in src include tests bench; do
    [ -d "$folder" ] && find "$folder" -name '*.[ch]'
done)
[ -z "$list" ] && exit 0
if [ "$2" = --write ]; then
    echo "$list" | xargs clang-format -i --style=file
else
    # One line for each file is enough: ./dev fmt mends all of it.
    bad=$(echo "$list" | xargs clang-format --dry-run -Werror --style=file 2>&1 | grep ': error:' |
        sort -t: -k1,1 -u | sed 's/^\([^:]*:[0-9]*:\).*/\1 not as .clang-format has it/')
    [ -z "$bad" ] && exit 0
    echo "$bad"
    exit 1
fi
