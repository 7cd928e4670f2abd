"""docker-compose.yml and Dockerfile: what they must say, and what they must never say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fukuhon.windows import Channel
from fukuhon.windows.channels import channel_windows
from rehearsal.servers.compose import document, interpolated, seconds, services

ROOT = Path(__file__).parents[2]
HOME = {"FUKUHON_UID": "10001", "FUKUHON_GID": "10001", "FUKUHON_SITE": "/srv/site", "FUKUHON_HOME": "/srv/home"}
AIRFLOW = ("init", "api-server", "scheduler", "dag-processor", "triggerer", "worker-1", "worker-2")
ALL = {"postgres", "redis", *AIRFLOW, "sender", "standin"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file, merges done."""
    return document()


def parts(compose: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The services by name."""
    yield from compose["services"].items()


def texts(value: object) -> Iterator[str]:
    """Every text in it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield str(value)


def test_it_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    """By the specification's own schema (compose-spec.json beside this file, Apache-2.0)."""
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(compose)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(compose | {"services": {"x": {"imagination": "x"}}})


def test_the_services(compose: dict[str, Any]) -> None:
    """Those of the design, the stand-in only when asked for."""
    assert set(compose["services"]) == ALL
    profiles = {name: service["profiles"] for name, service in parts(compose) if "profiles" in service}
    assert profiles == {"standin": ["rehearsal"]}


def test_every_service_comes_back_and_says_how_it_is(compose: dict[str, Any]) -> None:
    """A restart policy and a health check; what ends by itself is tried a few times, and has nothing to say."""
    for name, service in parts(compose):
        if name == "init":
            assert service["restart"] == "on-failure:5"
            assert service["healthcheck"] == {"disable": True}
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"], name
        assert seconds(service["healthcheck"]["interval"]) <= 60, name


def test_nobody_is_root_and_nobody_can_become_it(compose: dict[str, Any]) -> None:
    """One user of the host for all, no capability, no new privilege, no host namespace."""
    for name, service in parts(compose):
        assert interpolated(service["user"], HOME) == "10001:10001", name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        forbidden = {"privileged", "network_mode", "pid", "ipc", "cap_add", "devices"}
        assert not forbidden & set(service), name
    users = re.findall(r"(?m)^USER (.*)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert users[-1] == "10001:10001"


def test_only_one_port_and_that_on_loopback(compose: dict[str, Any]) -> None:
    """The UI; whoever wants it elsewhere puts a proxy with TLS before it."""
    ports = {name: service["ports"] for name, service in parts(compose) if "ports" in service}
    assert ports == {"api-server": ["127.0.0.1:${FUKUHON_PORT:-8080}:8080"]}
    assert compose["networks"]["inside"] == {"internal": True}
    assert compose["services"]["postgres"]["networks"] == compose["services"]["redis"]["networks"] == ["inside"]


def test_no_secret_in_the_file(compose: dict[str, Any]) -> None:
    """Secrets come from files, and settings name the file: no password, no address with one, no key."""
    for service in services(HOME).values():
        for key, value in service.environment.items():
            if re.search(r"PASSWORD|SECRET|KEY|CONN|BROKER_URL|BACKEND", key):
                assert re.fullmatch(r"(cat )?/run/secrets/\w+", value), key
    for text in texts(compose):
        assert not re.search(r"://[^/\s]*:[^/\s]*@", text), text
        assert not re.search(r"[0-9a-f]{32}", text), text
    for name, secret in compose["secrets"].items():
        assert set(secret) == {"file"}
        assert secret["file"].endswith(f"/secrets/{name}")
        assert secret["file"].startswith("${FUKUHON_HOME:?")


def test_each_service_sees_only_the_secrets_that_it_needs(compose: dict[str, Any]) -> None:
    """What is named in a command or a setting is given, and nothing else; the library's own is read by site.yaml."""
    for name, service in parts(compose):
        given = set(service.get("secrets", ()))
        shown = {key: service.get(key) for key in ("command", "environment", "healthcheck")}
        named = set(re.findall(r"/run/secrets/(\w+)", json.dumps(shown)))
        assert given - named <= {"ledger_database", "airflow_password", "ledger_password"}, name
        assert named <= given, name
    assert compose["services"]["sender"]["secrets"] == ["ledger_database"]
    assert not [key for key in compose["services"]["sender"]["environment"] if key.startswith("AIRFLOW")]


def test_images_are_pinned(compose: dict[str, Any]) -> None:
    """An exact version each; ours is built here and never asked of a registry."""
    for name, service in parts(compose):
        if "build" in service:
            assert (service["image"], service["pull_policy"]) == ("fukuhon:0.1.0", "never"), name
        else:
            assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-bookworm(@sha256:[0-9a-f]{64})?", service["image"]), name
    (base,) = re.findall(r"(?m)^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm(@sha256:[0-9a-f]{64})?", base)


def test_only_fab_lets_people_in() -> None:
    """SimpleAuthManager is nobody's setting: with it, everybody would be the administrator (DESIGN §3.15)."""
    found = services(HOME)
    for name in AIRFLOW:
        environment = found[name].environment
        assert environment["AIRFLOW__CORE__AUTH_MANAGER"].endswith(".FabAuthManager"), name
        assert not [key for key in environment if "SIMPLE_AUTH" in key], name


def test_all_parts_of_airflow_share_their_settings() -> None:
    """Secrets, executor and times are the same everywhere, or tasks are refused."""
    found = services(HOME)
    for name in AIRFLOW:
        assert found[name].environment == found["api-server"].environment, name


def test_the_sender_may_finish_what_it_has_begun(compose: dict[str, Any]) -> None:
    """A started upload ends with its window, and none is longer than its channel's hours (seed 1.4.1, 1.5)."""
    days = (date(2017, 4, 12), date(2017, 6, 14), date(2017, 7, 12), date(2026, 4, 15))
    spans = [span for day in days for channel in Channel for span in channel_windows(day, 2, channel)]
    longest = max((span.end - span.start).total_seconds() for span in spans)
    assert longest > 3600
    assert services(HOME)["sender"].grace_s >= longest


def test_workers_and_sender_share_the_work_folder_and_nobody_else_writes_settings(compose: dict[str, Any]) -> None:
    """A file that a worker writes is the file that the sender sends."""
    for name in (*AIRFLOW, "sender"):
        volumes = [interpolated(volume, HOME) for volume in compose["services"][name]["volumes"]]
        assert "/srv/home/data:/data" in volumes, name
        assert "/srv/site:/site:ro" in volumes, name


def test_the_lease_survives_a_new_container(compose: dict[str, Any]) -> None:
    """The sender's host name is its own for good; workers have different ones."""
    assert compose["services"]["sender"]["hostname"] == "sender"
    names = [service["hostname"] for _, service in parts(compose) if "hostname" in service]
    assert len(names) == len(set(names))


def test_the_pool_file_has_one_slot_that_counts_who_waits() -> None:
    """Without include_deferred a waiting task gives its slot away."""
    pools = json.loads((ROOT / "deploy" / "pools.json").read_text(encoding="utf-8"))
    assert {name: (pool["slots"], pool["include_deferred"]) for name, pool in pools.items()} == {"upload": (1, True)}


def test_the_images_lock_is_a_part_of_the_projects_lock() -> None:
    """The same versions and hashes as are tested, without the tools of development."""
    whole = entries(ROOT / "requirements.lock")
    image = entries(ROOT / "deploy" / "requirements.lock")
    assert image.items() <= whole.items()
    assert {"apache-airflow", "apache-airflow-providers-fab", "celery", "duckdb", "setuptools"} <= image.keys()
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & image.keys()


def entries(lock: Path) -> dict[str, str]:
    """Each package's part of a lock, by its name."""
    found = re.split(r"(?m)^(?=[a-z0-9])", lock.read_text(encoding="utf-8"))
    return {re.split(r"[=\[ ]", part, maxsplit=1)[0]: part.strip() for part in found if "==" in part}


@pytest.mark.parametrize(
    ("text", "expected"), [("$$(cat x)", "$(cat x)"), ("${A:-b}", "b"), ("${FUKUHON_UID:?no}", "10001"), ("$", "$")]
)
def test_variables(text: str, expected: str) -> None:
    """As Compose puts them in."""
    assert interpolated(text, HOME) == expected


def test_a_demanded_variable_is_demanded() -> None:
    """Nothing starts as root because .env is missing."""
    with pytest.raises(KeyError):
        interpolated("${FUKUHON_UID:?no}", {})
