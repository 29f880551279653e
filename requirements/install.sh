#!/bin/sh
# Bring .venv to what a lock says:  requirements/install.sh runtime|dev|docs|browser|release
#
# Needs Python 3.11 or newer and a package index that pip knows (its configuration is respected). Set PYTHON to name
# the interpreter. Says nothing and takes a fraction of a second when .venv is up to date; makes it anew when it
# cannot be trusted (folder moved or copied, Python removed or upgraded).
set -eu

cd "$(dirname "$0")/.."
root=$(pwd -P)
venv=.venv
name=${1:?usage: requirements/install.sh runtime|dev|docs|browser|release}
lock=requirements/$name.txt
stamp=$venv/installed-$name

say() { printf '%s\n' ".venv: $*"; }
fail() { printf '%s\n' ".venv: $*" >&2; exit 1; }

# The exit status tells whether $1 is a Python that can make the environment.
suitable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if suitable "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or newer with the venv module among: ${PYTHON:-python3, python3.11 to 3.14, python}." \
        "Install one (Debian and Ubuntu: python3 and python3-venv), or name it: make PYTHON=/path/to/python3"
}

# A virtual environment knows its own path, and its site-packages belong to one minor version of Python.
usable() {
    suitable $venv/bin/python && grep -qxF "$root/$venv" $venv/made-for 2>/dev/null &&
        $venv/bin/python -c 'import pip' 2>/dev/null
}

# Run a command, and show what it printed only if it fails.
quietly() {
    "$@" >$venv/install.log 2>&1 || { cat $venv/install.log >&2; fail "failed: $*"; }
}

make_venv() {
    rm -rf $venv # first, so that an active .venv is not found as the Python to make it with
    python=$(find_python)
    say "making it with $("$python" --version)"
    "$python" -m venv $venv
    printf '%s\n' "$root/$venv" >$venv/made-for
}

install() {
    set -- $venv/bin/python -m pip --disable-pip-version-check --no-input install
    say "installing $(grep -c == "$lock") packages from $lock (the first time takes a minute or so)"
    # The lock is complete: resolving it again would only be slower.
    quietly "$@" --no-deps --require-hashes -r "$lock"
    quietly "$@" --no-deps --no-build-isolation -e .
    say "ready"
}

state() { cksum "$lock" pyproject.toml; }

usable || make_venv
if [ "$(state)" != "$(cat "$stamp" 2>/dev/null)" ]; then
    rm -f "$stamp"
    install
    state >"$stamp"
fi
