"""Small charts as inline SVG: patterns and labels tell them apart, not colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from fukuhon.reports.style import COLOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fukuhon.reports.quality_facts import TrendPoint
    from fukuhon.reports.style import Numbers

__all__ = ["Segment", "age_bars", "flow_bar", "rule_bars", "trend_line"]

_WIDTH = 960
_LEFT, _RIGHT, _HIGH, _LOW, _INSET = 56, _WIDTH - 24, 28, 172, 28
_STEP = 11
_FILLS = {
    "solid": COLOURS["primary"],
    "soft": "#9DB7F9",
    "dots": "url(#dots)",
    "lines": "url(#lines)",
    "empty": "#FFFFFF",
}
_PATTERNS = (
    f'<defs><pattern id="lines" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="6" height="6" fill="{COLOURS["warn_soft"]}"/>'
    f'<rect width="3" height="6" fill="{COLOURS["warn_line"]}"/></pattern>'
    f'<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#FFF"/>'
    f'<circle cx="3" cy="3" r="1.6" fill="{COLOURS["muted"]}"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar."""

    label: str
    count: int
    look: str


def flow_bar(segments: Sequence[Segment], n: Numbers) -> Markup:
    """A stacked bar of what became of all records read, with its legend. Empty for no records."""
    total = sum(segment.count for segment in segments)
    whole = sum(n.drawn(segment.count) for segment in segments)
    if not total:
        return Markup()
    shown = [segment for segment in segments if segment.count]
    told = "、".join(f"{segment.label}{n.records(segment.count)}" for segment in shown)
    parts, place = [], 0.0
    for segment in shown:
        wide = max(n.drawn(segment.count) / whole * (_WIDTH - 2), 3)  # a small part stays visible
        parts.append(
            f'<rect x="{place + 1:.1f}" y="1" width="{wide:.1f}" height="34" fill="{_FILLS[segment.look]}" '
            f'stroke="{COLOURS["strong_line"]}" stroke-width="1"/>'
        )
        place += wide
    wide = max(place + 2, _WIDTH)
    bar = (
        f'<svg class="chart" viewBox="0 0 {wide:.0f} 36" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(f"読み込んだ記録の内訳：{told}")}" style="height:36px">{_PATTERNS}{"".join(parts)}</svg>'
    )
    legend = "".join(
        f'<li><svg viewBox="0 0 20 14" aria-hidden="true"><rect x=".5" y=".5" width="19" height="13" '
        f'fill="{_FILLS[s.look]}" stroke="{COLOURS["strong_line"]}"/></svg>{escape(s.label)} {n.records(s.count)} '
        f'<span class="muted">（{n.percent(s.count, total, 1)}）</span></li>'
        for s in shown
    )
    return Markup(f'{bar}<ul class="legend">{legend}</ul>')  # noqa: S704  # built here from numbers and escaped labels


def trend_line(points: Sequence[TrendPoint], n: Numbers) -> Markup:
    """A line of the share of quarantined records, run by run, each point labelled (at most ten labels)."""
    drawn = [(n.drawn(point.quarantined), n.drawn(point.in_scope)) for point in points]
    shares = [100 * held / whole if whole else 0.0 for held, whole in drawn]
    top = _round_up(max(shares))
    step = (_RIGHT - _LEFT - 2 * _INSET) / max(len(points) - 1, 1)
    spots = [(_LEFT + _INSET + step * number, _height(share / top)) for number, share in enumerate(shares)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    every = max(1, -(-len(points) // 10))
    marks = ""
    for number, ((x, y), point) in enumerate(zip(spots, points, strict=True)):
        marks += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#FFF" stroke="{COLOURS["primary"]}" stroke-width="3"/>'
        if (len(points) - 1 - number) % every == 0:  # the newest is always labelled
            marks += _label(x, y - 12, n.percent(point.quarantined, point.in_scope))
            marks += _label(x, _LOW + 22, f"{point.day.month}/{point.day.day}")
    return Markup(  # noqa: S704  # built here from numbers
        f'<svg class="chart" viewBox="0 0 {_WIDTH} 204" role="img" aria-label="留め置きの割合の推移（値は次の表）">'
        f'{_grid(top)}<polyline points="{path}" fill="none" stroke="{COLOURS["primary"]}" stroke-width="3"/>{marks}'
        f'<line class="axis" x1="{_LEFT}" x2="{_RIGHT}" y1="{_LOW}" y2="{_LOW}"/></svg>'
    )


def rule_bars(counts: Sequence[int | None], n: Numbers, most: int) -> Markup:
    """Small bars of one rule's counts, the last one dark; ``most`` is the scale's end, a dot a run without a count."""
    told = "、".join("―" if count is None else n.records(count) for count in counts)
    parts = f'<line class="axis" x1="0" x2="{_STEP * len(counts)}" y1="29.5" y2="29.5"/>'
    for number, count in enumerate(counts):
        x, last = number * _STEP + 1, number == len(counts) - 1
        if count is None:
            parts += f'<circle cx="{x + 4}" cy="26" r="1.5" fill="{COLOURS["strong_line"]}"/>'
        elif count:
            high = max(27 * n.drawn(count) / max(n.drawn(most), 1), 2)
            parts += (
                f'<rect x="{x}" y="{29 - high:.1f}" width="{_STEP - 3}" height="{high:.1f}" '
                f'fill="{_FILLS["solid" if last else "soft"]}"/>'
            )
    wide = _STEP * len(counts)
    return Markup(  # noqa: S704  # built here from numbers
        f'<svg class="bars" viewBox="0 0 {wide} 30" width="{wide}" height="30" role="img" '
        f'aria-label="{escape(f"古い順に {told}")}">{parts}</svg>'
    )


def age_bars(classes: Sequence[tuple[str, int, bool]], n: Numbers) -> Markup:
    """A bar for each class of ages: its name, its count, and whether it is old (then hatched, as in the flow bar)."""
    most = max((n.drawn(count) for _, count, _ in classes), default=0) or 1
    parts = ""
    for number, (label, count, old) in enumerate(classes):
        y, wide = number * 30 + 4, n.drawn(count) / most * (_WIDTH - 330)
        look = _FILLS["lines" if old else "soft"]
        parts += f'<text x="150" y="{y + 16}" text-anchor="end">{escape(label)}</text>'
        if count:
            parts += (
                f'<rect x="164" y="{y}" width="{max(wide, 3):.1f}" height="22" fill="{look}" '
                f'stroke="{COLOURS["strong_line"]}"/>'
            )
        parts += f'<text x="{176 + wide:.1f}" y="{y + 16}">{n.records(count)}</text>'
    told = "、".join(f"{label} {n.records(count)}" for label, count, _ in classes)
    return Markup(  # noqa: S704  # built here from numbers and escaped labels
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {len(classes) * 30 + 4}" role="img" '
        f'aria-label="{escape(f"待っている日数：{told}")}">{parts}'
        f'<line class="axis" x1="164" x2="164" y1="0" y2="{len(classes) * 30}"/></svg>'
    )


def _grid(top: float) -> str:
    lines = ""
    for part in (0.0, 0.5, 1.0):
        y = _height(part)
        lines += f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        lines += f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{top * part:g}%</text>'
    return lines


def _height(part: float) -> float:
    return _LOW - (_LOW - _HIGH) * part


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{text}</text>'


def _round_up(share: float) -> float:
    """A round end of the scale, in percent, with room above the line."""
    for end in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50):
        if share <= end * 0.9:
            return end
    return 100
