"""The data dictionary of a layout pack: one page that officers, vendors and auditors read side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fukuhon.layouts import dictionary
from fukuhon.reports.style import render

if TYPE_CHECKING:
    from fukuhon.layouts import LayoutPack

__all__ = ["data_dictionary"]


def data_dictionary(pack: LayoutPack) -> str:
    """The page as HTML, self-contained. Always the same text for the same pack."""
    datasets = dictionary(pack)
    return render(
        "dictionary.html",
        pack=pack,
        datasets=datasets,
        spis=len({dataset.spi for dataset in datasets}),
        elements=sum(dataset.elements for dataset in datasets),
        checks=sum(dataset.checked for dataset in datasets),
    )
