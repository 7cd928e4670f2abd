"""The sample municipality 見本市: invented people, the records of its systems, dirt, daily life, and the truth of it.

``make_city(people, seed, days)`` generates everything in columns; ``write_site(city, folder)`` lays it out as a site
that runs. The same three numbers give the same city, byte for byte. With ``subjects`` it has
only some of its systems.
"""

from __future__ import annotations

from rehearsal.city.city import City, make_city
from rehearsal.city.files import write_present
from rehearsal.city.folder import write_site
from rehearsal.city.writers import write_mariadb, write_postgresql, write_sqlite

__all__ = ["City", "make_city", "write_mariadb", "write_postgresql", "write_present", "write_site", "write_sqlite"]
