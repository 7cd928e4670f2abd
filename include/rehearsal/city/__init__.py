"""The sample municipality 見本市: invented people, their tax records, planted dirt, daily life, and the truth of it.

``make_city(people, seed, days)`` generates everything in columns; ``write_site(city, folder)`` lays it out as a site
that runs. The same three numbers give the same city, byte for byte.
"""

from __future__ import annotations

from rehearsal.city.city import City, make_city
from rehearsal.city.folder import write_site
from rehearsal.city.writers import write_postgresql, write_sqlite

__all__ = ["City", "make_city", "write_postgresql", "write_site", "write_sqlite"]
