"""The desk for a page: the site, its books and its clock, kept open between requests."""
# ruff: noqa: PLC0415 - the library is loaded with the first page

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from fukuhon_airflow.library import open_ledger, open_site, site_clock
from fukuhon_airflow.sites import Duty, SiteFolder, sites

if TYPE_CHECKING:
    from fukuhon.registration.desk import Desk
    from fukuhon.site import Person, Site
    from fukuhon_airflow.pages.login import Viewer

__all__ = ["desk_of", "person_of", "seen_by"]


def seen_by(viewer: Viewer) -> list[SiteFolder]:
    """The sites whose work this user may see: those whose upload dag Airflow shows them."""
    return [site for site in sites() if viewer.may_see(site.dag_id(Duty.UPLOAD))]


def desk_of(site: SiteFolder, actor: str) -> Desk:
    """The desk of a site. Raises what settings and ledger raise."""
    from fukuhon.registration.desk import Desk

    folder = str(site.path)
    return Desk(open_site(folder), open_ledger(folder), site_clock(folder), actor)


def person_of(site: Site, viewer: Viewer, day: date) -> Person | None:
    """The person whom ``site.yaml`` knows by the name of the login; None for nobody."""
    from fukuhon.errors import RefusedError

    try:
        return site.person_for(day, ui_user=viewer.name)
    except RefusedError:
        return None
