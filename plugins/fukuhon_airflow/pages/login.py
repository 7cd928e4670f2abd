"""Airflow's login, as the pages see it: the one file that knows its internal names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from fastapi import Depends

__all__ = ["Viewer", "ViewerDep", "base_url", "secret_key", "viewer"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, logged in to Airflow by cookie or token."""

    id: str
    name: str
    """By which ``site.yaml`` knows the person (``ui_user``)."""
    user: Any

    def may_see(self, dag_id: str) -> bool:
        """Whether Airflow lets this user see a dag, and so what is told of its work."""
        return bool(
            get_auth_manager().is_authorized_dag(method="GET", details=DagDetails(id=dag_id), user=self.user),
        )


def viewer(user: GetUserDep) -> Viewer:
    """The user of this request. Answers 401 to whoever is not logged in."""
    return Viewer(str(user.get_id()), user.get_name(), user)


ViewerDep = Annotated[Viewer, Depends(viewer)]


def secret_key() -> str:
    """The key with which this Airflow signs; the same in all its API servers."""
    return str(conf.get_mandatory_value("api", "secret_key"))


def base_url() -> str:
    """The address under which browsers see this Airflow; empty where it was not set."""
    return str(conf.get("api", "base_url", fallback=""))
