"""かすみ町: a second, small municipality, whose three systems export CSV only.

国民健康保険 (of its two datasets one is registered), 予防接種, 所得の詳細 (250 items). Its site lies in
``include/sites/kasumi``; ``write_kasumi(folder)`` lays it out with people, records and what the stand-in has to know.
The same arguments give the same town.
"""

from __future__ import annotations

from rehearsal.kasumi.folder import BODY, DAYS, write_kasumi

__all__ = ["BODY", "DAYS", "write_kasumi"]
