"""Says how a figure was reached, and what changed it, in lines that add up to the penny."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alongside.allocation.model.encoding import CIRC, KINDS, NEED, Item, ModelInputError
from alongside.allocation.model.published import (
    HARDLY_LONGER,
    Published,
    Service,
    cost,
    to_penny,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]

STARTING, ABSORBED, TOO_LITTLE, BELOW, IN_PART, INSTEAD, UNPAID_CARE, CIRCUMSTANCE, ROUNDING = (
    "starting point",
    "already provided",
    "too little",
    "below the threshold",
    "in part",
    "instead",
    "unpaid care",
    "circumstance",
    "rounding",
)
RATES, METHOD, POLICY = "rates", "method", "policy"
UNIT = "unit"
# What is said where there is no line to say anything.
NOTHING = "These answers bring nothing of any service, or less than is given of each."
_HARDLY = 1e-4  # pounds
_HARDLY_A_START = 0.05  # pounds: not worth a line, so it goes with the first that there is
_KIND_SAYS = {NEED: NEED, "unpaid": UNPAID_CARE, CIRC: CIRCUMSTANCE}


@dataclass(frozen=True)
class Line:
    """One line of an explanation.

    ``amount`` is pounds a week, and may be negative; ``units`` is how far the quantity of
    ``service`` moves, where the line is about one service.
    """

    kind: str
    item: str
    service: str
    amount: Decimal
    units: float
    says: str


class Draft(NamedTuple):
    """A line before it is rounded to the penny."""

    kind: str
    item: str
    service: str
    pounds: float
    units: float
    says: str


@dataclass(frozen=True)
class Explanation:
    """Lines that add up to ``total`` (pounds a week) to the penny.

    ``refusal`` is empty, or says why this profile is too unlike those that the model learned
    from for the figure to be used.
    """

    lines: tuple[Line, ...]
    total: Decimal
    quantities: dict[str, float]
    refusal: tuple[str, ...] = ()

    def by_service(self) -> dict[str, Decimal]:
        """Pounds a week of each service, adding up to the total."""
        return _sums(self.lines, "service")

    def by_item(self) -> dict[str, Decimal]:
        """Pounds a week by need, help or circumstance, adding up to the total."""
        return _sums(self.lines, "item")

    def __str__(self) -> str:
        rows = [f"{line.amount:>10}  {line.says}" for line in self.lines] or [NOTHING]
        doubts = [f"Do not use this figure. {each}" for each in self.refusal]
        return "\n".join([*rows, f"{self.total:>10}  pounds a week", *doubts])


@dataclass(frozen=True)
class Change:
    """Lines that add up to ``after`` less ``before``, pounds a week, to the penny.

    ``notes`` are sentences on what the lines do not tell apart.
    """

    lines: tuple[Line, ...]
    before: Decimal
    after: Decimal
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = [f"{line.amount:>+10}  {line.says}" for line in self.lines]
        ends = f"{self.before:>10}  before", f"{self.after:>10}  after"
        return "\n".join([ends[0], *rows, ends[1], *self.notes])


def _sums(lines: Sequence[Line], name: str) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for line in lines:
        key = getattr(line, name)
        totals[key] = totals.get(key, Decimal(0)) + line.amount
    return totals


def pennies(pounds: float) -> int:
    """Whole pennies of a figure that is already rounded to the penny."""
    return round(float(pounds) * 100)


def as_pounds(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


def share_pennies(parts: Sequence[float], total: int) -> list[int]:
    """Round amounts (pennies) to whole pennies that add up to the total.

    Largest remainders first, so that no line moves by a penny or more where it need not.
    """
    exact = np.asarray(parts, dtype=float)
    floors = np.floor(exact).astype(np.int64)
    left = total - int(floors.sum())
    if not len(exact):
        return []
    order = np.argsort(-(exact - floors), kind="stable")
    each, extra = divmod(left, len(exact))
    floors += each
    floors[order[:extra]] += 1
    return [int(value) for value in floors]


def positions_said(item: Item, position: int) -> str:
    """Say an answer for people to read."""
    if position == item.missing:
        return "not answered"
    if item.edges is not None:
        return f"band {position} of {item.top}"
    return (
        f"{position} of {item.top}"
        if item.kind != CIRC or item.top > 1
        else ("yes" if position else "no")
    )


def ordered_items(model: Published) -> list[int]:
    """Places of items in the order of explanations: needs, circumstances, unpaid care."""
    order = (NEED, CIRC, KINDS[1])
    return sorted(range(len(model.items)), key=lambda p: (order.index(model.items[p].kind), p))


def path(before: Codes, after: Codes, places: Sequence[int]) -> Codes:
    """Profiles from one to the other, changing one answer at a time."""
    rows = np.repeat(before[None, :], len(places) + 1, axis=0)
    for number, place in enumerate(places):
        rows[number + 1 :, place] = after[place]
    return rows


def counted(amount: float, unit: str, *, sign: str = "+") -> str:
    """Say a quantity in its unit, where that is one plain word, such as "+2.50 hours"."""
    shown = f"{amount:{sign}.2f}"
    word = unit if unit.isalpha() else "unit"
    one = shown.lstrip("+-") == "1.00" or word.endswith("s")
    return f"{shown} {word}" if one else f"{shown} {word}s"


def explain_figure(
    model: Published, codes: Codes, prices: dict[str, float], units: Mapping[str, str]
) -> Explanation:
    """Explain one profile: from no need and no help, each answer in turn, absorption, then what bounds the whole.

    ``units`` says in what each service is counted, such as ``hour``.
    """
    places = [p for p in ordered_items(model) if codes[p] != 0]
    walk = path(np.zeros_like(codes), codes, places)
    along, left = _quantities(model, walk, prices)
    net = model.quantities(codes[None, :], prices)
    total = pennies(model.pounds(codes[None, :], prices)[0])
    kind, why = _why_other(model, codes, prices)
    drafts: list[Draft] = []
    if model.base:
        drafts.append(Draft(STARTING, STARTING, STARTING, model.base, 0.0, "the starting point"))
    for service in model.services:
        name, price = service.name, prices[service.name]
        label, unit = name.replace("_", " "), units.get(name, UNIT)
        drafts += _by_answer(model, service, codes, places, along[name], price, unit)
        moved = float(left[name] - along[name][-1])
        if service.absorbed and abs(moved * price) >= _HARDLY:
            by = " and ".join(each.source.replace("_", " ") for each in service.absorbed)
            says = f"{label}, already provided by {by}: {counted(moved, unit)}"
            drafts.append(Draft(ABSORBED, ABSORBED, name, moved * price, moved, says))
        moved = float(net[name][0] - left[name])
        if moved:
            says = f"{label}, as {why}: {counted(moved, unit)}"
            drafts.append(Draft(kind, kind, name, moved * price, moved, says))
    lines = _lines(drafts, total)
    return Explanation(lines, as_pounds(total), {name: float(v[0]) for name, v in net.items()})


def _quantities(
    model: Published, walk: Codes, prices: dict[str, float]
) -> tuple[dict[str, Floats], dict[str, float]]:
    """Give units of every service along a walk, and at its end less what others provide already.

    No answer is the reason for what a least takes away: units along the walk are as they would be
    without leasts, and none of a service of which nothing is given in the end. Where a model has a
    whole, each service has its share of that: as large as its share of the money at the end.
    """
    bare, last = model.without_leasts, walk[-1:]
    given = model.before_least(last, prices, absorb=False)
    along = {
        name: np.where(given[name] > 0, units, 0.0)
        for name, units in bare.before_least(walk, prices, absorb=False).items()
    }
    left = model.before_least(last, prices)
    if model.whole:
        whole = model.whole
        end = whole.shared_out(left, whole.added(model.of_whole(last), prices), prices)
        part = _of_the_last(whole.added(bare.of_whole(walk), prices))
        # Taken from all answers alike, or one would seem to lessen services that it has nothing to do with.
        kept = whole.part_left(cost(left, prices), prices)
        along = {name: kept * along[name] + part * end[name] for name in along}
        left = {name: kept * left[name] + end[name] for name in left}
    return along, {name: float(units[0]) for name, units in left.items()}


def _of_the_last(pounds: Floats) -> Floats:
    """Give amounts as shares of the last; nothing, where that is nothing."""
    return pounds / pounds[-1] if pounds[-1] else np.zeros(len(pounds))


def _by_answer(
    model: Published,
    service: Service,
    codes: Codes,
    places: Sequence[int],
    units: Floats,
    price: float,
    unit: str,
) -> Iterator[Draft]:
    """Say what each answer in turn makes of a service; ``units`` are those after each."""
    label = service.name.replace("_", " ")
    first = float(units[0])
    if abs(first * price) >= _HARDLY_A_START:
        yield _start(service, first, price, unit)
        first = 0.0
    for number, place in enumerate(places):
        moved = float(units[number + 1] - units[number])
        item = model.items[place]
        if abs(moved * price) >= _HARDLY:
            moved, first = moved + first, 0.0
            said = positions_said(item, int(codes[place]))
            said += _together(model, service, codes, item)
            said += _slower(service, int(codes[place]), item)
            said += _doubled(model, service, codes, item)
            says = f"{label}, because of {item.label} ({said}): {counted(moved, unit)}"
            kind = _KIND_SAYS[item.kind]
            yield Draft(kind, item.name, service.name, moved * price, moved, says)
    if first:
        yield _start(service, first, price, unit)


def _start(service: Service, units: float, price: float, unit: str) -> Draft:
    says = f"{service.name.replace('_', ' ')}, before any need: {counted(units, unit, sign='')}"
    return Draft(STARTING, STARTING, service.name, units * price, units, says)


def _together(model: Published, service: Service, codes: Codes, item: Item) -> str:
    """Name the circumstances before this one that a service, or the whole that it shares in, looks up with it."""
    whole = model.whole.service.parts if model.whole else ()
    looked_up = {name for part in (*service.parts, *whole) for name in (*part.added, *part.factors)}
    places = {each.name: place for place, each in enumerate(model.items)}
    others = [
        places[both.of[0]]
        for both in model.combined
        if both.name in looked_up and both.of[1] == item.name
    ]
    return "".join(
        f", with {model.items[place].label} {positions_said(model.items[place], int(codes[place]))}"
        for place in others
        if codes[place] != 0
    )


def _slower(service: Service, position: int, item: Item) -> str:
    """Say that an answer makes all of a service take longer."""
    if item.kind != NEED or position == item.missing:
        return ""
    tables = [part.factors[item.name] for part in service.parts if item.name in part.factors]
    return (
        ", which makes all of it take longer"
        if any(t[position] > HARDLY_LONGER for t in tables)
        else ""
    )


def _doubled(model: Published, service: Service, codes: Codes, item: Item) -> str:
    """Say that an answer is so high that all of a service is multiplied, as by two carers."""
    position = int(codes[[each.name for each in model.items].index(item.name)])
    speaks = {
        item.name,
        *(rank.name for rank in model.ranks if rank.place == 1 and item.name in rank.of),
    }
    doublings = (part.doubling for part in service.parts if part.doubling)
    reached = any(
        name in speaks and level <= position != item.missing
        for doubling in doublings
        for name, level in doubling.answers.items()
    )
    return ", from which on all of it is multiplied" if reached else ""


def _why_other(model: Published, codes: Codes, prices: dict[str, float]) -> tuple[str, str]:
    """Say why somebody is given nothing, or something else than needs come to, and of what kind that is."""
    pounds = model.without_instead(codes[None, :], prices)
    if model.instead and model.instead.given(pounds, prices)[0]:
        return INSTEAD, model.instead.says(prices)
    if to_penny(pounds)[0] and model.taper:
        return IN_PART, str(model.taper)
    if not model.reaches(codes[None, :])[0]:
        return BELOW, "people with needs like these were given nothing at all"
    return TOO_LITTLE, f"less than £{model.least:,.2f} a week in all is not given"


def _lines(drafts: Sequence[Draft], total: int) -> tuple[Line, ...]:
    """Round drafts to pennies, service by service; what belongs to no line is a line of its own.

    So a service of which nothing is left in the end comes to no penny either.
    """
    exact = [100 * draft.pounds for draft in drafts]
    rest = total - round(sum(exact))
    places: dict[str, list[int]] = {}
    for place, draft in enumerate(drafts):
        places.setdefault(draft.service, []).append(place)
    of_services = share_pennies(
        [sum(exact[n] for n in own) for own in places.values()], total - rest
    )
    shared = [0] * len(exact)
    for own, amount in zip(places.values(), of_services, strict=True):
        for place, part in zip(own, share_pennies([exact[n] for n in own], amount), strict=True):
            shared[place] = part
    lines = [
        Line(each.kind, each.item, each.service, as_pounds(amount), each.units, each.says)
        for each, amount in zip(drafts, shared, strict=True)
        if amount
    ]
    if rest:
        lines.append(Line(ROUNDING, ROUNDING, ROUNDING, as_pounds(rest), 0.0, "rounding"))
    return tuple(lines)


@dataclass(frozen=True)
class Setting:
    """A model at its prices, with one person's answers as positions in it."""

    model: Published
    prices: dict[str, float]
    codes: Codes
    policy: Decimal = Decimal(0)

    def figure(self) -> int:
        return pennies(self.model.pounds(self.codes[None, :], self.prices)[0])


def read_policy(given: Any) -> tuple[Decimal, Decimal]:
    """Read the pounds that policy added before and after.

    Raises
    ------
    ModelInputError
        Where they are not two amounts to the penny.

    """
    try:
        before, after = (Decimal(str(each)) for each in ([] if isinstance(given, str) else given))
        if before == round(before, 2) and after == round(after, 2):
            return before, after
    except (ArithmeticError, TypeError, ValueError):
        pass
    raise ModelInputError(
        f"policy is {given!r}. Give the pounds that it added before and after, to the penny, as "
        "(Decimal('0'), Decimal('-5.50'))."
    )


def explain_difference(
    before: Setting,
    middle: Setting,
    repriced: Setting,
    after: Setting,
    notes: tuple[str, ...] = (),
) -> Change:
    """Tell apart what a change of figure is due to.

    From ``before`` to ``middle`` only answers change, by the old method at the old rates; from
    ``middle`` to ``repriced`` only rates; from there to ``after`` only the method; last comes
    policy, a sum of pounds stated beside the figure.
    """
    model = before.model
    places = [p for p in ordered_items(model) if before.codes[p] != middle.codes[p]]
    walk = path(before.codes, middle.codes, places)
    pounds = model.unrounded(walk, before.prices)
    start, end = before.figure(), after.figure()
    drafts = []
    for number, place in enumerate(places):
        item = model.items[place]
        was = positions_said(item, int(before.codes[place]))
        now = positions_said(item, int(middle.codes[place]))
        moved = float(pounds[number + 1] - pounds[number])
        says = f"{item.label}, from {was} to {now}"
        drafts.append(Draft(_KIND_SAYS[item.kind], item.name, "", moved, 0.0, says))
    old = float(pounds[-1])
    new_rates = float(repriced.model.unrounded(repriced.codes[None, :], repriced.prices)[0])
    new = float(after.model.unrounded(after.codes[None, :], after.prices)[0])
    drafts.append(Draft(RATES, RATES, "", new_rates - old, 0.0, "new rates for the same services"))
    drafts.append(Draft(METHOD, METHOD, "", new - new_rates, 0.0, "a new version of the method"))
    lines = list(_lines(drafts, end - start))
    policy = after.policy - before.policy
    if policy:
        says = f"policy: the adjustment, from {before.policy:,.2f} to {after.policy:,.2f}"
        lines.append(Line(POLICY, POLICY, "", policy, 0.0, says))
    figures = as_pounds(start) + before.policy, as_pounds(end) + after.policy
    return Change(tuple(lines), *figures, notes)


__all__ = ["Change", "Explanation", "Line", "to_penny"]
