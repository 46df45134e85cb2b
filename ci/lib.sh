# lib.sh — what the commands in ci/ share; sourced, never run.
#
# Sets `top`, the top of the tree, and goes there, so that a command works from anywhere.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"

jobs=$(nproc 2>/dev/null || echo 2)

# fail STATUS LINE...: says on stderr what is wrong and what would be right, and ends.
fail() {
    fail_status=$1
    shift
    printf '%s\n' "$@" >&2
    exit "$fail_status"
}

# section NAME: begins a part of the output; says how long the part before it took.
section_name=
section() {
    section_end
    section_name=$1
    section_start=$(date +%s)
    printf '\n==== %s\n' "$section_name"
}

section_end() {
    [ -z "$section_name" ] ||
        printf '==== %s: %d s\n' "$section_name" $(($(date +%s) - section_start))
    section_name=
}

# packages_of KIND...: the packages of ci/packages that are of one of these kinds.
packages_of() {
    for kind in "$@"; do
        awk -v kind="$kind" '$1 == kind { print $2 }' ci/packages
    done
}

# quietly COMMAND...: shows what it says only when it fails.
quietly() {
    quietly_log=$(mktemp)
    if "$@" >"$quietly_log" 2>&1; then
        rm -f "$quietly_log"
        return
    fi
    cat "$quietly_log" >&2
    rm -f "$quietly_log"
    fail 1 "failed: $*"
}

# compile PRESET [TARGET]: configures and builds.
compile() {
    quietly cmake --preset "$1"
    quietly cmake --build --preset "$1" -j "$jobs" ${2:+--target "$2"} -- --quiet
}
