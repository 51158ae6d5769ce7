#!/bin/sh
# Runs a program under valgrind: its status is 99 where memory was misused, or not given back to the last byte.
exec valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all \
    --num-callers=24 --fair-sched=yes --suppressions="$(dirname "$0")/valgrind.supp" "$@"
