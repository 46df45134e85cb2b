#!/bin/sh
# faults.sh GBMS-BENCH — every fault of the catalogue is met in a scenario of the library.
#
# Runs from the top of the tree. A fault that no story tells is one that no user has ever seen.
set -u

verbs=$("$1" list faults | awk '{ print $2 }' | sort -u)
count=0
missing=
for verb in $verbs; do
    count=$((count + 1))
    # In an example, a plant, or healed alone it is not told.
    grep -rqE --include='*.lua' --exclude-dir=examples --exclude-dir=plants \
        ":$verb *(\\(|\\{)" scenarios || missing="$missing $verb"
done
test "$count" -ge 40 || { echo "FAILED: only $count faults are listed"; exit 1; }
test -z "$missing" || { echo "FAILED: no scenario tells of:$missing"; exit 1; }
