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
    echo "$list" | xargs clang-format --dry-run -Werror --style=file 2>&1
fi
