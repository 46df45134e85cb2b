#!/bin/sh
# matrix.sh GBMS-BENCH — prints scenarios/MATRIX.md anew and compares.
printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
"$1" matrix >"$printed" || exit 1
diff -u scenarios/MATRIX.md "$printed" >&2 && exit 0
echo 'print it again: build/host/gbms-bench matrix >scenarios/MATRIX.md' >&2
exit 1
