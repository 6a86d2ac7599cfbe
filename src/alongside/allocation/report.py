"""One HTML page for a report: prints well, reads well aloud, needs nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from alongside.allocation.percentages import formatted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from alongside.allocation.charts import Chart

STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 Arial, Helvetica, sans-serif; color: #0b0c0c; background: #fff; margin: 0; }
main, footer { max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem; }
h1 { font-size: 2rem; line-height: 1.2; } h2 { font-size: 1.5rem; margin-top: 2.5rem; }
h3 { font-size: 1.15rem; margin-top: 1.75rem; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; background: #ffdd00; padding: .5rem; }
.scroll { overflow-x: auto; } .scroll:focus { outline: 3px solid #0b0c0c; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding-bottom: .4rem; }
th, td { border-bottom: 1px solid #b1b4b6; padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; }
figure { margin: 1.5rem 0; } figure svg { max-width: 100%; height: auto; }
figcaption { font-weight: bold; } summary { cursor: pointer; padding: .4rem 0; }
.notice { border-left: .4rem solid #1d70b8; padding: .1rem 1rem; background: #f3f2f1; }
@media print {
  body { font-size: 10pt; } main, footer { max-width: none; padding: 0; }
  h2, h3, caption, figcaption { break-after: avoid; } figure, tr, svg { break-inside: avoid; }
  .scroll { overflow: visible; } .skip { display: none; } a { color: inherit; }
  @page { margin: 15mm; }
}
"""


@dataclass
class Report:
    """Gathers headings, paragraphs, tables and charts, and writes them as one page."""

    title: str
    lang: str = "en-GB"
    _parts: list[str] = field(default_factory=list)
    _count: int = 0

    def heading(self, text: str, level: int = 2) -> None:
        """Add a heading of level 2 or 3."""
        self._count += 1
        self._parts.append(f'<h{level} id="s{self._count}">{escape(text)}</h{level}>')

    def text(self, *paragraphs: str) -> None:
        """Add paragraphs."""
        self._parts.extend(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)

    def notice(self, text: str) -> None:
        """Add a paragraph that stands out."""
        self._parts.append(f'<div class="notice"><p>{escape(text)}</p></div>')

    def bullets(self, items: list[str]) -> None:
        """Add a list."""
        inner = "".join(f"<li>{escape(item)}</li>" for item in items)
        self._parts.append(f"<ul>{inner}</ul>")

    def facts(self, facts: Mapping[str, object], caption: str) -> None:
        """Add a table of two columns: a name and what holds."""
        rows = "".join(
            f'<tr><th scope="row">{escape(str(name))}</th><td>{escape(_plain(value))}</td></tr>'
            for name, value in facts.items()
        )
        head = '<tr><th scope="col">What</th><th scope="col">Value</th></tr>'
        self._table(caption, f"<thead>{head}</thead><tbody>{rows}</tbody>")

    def table(
        self, frame: pl.DataFrame, caption: str, formats: Mapping[str, str] | None = None
    ) -> None:
        """Add a table; ``formats`` gives a format (``.1%``, ``,.2f``) to a column."""
        self._parts.append(table_html(frame, caption, formats or {}, self._next()))

    def chart(self, chart: Chart, formats: Mapping[str, str] | None = None) -> None:
        """Add a chart with the table that it draws."""
        table = table_html(chart.table, f"{chart.title}: figures", formats or {}, self._next())
        self._parts.append(
            f"<figure><figcaption>{escape(chart.title)}</figcaption><p>{escape(chart.says)}</p>"
            f"{chart.svg}<details open><summary>Figures of this chart</summary>{table}</details>"
            "</figure>"
        )

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _table(self, caption: str, inner: str) -> None:
        self._parts.append(_scroll(f"<caption>{escape(caption)}</caption>{inner}", self._next()))

    def html(self, footer: str = "") -> str:
        """Give the whole page."""
        body = "\n".join(self._parts)
        return (
            f'<!doctype html>\n<html lang="{self.lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            '<a class="skip" href="#main">Skip to the report</a>\n'
            f'<main id="main">\n<h1>{escape(self.title)}</h1>\n{body}\n</main>\n'
            f"<footer><p>{escape(footer)}</p></footer>\n</body>\n</html>\n"
        )


def _scroll(inner: str, number: int) -> str:
    table = inner.replace("<caption>", f'<caption id="t{number}">', 1)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="t{number}">'
        f"<table>{table}</table></div>"
    )


def table_html(frame: pl.DataFrame, caption: str, formats: Mapping[str, str], number: int) -> str:
    """Write a table: the first column heads its row, numbers are to the right."""
    numeric = [frame[name].dtype.is_numeric() for name in frame.columns]
    head = "".join(
        f'<th scope="col"{_right(number_column)}>{escape(name)}</th>'
        for name, number_column in zip(frame.columns, numeric, strict=True)
    )
    rows = []
    for row in frame.iter_rows():
        cells = [
            (escape(_plain(value, formats.get(name))), _right(number_column))
            for name, value, number_column in zip(frame.columns, row, numeric, strict=True)
        ]
        first = f'<th scope="row"{cells[0][1]}>{cells[0][0]}</th>'
        rest = "".join(f"<td{right}>{text}</td>" for text, right in cells[1:])
        rows.append(f"<tr>{first}{rest}</tr>")
    inner = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return _scroll(f"<caption>{escape(caption)}</caption>{inner}", number)


def _right(is_number: bool) -> str:
    return ' class="n"' if is_number else ""


def _plain(value: Any, form: str | None = None) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "none"
    if form:
        return formatted(value, form)
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
