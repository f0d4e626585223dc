#!/usr/bin/env bash
# What the tests in this directory share: lines for what was seen, waiting with a limit, ports, tools from PyPI, and an end that leaves nothing.
# shellcheck disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
parley=$(realpath "${PARLEY:-$root/.build/release/parley}")
work=$(mktemp -d)
unset "${!PARLEY@}"
export LC_ALL=C.UTF-8

# The processes that a test has started and that have to end with it.
children=()
end_children() {
    local child
    for child in "${children[@]}"; do kill -KILL "$child" 2>/dev/null || true; wait "$child" 2>/dev/null || true; done
}
cleanup() { end_children; rm -rf "$work"; }
trap cleanup EXIT

ok() { printf 'ok    %s\n' "$*"; }
seen() { printf '      %s\n' "$@"; }
fail() { printf 'FAIL  %s\n' "$*" >&2; exit 1; }
# A test that this machine cannot run ends with 77, as automake's do: `.ci/run` reports the reason, and does not count it as passed.
skip() { printf 'SKIP  %s\n' "$*"; exit 77; }

# eventually SECONDS COMMAND...: until it succeeds, at most so long.
eventually() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

# The status of a GET, 000 where nobody answers.
status() { curl -s -m 5 -o /dev/null -w '%{http_code}' "$@" || true; }
answers() { [ "$(status "${@:2}")" = "$1" ]; }

# python_tools NAME REQUIREMENT...: a virtual environment of that name has them, and its programs can be called.
python_tools() {
    local venv=$root/.build/$1
    shift
    if [ "$(cat "$venv/installed" 2>/dev/null)" != "$*" ]; then
        rm -rf "$venv"
        python3 -c 'import ensurepip, venv' 2>/dev/null || "$root/script/bootstrap" python3-venv
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check "$@"
        printf '%s' "$*" >"$venv/installed"
    fi
    PATH=$venv/bin:$PATH
}
