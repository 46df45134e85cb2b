#!/bin/sh
# coverage.sh BENCH [--print] — holds gaps.txt beside it against what the scenarios cover.
#
# A gap that is not listed fails, and so does a listed one that is closed: the list only shrinks,
# until it is empty. --print prints it anew. Runs from the top of the tree.
set -u

bench=$1
list=$(dirname "$0")/gaps.txt
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

"$bench" coverage --missing --csv scenarios >"$work/csv" 2>"$work/errors"
status=$?
# 1 is a gap or a scenario that failed; only the second is told on standard error.
if [ "$status" -gt 1 ] || [ -s "$work/errors" ]; then
    cat "$work/csv" "$work/errors"
    exit 1
fi
sed -n '1!s/^\([a-z]*\),"\([^"]*\)".*/\1 \2/p' "$work/csv" >"$work/gaps"

if [ "${2:-}" = --print ]; then
    cat "$work/gaps"
    exit 0
fi
sort "$list" >"$work/listed"
sort "$work/gaps" >"$work/found"
comm -13 "$work/listed" "$work/found" | sed 's/^/a new gap, let a scenario assert it: /' >"$work/wrong"
comm -23 "$work/listed" "$work/found" | sed "s|^|closed, strike it from $list: |" >>"$work/wrong"
[ ! -s "$work/wrong" ] && exit 0
cat "$work/wrong"
echo "gbms-bench coverage tells the rest; the list anew: sh $0 $bench --print >gaps, then mv gaps $list"
exit 1
