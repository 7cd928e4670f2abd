"""The assets that link the dags of a site: prepared files → registered 副本 → reconciled.

Their events carry counts, codes and hashes, nothing else.
"""

from __future__ import annotations

from airflow.sdk import Asset

from fukuhon_airflow.sites import SiteFolder

__all__ = ["prepared", "reconciled", "registered"]


def _asset(site: SiteFolder, name: str) -> Asset:
    return Asset(name=f"{site.id}/{name}", uri=site.asset_uri(name), group="fukuhon")


def prepared(site: SiteFolder) -> Asset:
    """特定個人情報ファイル, written and planned into windows."""
    return _asset(site, "prepared")


def registered(site: SiteFolder) -> Asset:
    """副本 whose results were confirmed."""
    return _asset(site, "registered")


def reconciled(site: SiteFolder) -> Asset:
    """副本 that were compared with the 正本 through 突合用ファイル."""
    return _asset(site, "reconciled")
