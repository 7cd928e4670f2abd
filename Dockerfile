# The image of every service of ours: docs/servers.md. Nothing in it is secret; site, data and secrets are mounted.
FROM python:3.12.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 LANG=C.UTF-8

# Versions and hashes come from the lock; tools of development are not in this one.
COPY deploy/requirements.lock /opt/fukuhon/deploy/requirements.lock
RUN pip install --require-hashes --no-deps --only-binary :all: --requirement /opt/fukuhon/deploy/requirements.lock

COPY pyproject.toml README.md LICENSE /opt/fukuhon/
COPY include /opt/fukuhon/include
COPY plugins /opt/fukuhon/plugins
COPY dags /opt/fukuhon/dags
COPY expectations /opt/fukuhon/expectations
COPY deploy /opt/fukuhon/deploy
# Editable: rules, layouts and messages are read from beside the code, where people review them.
RUN pip install --no-deps --no-build-isolation --no-index --editable /opt/fukuhon \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /airflow --shell /usr/sbin/nologin fukuhon \
    && install --directory --owner=10001 --group=10001 --mode=0700 /airflow /data

ENV PYTHONPATH=/opt/fukuhon/include:/opt/fukuhon/plugins AIRFLOW_HOME=/airflow HOME=/tmp
WORKDIR /opt/fukuhon
USER 10001:10001
CMD ["fukuhon", "--help"]
