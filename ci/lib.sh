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

# armhf_apt WHO DIR: an apt for armhf with a state of its own in DIR; exports APT_CONFIG. Needs no
# root, and leaves this machine's package state alone: it only downloads.
armhf_apt() {
    apt_who=$1
    apt_dir=$2
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        fail 2 "$apt_who: needs apt-get and dpkg-deb; run it on Debian 12"
    mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial" "$apt_dir/sources" \
        "$apt_dir/none"
    : >"$apt_dir/status"
    cat >"$apt_dir/conf" <<END
APT::Architecture "armhf";
#clear APT::Architectures;
APT::Architectures { "armhf"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
pkgCacheGen::Essential "none";
Acquire::Retries "3";
Acquire::Languages "none";
Dir::State "$apt_dir";
Dir::State::lists "$apt_dir/lists";
Dir::State::status "$apt_dir/status";
Dir::Cache "$apt_dir/cache";
Dir::Etc::sourcelist "$apt_dir/sources/sources.list";
Dir::Etc::sourceparts "$apt_dir/sources";
Dir::Etc::preferencesparts "$apt_dir/none";
#clear DPkg::Post-Invoke;
#clear APT::Update::Post-Invoke;
END
    # The machine's own sources, so that its mirror and its keys are used.
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
        /etc/apt/sources.list.d/*.sources; do
        [ ! -r "$file" ] || cp "$file" "$apt_dir/sources/"
    done
    export APT_CONFIG="$apt_dir/conf"
    # An index that cannot be fetched (a mirror in the middle of its update, a source without
    # armhf) is left out; whether the rest suffices shows when packages are fetched.
    apt-get -q update >"$apt_dir/log" 2>&1 ||
        sed -n "s|^E: Failed to fetch|$apt_who: left out:|p" "$apt_dir/log" >&2
}

# armhf_fetch COMMAND...: runs this apt command; fails with apt's last lines.
armhf_fetch() {
    "$@" >"$apt_dir/log" 2>&1 && return
    tail -n 20 "$apt_dir/log" >&2
    fail 2 "$apt_who: the armhf packages could not be fetched; apt's last lines are above." \
        "Mend the machine's apt sources or its network, then run this again."
}
