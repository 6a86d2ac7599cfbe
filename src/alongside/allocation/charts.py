"""Charts as SVG, each with the table that it draws, made without a browser and always the same."""

from __future__ import annotations

import json
import math
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import polars as pl
import vl_convert

from alongside.allocation.measures import BANDS, SAME
from alongside.allocation.percentages import percentage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alongside.allocation.measures import Measures

WIDTH = 560
_DRAWN, _FURTHEST = 5000, 1000  # dots of pairs, and how many of them are for those furthest apart
FONT = "Arial, Helvetica, sans-serif"
INK, BLUE, ORANGE, GREY = "#0b0c0c", "#1d70b8", "#b45309", "#6b7280"
# Colours that people with colour-blindness tell apart, dark enough on white; dashes repeat them.
COLOURS = ["#1d70b8", "#b45309", "#00703c", "#6f4a9e", "#a01a58", "#0b0c0c", "#6b7280", "#7a5c00"]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [10, 4], [1, 3], [6, 2, 1, 2]]


@dataclass(frozen=True)
class Chart:
    """A drawing, what it says in a sentence, and its figures as a table."""

    title: str
    says: str
    svg: str
    table: pl.DataFrame


def _draw(title: str, says: str, chart: Any, table: pl.DataFrame) -> Chart:
    configured = (
        chart.configure(font=FONT, background="white")
        .configure_axis(labelFontSize=12, titleFontSize=13, labelColor=INK, titleColor=INK)
        .configure_legend(labelFontSize=12, titleFontSize=13, labelLimit=300)
        .configure_header(labelFontSize=13, labelFontWeight="bold", title=None)
        .configure_view(stroke="#b1b4b6")
    )
    svg = vl_convert.vegalite_to_svg(json.loads(configured.to_json()))
    return Chart(title, says, _accessible(svg, title, says), table)


def _accessible(svg: str, title: str, says: str) -> str:
    """Give the drawing one name and hide its parts: the table beside it holds the figures."""
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", svg, flags=re.DOTALL).strip()
    svg = re.sub(r' (aria-[a-z]+|role)="[^"]*"', "", svg)
    svg = _numbered(svg, title)
    label = _escape(f"{title}. {says}")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _numbered(svg: str, title: str) -> str:
    """Number ids from 1 under a prefix of the title's own: the renderer counts on between charts,
    which would make equal charts differ and two charts of one page share an id.
    """
    prefix = f"c{zlib.crc32(title.encode()):08x}"
    order = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    for place, old in enumerate(order, 1):
        svg = re.sub(
            rf'(id="|url\(#|href="#){re.escape(old)}(?=["\)])', rf"\g<1>{prefix}-{place}", svg
        )
    return svg


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _data(frame: pl.DataFrame) -> Any:
    return alt.InlineData(values=frame.to_dicts())


def ratio_chart(found: Mapping[str, Measures], *, title: str = "Ratio bands") -> Chart:
    """Draw the share of people in each signed ratio band, a panel a method.

    IB-higher is to the left, the same in the middle, PB-higher to the right: a good method
    peaks in the middle.
    """
    rows = [
        {
            "method": name,
            "band": band,
            "people": measures.bands[band],
            "share": measures.bands[band] / measures.n_ratio if measures.n_ratio else 0.0,
            "side": "same" if place == SAME else "IB higher" if place < SAME else "PB higher",
        }
        for name, measures in found.items()
        for place, band in enumerate(BANDS)
    ]
    frame = pl.DataFrame(rows)
    colour = alt.Color(
        "side:N",
        scale=alt.Scale(domain=["IB higher", "same", "PB higher"], range=[ORANGE, GREY, BLUE]),
        title=None,
        legend=alt.Legend(orient="top"),
    )
    panel = (
        alt.Chart(_data(frame))
        .mark_bar()
        .encode(
            x=alt.X("band:N", sort=list(BANDS), title=None, axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("share:Q", title="Share of cases in a band", axis=alt.Axis(format=".0%")),
            color=colour,
        )
        .properties(width=WIDTH if len(found) == 1 else 250, height=150)
    )
    chart = panel
    if len(found) > 1:
        order = list(found)
        chart = panel.facet(
            facet=alt.Facet("method:N", sort=order, title=None), columns=2
        ).resolve_axis(x="independent")
    table = frame.pivot(on="band", index="method", values="people").rename({"method": "Method"})
    says = "; ".join(
        f"{name}: {percentage(row['share'])} the same"
        for name in found
        for row in rows
        if row["method"] == name and row["side"] == "same"
    )
    return _draw(title, says + ".", chart, table)


def calibration_chart(found: Mapping[str, pl.DataFrame]) -> Chart:
    """Draw mean PB against mean IB by size of IB; on the diagonal, the two agree."""
    frame = pl.concat(
        [table.with_columns(pl.lit(name).alias("method")) for name, table in found.items()]
    )
    top = float(frame.select(pl.max_horizontal("mean_indicative", "mean_personal").max()).item())
    names = list(found)
    ends = pl.DataFrame({"mean_indicative": [0.0, top], "mean_personal": [0.0, top]})
    axes = {
        "x": alt.X("mean_indicative:Q", title="Mean indicative budget, £ a week"),
        "y": alt.Y("mean_personal:Q", title="Mean agreed cost, £ a week"),
    }
    diagonal = alt.Chart(_data(ends)).mark_line(color=GREY, strokeDash=[4, 4]).encode(**axes)
    lines = (
        alt.Chart(_data(frame))
        .mark_line(point=True)
        .encode(
            **axes,
            color=alt.Color("method:N", sort=names, scale=_palette(names), title=None),
            strokeDash=alt.StrokeDash("method:N", sort=names, scale=_dashes(names), title=None),
        )
    )
    chart = (diagonal + lines).properties(width=WIDTH, height=320)
    table = frame.select(
        pl.col("method").alias("Method"),
        pl.col("part").alias("Part"),
        pl.col("n").alias("Cases"),
        pl.col("mean_indicative").round(2).alias("Mean IB (£)"),
        pl.col("mean_personal").round(2).alias("Mean agreed (£)"),
    )
    says = "A line above the dashed diagonal means people were given too little there."
    return _draw("Calibration by size of budget", says, chart, table)


def _palette(names: list[str]) -> alt.Scale:
    return alt.Scale(domain=names, range=[COLOURS[n % len(COLOURS)] for n in range(len(names))])


def _dashes(names: list[str]) -> alt.Scale:
    return alt.Scale(domain=names, range=[DASHES[n % len(DASHES)] for n in range(len(names))])


def interval_chart(title: str, unit: str, frame: pl.DataFrame, *, says: str) -> Chart:
    """Draw figures with their intervals: ``frame`` has name, n, value, lower, upper."""
    base = alt.Chart(_data(frame)).encode(y=alt.Y("name:N", sort=None, title=None))
    bars = base.mark_rule(color=BLUE, strokeWidth=2).encode(
        x=alt.X("lower:Q", title=unit, scale=alt.Scale(zero=False)), x2="upper:Q"
    )
    dots = base.mark_point(color=INK, filled=True, size=60).encode(x="value:Q")
    chart = (bars + dots).properties(width=WIDTH - 180, height=max(80, 24 * frame.height))
    return _draw(title, says, chart, frame)


def pairs_chart(
    indicative: list[float], personal: list[float], *, title: str, table: pl.DataFrame
) -> Chart:
    """Draw pairs of indicative and personal budgets, with the lines of equality and of ±10%.

    Dots lie as finely as can be seen, and in the order of their size: a drawing is no list of budgets.
    """
    top = max([*indicative, *personal, 1.0])
    frame = _drawn(pl.DataFrame({"ib": indicative, "pb": personal}, strict=False))
    seen = _round_step(top / 500)
    frame = frame.select((pl.all() / seen).round() * seen).sort("ib", "pb")
    axes = {
        "x": alt.X("ib:Q", title="Indicative budget, £ a week"),
        "y": alt.Y("pb:Q", title="Personal budget, £ a week"),
    }
    lines = [
        alt.Chart(_data(pl.DataFrame({"ib": [0.0, top], "pb": [0.0, top * slope]})))
        .mark_line(color=GREY, strokeDash=dash, clip=True)
        .encode(**axes)
        for slope, dash in ((1.0, [1, 0]), (0.9, [4, 4]), (1.1, [4, 4]))
    ]
    # Many dots are drawn fainter, so that their density shows.
    strength = 0.7 if len(indicative) < 500 else 0.25
    dots = alt.Chart(_data(frame)).mark_circle(color=BLUE, opacity=strength).encode(**axes)
    says = f"{len(indicative):,} pairs; the dashed lines are 10% above and below equality."
    if frame.height < len(indicative):
        says += f" {frame.height:,} of them are drawn, all that are furthest apart among them."
    return _draw(title, says, alt.layer(*lines, dots).properties(width=WIDTH, height=300), table)


def _round_step(least: float) -> float:
    """Give the next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least)


def _drawn(pairs: pl.DataFrame) -> pl.DataFrame:
    """Choose what is drawn of very many pairs: those furthest apart, and evenly of the others."""
    if pairs.height <= _DRAWN:
        return pairs
    apart = pairs.sort((pl.col("ib") - pl.col("pb")).abs(), descending=True, maintain_order=True)
    others = apart[_FURTHEST:].sort("ib", "pb")
    evenly = np.linspace(0, others.height - 1, _DRAWN - _FURTHEST).round().astype(int)
    return pl.concat([apart[:_FURTHEST], others[evenly]])


def bar_chart(
    title: str, frame: pl.DataFrame, *, name: str, value: str, unit: str, says: str
) -> Chart:
    """Draw one bar a row."""
    chart = (
        alt.Chart(
            _data(frame.select(pl.col(name).alias("n"), pl.col(value).cast(float).alias("v")))
        )
        .mark_bar(color=BLUE)
        .encode(x=alt.X("v:Q", title=unit), y=alt.Y("n:N", sort=None, title=None))
        .properties(width=WIDTH - 180, height=max(80, 24 * frame.height))
    )
    return _draw(title, says, chart, frame)
