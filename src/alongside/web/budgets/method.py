"""From the answers of a needs profile to an indicative budget whose lines add up to the penny.

The figure comes from a published method: a package model, a file that people can read, with a digest.
This module asks it, puts its answer into lines with words, and says in sentences what the figure
cannot tell.
"""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alongside.web.design.templatetags.design import money

if TYPE_CHECKING:
    from alongside.allocation import Explanation, PackageModel
    from alongside.allocation import Line as ModelLine

HERE = Path(__file__).parent / "methods"
PENNY = Decimal("0.01")
COVERAGE = 0.9
# With fewer of the needs answered than this, a figure would say more about the method than the person.
LEAST_ANSWERED = 0.5


class CannotWorkOutError(Exception):
    """There is no honest figure for these answers: a sentence saying why, and what to do."""


@dataclass(frozen=True)
class Line:
    """A part of the figure: for which service, because of which answer, in pounds a week."""

    service: str
    label: str
    item: str
    amount: Decimal
    kind: str = ""

    def as_json(self) -> dict[str, str]:
        """Write the line as it is kept; amounts are text, so that they stay exact."""
        return {
            "code": self.service,
            "label": self.label,
            "item": self.item,
            "kind": self.kind,
            "amount": str(self.amount),
        }


@dataclass(frozen=True)
class Method:
    """A published version of a method, ready to work with."""

    name: str
    version: str
    digest: str
    content: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, name: str, version: str, content: Mapping[str, Any]) -> Method:
        """Take a method as it was saved.

        Raises
        ------
        ValueError
            When it is not a package model, or was altered after it was saved.
        """
        if not name.strip() or not version.strip():
            raise ValueError(_("A method has a name and a version."))
        read_model(content)
        return cls(name, version, str(content["digest"]), content)

    @property
    def in_no_figure(self) -> dict[str, str]:
        """The services that too few people had for the method to learn from, with their labels."""
        model = _model(self.content)
        return {code: _label(model, code) or code for code in model.too_rare_}

    def model(self, on: date) -> PackageModel:
        """Give the model at the prices of a day."""
        model = copy.copy(_model(self.content))
        model.on = on
        return model


_MODELS: dict[str, PackageModel] = {}


def _model(content: Mapping[str, Any]) -> PackageModel:
    """Read a model once a process: the numerical libraries are only imported when a figure is asked for."""
    digest = str(content.get("digest", ""))
    if digest not in _MODELS:
        _MODELS[digest] = read_model(content)
    return _MODELS[digest]


def read_model(content: Mapping[str, Any]) -> PackageModel:
    """Read a model from its content.

    Raises
    ------
    ValueError
        When it is not a package model, or was altered after it was saved.
    """
    from alongside.allocation import ModelInputError, PackageModel

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "method.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        try:
            return PackageModel.load(file)
        except ModelInputError as problem:
            raise ValueError(str(problem)) from problem


@dataclass(frozen=True)
class Estimate:
    """An indicative budget: pounds a week, its range, its lines, and what it cannot tell."""

    weekly: Decimal
    lower: Decimal | None
    upper: Decimal | None
    lines: tuple[Line, ...]
    unanswered: int
    too_little: str
    below: bool
    rates_on: date
    method: Method

    @property
    def problems(self) -> list[dict[str, Any]]:
        """What the figure cannot tell, to be put into words for each reader."""
        told = {
            "below_the_threshold": self.below,
            "too_little": self.too_little,
            "unanswered": self.unanswered,
        }
        return [{what: which} for what, which in told.items() if which]


@lru_cache(maxsize=1)
def example() -> Method:
    """Give the method that ships, for agencies that have not put one of their own in use."""
    content = json.loads((HERE / "example.json").read_text(encoding="utf-8"))
    return Method("Example method", "2026.11", str(content["digest"]), content)


def work_out(
    answers: Mapping[str, int | None], *, on: date, method: Method | None = None
) -> Estimate:
    """Work out an indicative budget from the answers of a needs profile.

    ``answers`` maps each question's link id to its level, ``None`` where it was not answered.

    Raises
    ------
    CannotWorkOutError
        When too little is answered, an answer is not one that the method knows, or nobody like this
        was among those that the method learned from.
    """
    from alongside.allocation import AllocationInputError
    from alongside.allocation.model.explain import BELOW

    method = method or example()
    model = method.model(on)
    asked = [item.name for item in model.published_.items]
    missing = _missing(answers, asked)
    case = {name: answers.get(name) for name in asked}
    try:
        explained = model.explain(case)
        low, high = model.predict_interval(_one_row(case), COVERAGE)
    except AllocationInputError as problem:
        raise CannotWorkOutError(str(problem)) from problem
    if explained.refusal:
        raise CannotWorkOutError(
            _("%(why)s Write the plan first, and cost it need by need.")
            % {"why": " ".join(explained.refusal)}
        )
    weekly = explained.total.quantize(PENNY)
    return Estimate(
        weekly=weekly,
        lower=min(max(_penny(low[0]), Decimal(0)), weekly),
        upper=max(_penny(high[0]), weekly),
        lines=_lines(explained, model),
        unanswered=len(missing),
        too_little=_least(explained, model),
        below=_has(explained, BELOW),
        rates_on=on,
        method=method,
    )


@dataclass(frozen=True)
class Figure:
    """A figure as it was worked out: from which answers, by which method, at the prices of which day."""

    weekly: Decimal
    answers: Mapping[str, int | None] = field(repr=False)
    method: Method
    rates_on: date


def explain_again(figure: Figure) -> tuple[Line, ...]:
    """Say line by line how a figure that was kept came about.

    Empty where the method does not give that figure to the penny from those answers.
    """
    from alongside.allocation import AllocationInputError

    model = figure.method.model(figure.rates_on)
    case = {item.name: figure.answers.get(item.name) for item in model.published_.items}
    try:
        explained = model.explain(case)
    except AllocationInputError:
        return ()
    return _lines(explained, model) if explained.total == figure.weekly else ()


@dataclass(frozen=True)
class Cause:
    """A part of a change: the answer that changed, or ``rates``, ``method`` or ``rounding``."""

    item: str
    amount: Decimal


def why_it_changed(before: Figure, now: Figure) -> tuple[Cause, ...]:
    """Say which factors changed one person's figure, in parts that add up to the penny.

    Empty where the parts cannot be told: where a method today gives another figure than was kept.
    """
    from alongside.allocation import AllocationInputError

    old, new = before.method.model(before.rates_on), now.method.model(now.rates_on)
    asked_then, asked_now = ([item.name for item in m.published_.items] for m in (old, new))
    then = {name: before.answers.get(name) for name in asked_then}
    try:
        if set(asked_then) <= set(asked_now):
            today = {name: now.answers.get(name) for name in asked_now}
            found = new.explain_change(then, today, since=old)
        else:
            # What only the old method asked has not changed because the new one does not ask it.
            today = {name: now.answers.get(name) for name in asked_then}
            found = old.explain_change(then, today)
    except AllocationInputError:
        return ()
    causes = [Cause(line.item, line.amount) for line in found.lines if line.amount]
    if found.before != before.weekly:
        return ()
    if set(asked_then) <= set(asked_now):
        return tuple(causes) if found.after == now.weekly else ()
    rest = now.weekly - found.after
    return (*causes, Cause("method", rest)) if rest else tuple(causes)


def _one_row(case: Mapping[str, int | None]) -> Any:
    import polars as pl

    return pl.DataFrame({name: pl.Series([level], dtype=pl.Int64) for name, level in case.items()})


def _missing(answers: Mapping[str, int | None], asked: list[str]) -> list[str]:
    """Name the questions without an answer; refuse when hardly any need has one."""
    missing = [name for name in asked if answers.get(name) is None]
    needs = [name for name in asked if name.startswith("need_")]
    answered = [name for name in needs if name not in missing]
    if len(answered) < LEAST_ANSWERED * len(needs):
        raise CannotWorkOutError(
            _(
                "Only %(answered)s of %(all)s questions about needs are answered, which is too few for "
                "a figure. Go on with the needs profile, or write the plan first."
            )
            % {"answered": len(answered), "all": len(needs)}
        )
    return missing


def _lines(explained: Explanation, model: PackageModel) -> tuple[Line, ...]:
    """Give the model's lines, those for one service and one answer put together; none is dropped."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    for line in explained.lines:
        key = (line.service, line.item or _kind(line), line.kind)
        sums[key] = sums.get(key, Decimal("0.00")) + line.amount
    return tuple(
        Line(service, _label(model, service), item, amount, kind)
        for (service, item, kind), amount in sums.items()
        if amount
    )


def _least(explained: Explanation, model: PackageModel) -> str:
    """Give the smallest budget that is told, where this one would be less."""
    from alongside.allocation.model.explain import TOO_LITTLE

    return f"{model.published_.least:.2f}" if _has(explained, TOO_LITTLE) else ""


def _has(explained: Explanation, kind: str) -> bool:
    return any(line.kind == kind for line in explained.lines)


def _label(model: PackageModel, service: str) -> str:
    return model.rates.label(service) if model.rates is not None and service in model.rates else ""


def _kind(line: ModelLine) -> str:
    return line.kind.replace(" ", "_")


def problem_in_words(problem: Mapping[str, Any]) -> str:
    """Say what a figure cannot tell, in the reader's language."""
    if "unanswered" in problem:
        return unanswered_in_words(problem["unanswered"])
    if "below_the_threshold" in problem:
        return _(
            "People with answers like these were given nothing, in the cases that the method learned from. "
            "So the figure is nothing. It does not say whether somebody is eligible, or that the plan may "
            "cost nothing."
        )
    return _(
        "Answers like these come to less than %(least)s a week, and hardly anybody was given less than "
        "that. So the figure is nothing. It does not say whether somebody is eligible, or that the plan "
        "may cost nothing."
    ) % {"least": money(Decimal(problem["too_little"]))}


def unanswered_in_words(number: int) -> str:
    """Say what a figure took for granted, in the reader's language."""
    return ngettext(
        "%(number)s question was not answered. The figure takes what is usual for it.",
        "%(number)s questions were not answered. The figure takes what is usual for them.",
        number,
    ) % {"number": number}


def _penny(amount: float) -> Decimal:
    return Decimal(str(float(amount))).quantize(PENNY, rounding=ROUND_HALF_UP)
