"""The person's copy of their plan, as an accessible PDF: their words, who does what, and the money line by line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.web.budgets.periods import days_in_words
from alongside.web.design.paper import typeset
from alongside.web.plans.models import Plan, PlanLine, PlanOutcome, PlanRisk
from alongside.web.plans.rates import quantity_in_words

TEMPLATE = Path(__file__).parent / "print" / "plan.typ"


def pounds(amount: Decimal) -> str:
    """Write an amount as it is printed."""
    return f"£{amount:,.2f}"


def as_pdf(
    plan: Plan,
    outcomes: Sequence[PlanOutcome],
    lines: Sequence[PlanLine],
    risks: Sequence[PlanRisk],
    *,
    large: bool,
) -> bytes:
    """Typeset the copy of a plan in standard or large print: a tagged PDF (PDF/UA-1)."""
    content = _content(plan, outcomes, lines, risks) | {"large": large}
    return typeset(TEMPLATE, content)


def _content(
    plan: Plan,
    outcomes: Sequence[PlanOutcome],
    lines: Sequence[PlanLine],
    risks: Sequence[PlanRisk],
) -> dict[str, Any]:
    name = plan.person.known_as
    return {
        "title": _("%(name)s’s plan") % {"name": name},
        "language": (get_language() or "en")[:2],
        "footer": _("Plan from %(day)s") % {"day": date_format(plan.since, "j F Y")},
        "opening": [
            _(
                "This plan says what you want from your life, and what will be done about it. It starts on %(day)s."
            )
            % {"day": date_format(plan.since, "j F Y")}
        ],
        "outcomes": _outcomes(outcomes, lines),
        "money": _money(plan, lines),
        "parts": _parts(plan, risks),
    }


def _outcomes(outcomes: Sequence[PlanOutcome], lines: Sequence[PlanLine]) -> list[dict[str, Any]]:
    found = [
        {
            "words": each.words,
            "lines": [_done(line) for line in lines if line.outcome_id == each.pk],
        }
        for each in outcomes
    ]
    rest = [_done(line) for line in lines if line.outcome_id is None]
    return [*found, *([{"words": _("And also"), "lines": rest}] if rest else [])]


def _done(line: PlanLine) -> dict[str, str]:
    themselves = line.who == PlanLine.Who.SELF
    who = line.who_name or (_("You") if themselves else line.get_who_display())
    parts = [str(who), how_much(line), days(line)]
    if line.quantity and line.pays == PlanLine.Pays.NOBODY:
        parts.append(_("Costs nothing"))
    if line.how_we_know:
        parts.append(_("We will know it works when: %(words)s") % {"words": line.how_we_know})
    return {"action": line.action, "detail": " · ".join(part for part in parts if part)}


def how_much(line: PlanLine) -> str:
    """Write how much of something there is: ``3.5 hours every week``."""
    if not line.quantity:
        return str(line.get_often_display()) if line.often == PlanLine.Often.ONE_OFF else ""
    often = str(line.get_often_display())
    return f"{quantity_in_words(line.quantity, line.unit)} {often[:1].lower()}{often[1:]}"


def days(line: PlanLine) -> str:
    """Say from when until when a line is done, where it has days of its own."""
    return days_in_words(line.since, line.until)


def _what_for(line: PlanLine) -> str:
    return " · ".join(part for part in (line.action, days(line)) if part)


def _a_week(plan: Plan) -> list[str]:
    """Say what the budget is a week; and when it is how much, where it is not always the same."""
    told = {"weekly": pounds(plan.weekly)}
    if not plan.weekly:
        return [_("There is no weekly money in this plan.")]
    if not plan.periods:
        return [_("Your personal budget is %(weekly)s a week.") % told]
    return [_("Your personal budget is up to %(weekly)s a week.") % told, *plan.varies_for_them]


def _money(plan: Plan, lines: Sequence[PlanLine]) -> dict[str, Any]:
    paid = [line for line in lines if line.pays == PlanLine.Pays.BUDGET]
    weekly = [line for line in paid if line.often == PlanLine.Often.WEEKLY and line.amount]
    once = [line for line in paid if line.often == PlanLine.Often.ONE_OFF and line.amount]
    closing = [
        _("Paid once: %(what)s, %(amount)s.")
        % {"what": _what_for(line), "amount": pounds(line.amount)}
        for line in once
    ]
    if plan.contribution is not None:
        pay = _("You pay %(amount)s a week towards it.") % {"amount": pounds(plan.contribution)}
        closing.append(pay)
    elif plan.costs:
        closing.append(_("We will write to you about whether you need to pay anything towards it."))
    if plan.pays_less_sometimes:
        closing.append(_("In weeks that cost less than that, you pay no more than they cost."))
    return {
        "title": _("The money"),
        "opening": _a_week(plan),
        "head": [_("What it is for"), _("Each week")],
        "lines": [{"label": _what_for(line), "amount": pounds(line.amount)} for line in weekly],
        # Lines of different days add up to what no week costs.
        "total": None
        if plan.periods
        else {"label": _("Each week, in all"), "amount": pounds(plan.weekly)},
        "closing": closing,
    }


def _parts(plan: Plan, risks: Sequence[PlanRisk]) -> list[dict[str, Any]]:
    parts: list[tuple[str, list[str]]] = [
        (_("What the money is for"), [plan.spend_on]),
        (_("What the money is not for"), [plan.not_spend_on]),
        (
            _("Risks that are worth taking"),
            [f"{risk.risk} {risk.safer}".strip() for risk in risks],
        ),
        (
            _("If things do not go as planned"),
            [
                plan.contingency,
                _("Ring first: %(who)s") % {"who": plan.ring_first} if plan.ring_first else "",
            ],
        ),
        (_("Who decided"), _decision(plan)),
    ]
    kept = [(title, [text for text in texts if text.strip()]) for title, texts in parts]
    return [{"title": title, "sentences": texts} for title, texts in kept if texts]


def _decision(plan: Plan) -> list[str]:
    decided = ""
    if plan.decided_by is not None and plan.decided_at is not None:
        decided = _("%(who)s agreed this plan on %(day)s.") % {
            "who": plan.decided_by.name,
            "day": date_format(plan.decided_at, "j F Y"),
        }
    telephone = plan.held_by.telephone
    ask = _(
        "If you do not agree, say so. You can tell the person who wrote it with you, or ring %(agency)s%(number)s."
    ) % {
        "agency": plan.held_by.name,
        "number": f" – {telephone}" if telephone else "",
    }
    return [
        decided,
        plan.decision_words,
        ask,
        _("Somebody else will then look at it, and write to you."),
    ]
