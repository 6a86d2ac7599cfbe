"""From the answers of a needs profile to an indicative budget whose lines add up to the penny.

The figure comes from a published method: a file that people can read, with a digest. This module
puts the method's answer into lines with words, and says in sentences what the figure cannot tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

HERE = Path(__file__).parent / "methods"
PENNY = Decimal("0.01")
# With fewer of the needs answered than this, a figure would say more about the method than the person.
LEAST_ANSWERED = 0.5


class CannotWorkOutError(Exception):
    """There is no honest figure for these answers: a sentence saying why, and what to do."""


@dataclass(frozen=True)
class Line:
    """A part of the figure: what it is for, and pounds a week."""

    code: str
    label: str
    amount: Decimal
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "label": self.label,
            "amount": str(self.amount),
            "detail": self.detail,
        }


@dataclass(frozen=True)
class Method:
    """A published version of a method, ready to work with."""

    name: str
    version: str
    digest: str
    content: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Method:
        """Read a method; its digest covers everything in it.

        Raises
        ------
        ValueError
            When it has no name, version or kind that is known here.
        """
        missing = [key for key in ("name", "version", "kind") if not content.get(key)]
        if missing or content.get("kind") != "points":
            raise ValueError(
                f"This is not a method that can be used here: {', '.join(missing) or 'unknown kind'}."
            )
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        return cls(str(content["name"]), str(content["version"]), digest, content)


@dataclass(frozen=True)
class Estimate:
    """An indicative budget: pounds a week, its range, its lines, and what it cannot tell."""

    weekly: Decimal
    lower: Decimal | None
    upper: Decimal | None
    lines: tuple[Line, ...]
    problems: tuple[str, ...]
    rates_on: date
    method: Method


@lru_cache(maxsize=1)
def example() -> Method:
    """Give the method that ships, for agencies that have not put one of their own in use."""
    return Method.from_json(json.loads((HERE / "example.json").read_text(encoding="utf-8")))


def work_out(
    answers: Mapping[str, int | None], *, on: date, method: Method | None = None
) -> Estimate:
    """Work out an indicative budget from the answers of a needs profile.

    ``answers`` maps each question's link id to its level, ``None`` where it was not answered.

    Raises
    ------
    CannotWorkOutError
        When too little is answered, or a level is not one that the question has.
    """
    method = method or example()
    content = method.content
    _check(answers, content)
    missing = [name for name in content["points"] if answers.get(name) is None]
    levels = {name: _level(answers, name, content) for name in content["points"]}
    weekly, lines = _points(levels, content)
    spread = Decimal(str(content["spread"]))
    return Estimate(
        weekly=weekly,
        lower=_penny(weekly / spread),
        upper=_penny(weekly * spread),
        lines=lines,
        problems=_problems(missing),
        rates_on=on,
        method=method,
    )


def _check(answers: Mapping[str, int | None], content: Mapping[str, Any]) -> None:
    needs = [name for name in content["points"] if name.startswith("need_")]
    answered = [name for name in needs if answers.get(name) is not None]
    if len(answered) < LEAST_ANSWERED * len(needs):
        raise CannotWorkOutError(
            _(
                "Only %(answered)s of %(all)s questions about needs are answered, which is too few for "
                "a figure. Go on with the needs profile, or write the plan first."
            )
            % {"answered": len(answered), "all": len(needs)}
        )
    for name in content["points"]:
        level = answers.get(name)
        if level is not None and not 0 <= level <= content["levels"][name]:
            raise CannotWorkOutError(
                _(
                    "The answer to “%(name)s” is %(level)s, which is not one of its levels. Correct it."
                )
                % {"name": name, "level": level}
            )


def _level(answers: Mapping[str, int | None], name: str, content: Mapping[str, Any]) -> int:
    level = answers.get(name)
    return int(content["usual"][name]) if level is None else level


def _points(
    levels: Mapping[str, int], content: Mapping[str, Any]
) -> tuple[Decimal, tuple[Line, ...]]:
    """Price each group of answers; what unpaid carers do is taken off, never below nothing."""
    amounts: dict[str, Decimal] = dict.fromkeys(content["groups"], Decimal(0))
    for name, level in levels.items():
        amounts[content["group_of"][name]] += Decimal(str(content["points"][name])) * level
    lines = {code: _penny(amount) for code, amount in amounts.items() if _penny(amount)}
    start = _penny(Decimal(str(content["start"])))
    if start:
        lines = {"start": start, **lines}
    total = sum(lines.values(), Decimal(0))
    if total < 0:
        lines["least"] = -total
    labels = {**content["groups"], "start": _("To begin with"), "least": _("Never below nothing")}
    return max(total, Decimal(0)), tuple(
        Line(code, str(labels[code]), amount) for code, amount in lines.items()
    )


def _problems(missing: list[str]) -> tuple[str, ...]:
    if not missing:
        return ()
    number = len(missing)
    return (
        ngettext(
            "%(number)s question was not answered. The figure takes what is usual for it.",
            "%(number)s questions were not answered. The figure takes what is usual for them.",
            number,
        )
        % {"number": number},
    )


def _penny(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)
