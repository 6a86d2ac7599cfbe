"""The tables of a fitted model for a person to read: plain text, every number that a figure uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.allocation.fitted import day_of_prices
from alongside.allocation.in_full import in_full, pounds_in_full
from alongside.allocation.model.encoding import KINDS
from alongside.allocation.model.packages import TOTAL
from alongside.allocation.model.swift import MILLION
from alongside.allocation.percentages import percentage, percentage_as_given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from alongside.allocation.model import PackageModel
    from alongside.allocation.model.combined import Combined
    from alongside.allocation.model.published import (
        Absorption,
        Doubling,
        Group,
        Part,
        Published,
        Service,
        Threshold,
        Whole,
    )

HOW = """\
How a figure is reached, step by step:
1. Each answer has a weight, by its level. The weights of an area are added up.
2. Unpaid care leaves a share of an area's weight: the weight is multiplied by that share.
3. What is left of all areas, and what is added, give the weight of the part.
4. The weight is rounded as the graph says, halves up, and read off the part's line graph, which gives units
   a week.
   Between two points the line is straight; before the first and after the last it is level.
5. The units are multiplied by what circumstances and unpaid care make of them, by how much longer needs
   make everything take, and where an answer is so high that everything takes more, as with two carers.
6. What earlier services already provide is taken off.
7. Units times prices are added up, and mixed with the whole, where there is one, as is said there. Less
   than the least budget counts as nothing, and so does all of it below the threshold, where there is one;
   above the point from which on less is agreed, where there is one, only a share counts. Past the sum
   from which on a package is given instead of all that, where there is one, it is that package. The rest
   is rounded once to the penny, halves up."""
_POINTS_A_LINE = 8


def _learned_from(model: PackageModel) -> str:
    says = f"A package model fitted on {model.experience_.cases:,} cases"
    return f"{says} and {model.imagined_:,} imagined people." if model.imagined_ else f"{says}."


def plain_tables(model: PackageModel) -> str:
    """Write out everything that the figures of a fitted model are worked out from."""
    published, prices = model.published_, model.prices()
    units = {name: _unit(model, name) for name in prices}
    lines = [
        _learned_from(model),
        f"Its digest is {model.digest_}.",
        "",
        *HOW.splitlines(),
        "",
        _prices_of(model),
        *_table(
            [
                (_name(name), f"{pounds_in_full(price)} per {units[name]}")
                for name, price in prices.items()
            ]
        ),
    ]
    if published.base:
        lines.append(f"Every figure starts from £{published.base:,.2f} a week.")
    if published.least:
        lines.append(f"Less than £{published.least:,.2f} a week in all counts as nothing.")
    lines += [f"{each}." for each in bounds(model)]
    lines += _ranks(published)
    lines += _combined(published)
    for number, service in enumerate(published.services, 1):
        lines += ["", *_service(published, number, service, units)]
    if published.threshold:
        lines += ["", *_threshold(published, published.threshold)]
    if published.whole:
        lines += ["", *_whole(published, published.whole)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _prices_of(model: PackageModel) -> str:
    priced = model.rates is not None and TOTAL not in model.services_
    return f"Prices of {day_of_prices(model).isoformat()}" if priced else "Prices"


def bounds(model: Any) -> Iterator[str]:
    """Say what bears on whole budgets, and not on one service, in the order in which it does."""
    published = getattr(model, "published_", None)
    whole, taper, instead = (
        getattr(published, each, None) for each in ("whole", "taper", "instead")
    )
    if whole:
        yield _mixed(whole, whole.point(model.prices()))
    if taper:
        yield f"In the end, {taper}"
    if instead and instead.costs(model.prices()) > 0:
        yield f"Last, {instead.says(model.prices())}"


def _unit(model: PackageModel, service: str) -> str:
    return "pound" if model.rates is None or service == TOTAL else model.rates.unit(service)


def _ranks(published: Published) -> Iterator[str]:
    if not published.ranks:
        return
    yield from ("", "Answers looked up by how high they are among others")
    for rank in published.ranks:
        which = {1: "highest", 2: "second highest"}.get(rank.place, f"number {rank.place}")
        yield f"  {rank.label}: the {which} of {', '.join(map(_name, rank.of))}"
    yield "  Only answers that were given count. With too few of them, it counts as not answered itself."


def _combined(published: Published) -> Iterator[str]:
    if not published.combined:
        return
    yield from ("", "Circumstances looked up together")
    for both in published.combined:
        one, other = map(_name, both.of)
        yield f"  {both.label}: a row for each level of {one}, a column for each of {other}"


def _service(
    published: Published, number: int, service: Service, units: Mapping[str, str]
) -> Iterator[str]:
    title = f"Service {number}: {_name(service.name)}, {units[service.name]}s a week"
    yield from (title, "=" * len(title))
    if service.name in published.too_rare:
        yield "Too few cases had it to learn from. No figure has any of it."
    elif not service.parts:
        yield "It is given instead of everything else alone."
    for place, part in enumerate(service.parts, 1):
        yield f"Part {place} of {len(service.parts)}: {part.says}"
        yield from (f"  {line}" for line in _part(published, part, units[service.name]))
    if len(service.parts) > 1:
        yield "The parts are added up."
    if service.least:
        yield f"Less than {in_full(service.least)} a week counts as none."
    for each in service.absorbed:
        yield _absorbed(each, units)


def _threshold(published: Published, threshold: Threshold) -> Iterator[str]:
    title = "The threshold: whether anything is given at all"
    yield from (title, "=" * len(title))
    for place, part in enumerate(threshold.parts, 1):
        yield f"Part {place} of {len(threshold.parts)}: {part.says}"
        yield from (f"  {line}" for line in _part(published, part, "unit"))
    yield f"Where they come to less than {in_full(threshold.least)} together, nothing is given."


def _whole(published: Published, whole: Whole) -> Iterator[str]:
    title = "The whole: what needs come to in all, as whole budgets tell"
    yield from (title, "=" * len(title))
    for place, part in enumerate(whole.service.parts, 1):
        yield f"Part {place} of {len(whole.service.parts)}: {part.says}"
        yield from (f"  {line}" for line in _part(published, part, "pound"))
    if whole.service.least:
        yield f"Less than {pounds_in_full(whole.service.least)} a week counts as none."
    yield "It moves with prices as these units a week of services do, which come to one pound when it was learned"
    yield from _table([(_name(name), f"{units:.9f}") for name, units in whole.basket.items()])
    yield f"{_mixed(whole, whole.above)}."
    if whole.above:
        yield f"These £{whole.above:,.2f} are at the prices that it was learned at, and move as it does."
    yield "What comes of this is shared out among services as their own units are."


def _mixed(whole: Whole, point: float) -> str:
    """Say how much of a figure the whole is; ``point`` is the pounds a week above which it bears."""
    share, kept = percentage(whole.share), percentage(whole.kept)
    if not whole.above:
        return f"{share} of each figure goes by what needs came to in all, and {kept} by what services come to"
    return (
        f"Of what services come to above £{point:,.2f} a week {kept} is left, and {share} of what needs come to in "
        "all above that is added"
    )


def _absorbed(each: Absorption, units: Mapping[str, str]) -> str:
    return (
        f"Each {units[each.source]} of {_name(each.source)} takes off {percentage_as_given(each.rate)} of it, at most "
        f"{percentage_as_given(each.most)} in all, and at most {percentage_as_given(each.worth)} of that "
        f"{units[each.source]}'s own price."
    )


def _part(published: Published, part: Part, unit: str) -> Iterator[str]:
    for group in part.groups:
        yield from _group(published, group)
    if part.added:
        yield "Added to the weight"
        yield from _by_level(published, part.added, lambda value: f"{value / MILLION:.6f}")
    yield f"The graph: {unit}s a week by weight, to the nearest {in_full(1 / part.graph.per)}"
    yield from _graph(part)
    if part.factors:
        yield "The units are multiplied by"
        yield from _by_level(published, part.factors, lambda value: f"{value:.6f}")
    if part.doubling:
        yield _doubling(published, part.doubling)


def _doubling(published: Published, doubling: Doubling) -> str:
    items = {item.name: item for item in published.looked_up}
    answers = (f"{items[name].label} {level}" for name, level in doubling.answers.items())
    return f"All of it is multiplied by {doubling.times:.6f} from any of these levels on: {', '.join(answers)}"


def _group(published: Published, group: Group) -> Iterator[str]:
    yield f"The weight of {group.area}"
    yield from _by_level(published, group.needs, lambda value: f"{value / MILLION:.6f}")
    if group.left:
        yield f"What unpaid care leaves of {group.area}"
        yield from _by_level(published, group.left, lambda value: percentage(value, ".4%"))


def _by_level(
    published: Published,
    tables: Mapping[str, tuple[float, ...]],
    written: Callable[[float], str],
) -> Iterator[str]:
    """Set tables out with a column for each level, and the missing answer last.

    What circumstances are together stands in tables of its own, which have two ways in.
    """
    combined = {both.name: both for both in published.combined if both.name in tables}
    alone = {name: table for name, table in tables.items() if name not in combined}
    if alone:
        yield from _by_one_level(published, alone, written)
    for name, both in combined.items():
        yield from _by_two_levels(both, [written(value) for value in tables[name]])


def _by_one_level(
    published: Published,
    tables: Mapping[str, tuple[float, ...]],
    written: Callable[[float], str],
) -> Iterator[str]:
    items = {item.name: item for item in published.looked_up}
    most = max(items[name].top for name in tables)
    rows = [("level", *map(str, range(most + 1)), "not answered")]
    for name, values in tables.items():
        *levels, missing = map(written, values)
        blanks = [""] * (most + 1 - len(levels))
        rows.append((items[name].label, *levels, *blanks, missing))
    yield from _table(rows)
    for name in tables:
        edges = items[name].edges
        if edges is not None:
            yield f"  {items[name].label}: levels begin at {', '.join(map(in_full, edges))}"


def _by_two_levels(both: Combined, cells: Sequence[str]) -> Iterator[str]:
    *levels, missing = cells
    one, other = map(_name, both.of)
    rows = [
        (f"{one} {start // both.wide}", *levels[start : start + both.wide])
        for start in range(0, len(levels), both.wide)
    ]
    yield from _table([(both.label, *(f"{other} {n}" for n in range(both.wide))), *rows])
    yield f"  {both.label}, where either is not answered: {missing}"


def _graph(part: Part) -> Iterator[str]:
    x, y = part.graph.x, part.graph.y
    for start in range(0, len(x), _POINTS_A_LINE):
        some = slice(start, start + _POINTS_A_LINE)
        weights, found = (tuple(f"{each:.6f}" for each in of[some]) for of in (x, y))
        yield from _table([("weight", *weights), ("units", *found)])


def _table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Align cells in columns: the first to the left, the others to the right."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join(["", first.ljust(widths[0]), *cells])


def _name(column: str) -> str:
    kind, _, rest = column.partition("_")
    return (rest if kind in KINDS else column).replace("_", " ")
