#!/usr/bin/env bash
# What the benchmark scripts share; they source it. It goes to the top of the repository, builds parley and the C programs,
# makes a directory in $work (under TMPDIR: choose a real disk, tmpfs makes every fsync free), and at the end of the script
# ends the processes named in `processes` and removes $work.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset "${!PARLEY_@}"

# shellcheck disable=SC2034 # the scripts use it
parley=.build/release/parley
work=$(mktemp -d "${TMPDIR:-/tmp}/parley-benchmark.XXXXXX")
processes=()

clean_up() {
    if [ ${#processes[@]} -gt 0 ]; then
        kill "${processes[@]}" 2>/dev/null || true
        wait "${processes[@]}" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { echo "benchmark: $*" >&2; }

build() {
    script/bootstrap gcc libc6-dev make "$@"
    make --silent -C Benchmarks/limit
    script/build-release
}

# The median of a column of a file of numbers.
median() {
    sort -n -k "$2,$2" "$1" |
        awk -v column="$2" '{ v[NR] = $column } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

describe_machine() {
    printf '%s: %s cores of %s, Linux %s, SQLite %s, libmicrohttpd %s, %s\n\n' \
        "$(date -u +%F)" "$(nproc)" "$(sed -nE 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(uname -r)" \
        "$(pkg-config --modversion sqlite3)" "$(pkg-config --modversion libmicrohttpd)" \
        "$(swift --version 2>/dev/null | sed -nE 's/.*(Swift) version ([0-9.]+).*/\1 \2/p')"
}
