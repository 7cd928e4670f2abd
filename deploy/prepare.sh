#!/bin/sh
# Make what docker-compose.yml expects: .env, folders and secrets, all owned by who runs this and readable by nobody else.
#
#   deploy/prepare.sh SITE HOME     SITE: the folder with site.yaml; HOME: where data and secrets live
#
# Run again it makes what is missing and touches nothing that is there: a new secret would lock out what was made with the old.
set -eu
umask 077
root=$(cd "$(dirname "$0")/.." && pwd -P)

if [ $# -ne 2 ] || [ ! -f "$1/site.yaml" ]; then
    echo "使い方：deploy/prepare.sh 団体のフォルダー（site.yaml がある所） データと秘密情報を置くフォルダー" >&2
    exit 2
fi
if [ "$(id -u)" = 0 ] && [ -z "${FUKUHON_UID:-}" ]; then
    echo "エラー：root では実行しないでください。専用の利用者で実行するか、FUKUHON_UID と FUKUHON_GID を指定してください。" >&2
    exit 2
fi
site=$(cd "$1" && pwd -P)
mkdir -p "$2"
home=$(cd "$2" && pwd -P)
uid=${FUKUHON_UID:-$(id -u)}
gid=${FUKUHON_GID:-$(id -g)}
mkdir -p "$home/secrets" "$home/data" "$home/airflow/logs" "$home/postgres" "$home/redis" "$home/standin"

random() { # hexadecimal digits of $1 random bytes
    od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}
keep() { # write standard input to the secret $1, unless it is there
    if [ -s "$home/secrets/$1" ]; then
        cat >/dev/null
    else
        cat >"$home/secrets/.$1.new"
        mv "$home/secrets/.$1.new" "$home/secrets/$1"
    fi
}
secret() {
    cat "$home/secrets/$1"
}

for name in postgres_password airflow_password ledger_password redis_password api_secret jwt_secret; do
    random 32 | keep "$name"
done
# Fernet wants 32 bytes in the URL's base64.
head -c 32 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_' | keep fernet_key
printf 'postgresql+psycopg2://airflow:%s@postgres:5432/airflow' "$(secret airflow_password)" | keep airflow_database
printf 'db+postgresql+psycopg2://airflow:%s@postgres:5432/airflow' "$(secret airflow_password)" | keep celery_results
printf 'postgresql+psycopg://ledger:%s@postgres:5432/ledger' "$(secret ledger_password)" | keep ledger_database
printf 'redis://:%s@redis:6379/0' "$(secret redis_password)" | keep celery_broker
if [ "$(id -u)" = 0 ]; then
    chown -R "$uid:$gid" "$home"
fi

env=${FUKUHON_ENV_FILE:-$root/.env}
if [ ! -f "$env" ]; then
    printf 'FUKUHON_UID=%s\nFUKUHON_GID=%s\nFUKUHON_SITE=%s\nFUKUHON_HOME=%s\n' "$uid" "$gid" "$site" "$home" >"$env"
fi
echo "準備ができました：$home（秘密情報は $home/secrets、設定は $env）"
echo "次の手順：site.yaml の ledger を {file: /run/secrets/ledger_database} にして、「docker compose up -d --build」を実行してください。"
