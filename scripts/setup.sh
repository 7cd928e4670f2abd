#!/bin/sh
# Set up the project in its own folder: .venv/ with everything the lock names. Run again it does nothing, quickly.
#
#   scripts/setup.sh            set up what is missing
#   scripts/setup.sh --python   only print the interpreter that would be used
#
# FUKUHON_PYTHON names the interpreter; otherwise the first of the list below that really runs is taken.
set -eu
cd "$(dirname "$0")/.."

# A name on PATH can be a shim that fails, or a Python whose distribution left venv out: hence it is run, not looked up.
CANDIDATES="python3.12 python3.11 python3.13 python3.14 python3"
PROBE='import sys, venv, ensurepip, sqlite3; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'

works() {
    "$1" -I -c "$PROBE" >/dev/null 2>&1
}

choose() {
    if [ -n "${FUKUHON_PYTHON:-}" ]; then
        works "$FUKUHON_PYTHON" && echo "$FUKUHON_PYTHON" && return
        cat >&2 <<MESSAGE
エラー: FUKUHON_PYTHON に指定された「$FUKUHON_PYTHON」は使えません（Python 3.11～3.14 で、venv・ensurepip・sqlite3 が必要です）。
  次の手順: 正しい場所を指定するか、FUKUHON_PYTHON を外して自動選択に任せてください。
error: FUKUHON_PYTHON=$FUKUHON_PYTHON does not run, is not Python 3.11 to 3.14, or lacks venv, ensurepip or sqlite3.
MESSAGE
        return 1
    fi
    for name in $CANDIDATES; do
        works "$name" && echo "$name" && return
    done
    cat >&2 <<MESSAGE
エラー: 使える Python が見つかりません（Python 3.11～3.14 で、venv・ensurepip・sqlite3 が必要です）。試した名前: $CANDIDATES
  次の手順: Python を導入するか（Debian・Ubuntu では python3-venv も必要です）、FUKUHON_PYTHON に場所を指定してください。
error: no Python 3.11 to 3.14 with venv, ensurepip and sqlite3 runs here. Tried: $CANDIDATES
  next: install one (on Debian and Ubuntu python3-venv, too), or name it in FUKUHON_PYTHON.
MESSAGE
    return 1
}

if [ "${1:-}" = "--python" ]; then
    choose
    exit
fi

# What the environment was made from. The folder belongs to it: scripts in .venv/bin name it.
digest=$(cat requirements.lock pyproject.toml scripts/uv.lock.txt scripts/setup.sh scripts/set_up.py | sha256sum | cut -d' ' -f1)
stamp="$digest ${FUKUHON_PYTHON:-automatic} $(pwd -P)"

if [ -f .venv/.setup-stamp ] && [ "$(cat .venv/.setup-stamp)" = "$stamp" ] && .venv/bin/python -I -S -c '' 2>/dev/null; then
    echo 0 >.venv/.setup-seconds
    exit 0
fi

python=$(choose)
exec "$python" -I scripts/set_up.py "$stamp"
