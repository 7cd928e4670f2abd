#!/bin/sh
# Before the others start, at each deployment: Airflow's tables, the pool of one, the people of site.yaml.
set -eu
cd "$(dirname "$0")"

airflow db migrate # FAB's tables as well: its provider names them to Airflow
# include_deferred: without it a waiting task gives its slot to the next one.
airflow pools import pools.json
# Opens, and so makes or brings up to date, the ledger.
fukuhon status --json >/dev/null
python -m fukuhon_airflow.accounts
