"""What is read about budgets. Row security has already decided which rows there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.utils.translation import gettext_lazy as _

from alongside.web.access.models import Agency
from alongside.web.budgets.codes import service_words
from alongside.web.budgets.method import (
    Cause,
    Figure,
    Method,
    example,
    explain_again,
    problem_in_words,
    why_it_changed,
)
from alongside.web.budgets.models import (
    AllocationMethod,
    IndicativeBudget,
    MethodInUse,
    PersonalBudget,
)
from alongside.web.budgets.profile_words import Question, question

METHODS_A_PAGE = 20
PENNY, ZERO = Decimal("0.01"), Decimal("0.00")
KINDS = {
    "starting_point": _("To begin with"),
    "already_provided": _("Less what other support does already"),
    "too_little": _("Less than the smallest budget that is given"),
    "below_the_threshold": _("People with needs like these were given nothing"),
    "in_part": _("Agreed only in part, above a certain amount"),
    "instead": _("Something else is given instead, past a certain amount"),
    "rounding": _("Rounding to the penny"),
}
CAUSES = {
    "rates": _("New prices for the same support"),
    "method": _("A new version of the method"),
}


@dataclass(frozen=True)
class BudgetLine:
    """A line of an indicative budget, as it was worked out."""

    code: str
    label: str
    amount: Decimal
    detail: str = ""


@dataclass(frozen=True)
class LineChange:
    """How one line differs from the time before, in pounds a week."""

    label: str
    before: Decimal
    now: Decimal

    @property
    def change(self) -> Decimal:
        return self.now - self.before


def journey_rows(person_id: int) -> QuerySet[Any, Any]:
    """Give the rows of the person page's journey."""
    return (
        IndicativeBudget.objects.filter(person=person_id)
        .annotate(
            kind=Value("budget", output_field=TextField()),
            title=Func(
                F("weekly"),
                Value("FM£999,999,990.00"),
                function="to_char",
                output_field=TextField(),
            ),
            state=Value("worked_out", output_field=TextField()),
            at=F("worked_out_at"),
        )
        .values_list("kind", "pk", "title", "state", "at")
    )


def method_in_use(agency_id: int, on: date) -> Method:
    """Give the method that an agency uses on a day: its own, or the example that ships."""
    used = (
        MethodInUse.objects.filter(agency=agency_id, since__lte=on)
        .select_related("method")
        .order_by("-since")
        .first()
    )
    return _published(used.method) if used else example()


def methods(before: int | None) -> tuple[list[AllocationMethod], str]:
    """Give a page of the published methods, the newest first, and where the next one begins."""
    found = AllocationMethod.objects.defer("model").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    listed = list(found[: METHODS_A_PAGE + 1])
    more = str(listed[METHODS_A_PAGE - 1].pk) if len(listed) > METHODS_A_PAGE else ""
    return listed[:METHODS_A_PAGE], more


def method(pk: int) -> AllocationMethod | None:
    """Find a published method."""
    return AllocationMethod.objects.filter(pk=pk).first()


def uses_of(agencies: Iterable[Agency], today: date) -> dict[int, list[MethodInUse]]:
    """Give by agency the method that it uses today, and those that come into use later, the first first."""
    begun = MethodInUse.objects.filter(agency=OuterRef("agency"), since__lte=today)
    now = Subquery(begun.order_by("-since").values("pk")[:1])
    uses = MethodInUse.objects.filter(Q(pk=now) | Q(since__gt=today), agency__in=agencies)
    uses = uses.select_related("method").defer("method__model", "method__data_sheet")
    found: dict[int, list[MethodInUse]] = {}
    for each in uses.order_by("since"):
        found.setdefault(each.agency_id, []).append(each)
    return found


def _published(method: AllocationMethod) -> Method:
    return Method(method.name, method.version, method.digest, method.model)


def indicative_budget(pk: int) -> IndicativeBudget | None:
    """Find an indicative budget."""
    return (
        IndicativeBudget.objects.filter(pk=pk)
        .select_related("conversation", "created_by", "held_by")
        .first()
    )


def newest_indicative(
    person_id: int, *, before: IndicativeBudget | None = None
) -> IndicativeBudget | None:
    """Give a person's newest indicative budget, or the newest before another one."""
    budgets = IndicativeBudget.objects.filter(person=person_id).order_by("-worked_out_at", "-pk")
    if before is not None:
        budgets = budgets.filter(worked_out_at__lte=before.worked_out_at, pk__lt=before.pk)
    return budgets.first()


def lines_told(budget: IndicativeBudget) -> list[dict[str, str]]:
    """Give the lines of a budget: those that were kept, or the method's, where only sums were kept."""
    if any(line.get("item") for line in budget.lines):
        return list(budget.lines)
    method = _method_of(budget)
    if method is None:
        return list(budget.lines)
    figure = Figure(budget.weekly, budget.answers, method, budget.rates_on)
    return [line.as_json() for line in explain_again(figure)] or list(budget.lines)


def lines_of(budget: IndicativeBudget) -> list[BudgetLine]:
    """Give the figure by kind of support; the lines add up to it."""
    sums: dict[str, Decimal] = {}
    labels: dict[str, str] = {}
    for line in lines_told(budget):
        code = line["code"]
        sums[code] = sums.get(code, ZERO) + Decimal(line["amount"])
        labels.setdefault(code, service_words(code, line["label"]))
    return [
        BudgetLine(code, labels[code] or str(KINDS["starting_point"]), amount.quantize(PENNY))
        for code, amount in sums.items()
        if amount
    ]


def problems_of(budget: IndicativeBudget) -> list[str]:
    """Say what the figure cannot tell, in the reader's language; older figures keep a sentence of their own."""
    return [each if isinstance(each, str) else problem_in_words(each) for each in budget.problems]


def in_no_figure(budget: IndicativeBudget) -> str:
    """Name the kinds of support that no figure of its method has any of, in the reader's language."""
    method = _method_of(budget)
    rare = method.in_no_figure.items() if method else ()
    return ", ".join(service_words(code, label) for code, label in rare)


def answers_of(budget: IndicativeBudget) -> list[BudgetLine]:
    """Give the figure by answer: what each need adds and what unpaid care takes off; it adds up as well.

    Empty for a figure that was kept without its answers.
    """
    sums: dict[str, Decimal] = {}
    for line in lines_told(budget):
        if line.get("item"):
            sums[line["item"]] = sums.get(line["item"], ZERO) + Decimal(line["amount"])
    return [
        _answer(budget, item, amount)
        for item, amount in sorted(sums.items(), key=lambda pair: _place(pair[0]))
        if amount
    ]


def _place(item: str) -> int:
    """Put the start first, then needs, circumstances and unpaid care; what balances comes last."""
    if item.replace(" ", "_") == "starting_point":
        return 0
    return next(
        (n for n, kind in enumerate(("need_", "circ_", "unpaid_"), 1) if item.startswith(kind)), 4
    )


def _answer(budget: IndicativeBudget, item: str, amount: Decimal) -> BudgetLine:
    asked = question(item)
    if asked is None:
        return BudgetLine(
            item, str(KINDS.get(item.replace(" ", "_"), item)), amount.quantize(PENNY)
        )
    return BudgetLine(item, asked.text, amount.quantize(PENNY), _said(budget, item, asked))


def changes_between(before: IndicativeBudget, now: IndicativeBudget) -> list[LineChange]:
    """Give the lines that differ between two indicative budgets; they add up to the difference."""
    old = {line.code: line for line in lines_of(before)}
    new = {line.code: line for line in lines_of(now)}
    changes = [
        LineChange(
            (new.get(code) or old[code]).label,
            old[code].amount if code in old else ZERO,
            new[code].amount if code in new else ZERO,
        )
        for code in dict.fromkeys([*old, *new])
    ]
    return [each for each in changes if each.change]


def causes_of_change(before: IndicativeBudget, now: IndicativeBudget) -> list[BudgetLine]:
    """Give which factors changed the figure: each answer, prices, the method; they add up to the change.

    Empty where either figure's method is not kept, or does not give that figure again.
    """
    old, new = _method_of(before), _method_of(now)
    if old is None or new is None:
        return []
    then = Figure(before.weekly, before.answers, old, before.rates_on)
    today = Figure(now.weekly, now.answers, new, now.rates_on)
    return [
        _cause(before, now, cause)
        for cause in sorted(why_it_changed(then, today), key=lambda cause: _place(cause.item))
    ]


def _method_of(budget: IndicativeBudget) -> Method | None:
    if budget.method_digest == example().digest:
        return example()
    return _published(budget.published_method) if budget.published_method else None


def _cause(before: IndicativeBudget, now: IndicativeBudget, cause: Cause) -> BudgetLine:
    asked = question(cause.item)
    if asked is None:
        label = CAUSES.get(cause.item) or KINDS.get(cause.item) or cause.item
        return BudgetLine(cause.item, str(label), cause.amount.quantize(PENNY))
    was, said = (_said(each, cause.item, asked) for each in (before, now))
    detail = _("Then: %(was)s. Now: %(now)s.") % {"was": was.rstrip("."), "now": said.rstrip(".")}
    return BudgetLine(cause.item, asked.text, cause.amount.quantize(PENNY), str(detail))


def _said(budget: IndicativeBudget, item: str, asked: Question) -> str:
    level = budget.answers.get(item)
    return str(_("Not answered")) if level is None else asked.answers.get(level, str(level))


def asked_for(budget: IndicativeBudget) -> list[str]:
    """Name the questions that a budget's needs profile asks; a heading kept beside them is none."""
    known = {name: question(name) for name in budget.answers}
    return [name for name, asked in known.items() if asked is None or asked.answers]


def personal_budgets(person_id: int) -> list[PersonalBudget]:
    """Give every version of a person's budget, the newest first."""
    return list(
        PersonalBudget.objects.filter(person=person_id)
        .select_related("decided_by")
        .order_by("-version")
    )
