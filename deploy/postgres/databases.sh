#!/bin/sh
# Two databases with an owner each: Airflow's own, and the ledger. Run once, when the cluster is new.
set -eu
secrets=${FUKUHON_SECRETS:-/run/secrets}

for name in airflow ledger; do
    # The password goes in on standard input, so that no process list shows it.
    psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<SQL
CREATE ROLE $name LOGIN PASSWORD '$(cat "$secrets/${name}_password")';
CREATE DATABASE $name OWNER $name ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE $name FROM PUBLIC;
SQL
done
