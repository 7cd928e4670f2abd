#!/bin/sh
# Install fukuhon from this folder, on a host that reaches no network.
#
#   ./install.sh [TARGET]     default /opt/fukuhon; FUKUHON_PYTHON names the interpreter
#
# Every file is checked before anything is written. Run again it does nothing, or puts an interrupted installation right.
set -eu
umask 022
target=${1:-/opt/fukuhon}
here=$(cd "$(dirname "$0")" && pwd -P)
cd "$here"

fail() { # what, next step, the same in English
    printf 'エラー：%s\n  次の手順：%s\nerror: %s\n' "$1" "$2" "$3" >&2
    exit 1
}

# 1. Nothing changed, nothing missing, and nothing that nobody has named.
sha256sum --check --quiet --strict SHA256SUMS >&2 || fail \
    "ファイルが壊れているか、書き換えられています（上に名前が出ています）。何も導入していません。" \
    "媒体から写し直してください。続くときは、作成元に SHA256SUMS の値を確かめてください。" \
    "a file is damaged or was changed (named above); nothing was installed."
for file in $(find . -type f ! -name SHA256SUMS | sort); do
    grep -qF "  ${file#./}" SHA256SUMS || fail \
        "一覧にないファイルがあります：${file#./}。何も導入していません。" \
        "作成元から受け取ったままの状態に戻してください。" \
        "a file that the list does not name: ${file#./}; nothing was installed."
done
seal=$(sha256sum SHA256SUMS | cut -d' ' -f1)

# 2. The right machine, and an interpreter that really runs: a name on PATH may be a shim, or lack venv.
wanted=$(cat PYTHON)
[ "$(uname -m)" = "$(cat MACHINE)" ] || fail \
    "この媒体は $(cat MACHINE) 用で、この機器（$(uname -m)）では使えません。" \
    "この機器と同じ種類の機器で「make bundle」を実行したものを使ってください。" \
    "this bundle is for $(cat MACHINE), not for $(uname -m)."
probe="import sys, venv, ensurepip, sqlite3; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')"
python=
for name in ${FUKUHON_PYTHON:-python$wanted python3 python}; do
    if "$name" -I -c "$probe" >/dev/null 2>&1; then
        python=$name
        break
    fi
done
[ -n "$python" ] || fail \
    "使える Python $wanted が見つかりません（venv・ensurepip・sqlite3 も必要です）。" \
    "Python $wanted を導入するか、FUKUHON_PYTHON に場所を指定してください。" \
    "no Python $wanted with venv, ensurepip and sqlite3 runs here."

# 3. Beside what is there, then in its place.
done_() {
    cat <<MESSAGE
$1：$target
次の手順：
  1. 団体の設定を用意します（$target/app/docs/ の site-yaml.md、servers.md）。
  2. $target/venv/bin/fukuhon doctor --site 団体のフォルダー　で点検します。
  3. $target/venv/bin/fukuhon service install --site 団体のフォルダー　でサービスに登録します。
MESSAGE
}
if [ -f "$target/.installed" ] && [ "$(cat "$target/.installed")" = "$seal" ] &&
    "$target/venv/bin/python" -I -c 'import fukuhon' >/dev/null 2>&1; then
    done_ "すでに導入されています"
    exit 0
fi
mkdir -p "$target" 2>/dev/null && [ -w "$target" ] || fail \
    "$target に書き込めません。" \
    "管理者の権限で実行するか、書き込める場所を指定してください（./install.sh フォルダー）。" \
    "$target cannot be written."
rm -f "$target/.installed"
rm -rf "$target/venv" "$target/app.new"
cp -R app "$target/app.new"
cp LICENCES.md "$target/app.new/"
rm -rf "$target/app"
mv "$target/app.new" "$target/app"
"$python" -I -m venv "$target/venv"
pip="$target/venv/bin/python -I -m pip --isolated --disable-pip-version-check --no-input"
options="--quiet --no-index --no-cache-dir --no-deps"
{
    # The lock's hashes are checked once more, wheel by wheel.
    $pip install $options --find-links "$here/wheels" --only-binary :all: --require-hashes \
        --requirement app/deploy/requirements.lock &&
        $pip install $options --no-build-isolation --editable "$target/app"
} >&2 || fail \
    "パッケージの導入が途中で止まりました。" \
    "上の記録（空き容量など）を確認し、もう一度実行してください。" \
    "the installation stopped; see above and run it again."
"$target/venv/bin/fukuhon" --help >/dev/null
printf '%s\n' "$seal" >"$target/.installed"
done_ "導入が終わりました"
