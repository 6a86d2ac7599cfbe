"""How a plan is put before its readers: groups, words and sums, ready for the templates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alongside.web.access.actor import Actor
from alongside.web.budgets.codes import words
from alongside.web.budgets.models import PersonalBudget, Way
from alongside.web.budgets.permissions import against_a_limit, once_a_week
from alongside.web.plans.asking import may_still_decide
from alongside.web.plans.decisions import last_day
from alongside.web.plans.models import Plan, PlanCopy, PlanLine, PlanOutcome
from alongside.web.plans.needs import need_words
from alongside.web.plans.policies import HOLDS, LOOKS, PLAN, WRITABLE, Tolerance, choice_recorded
from alongside.web.plans.printing import days, how_much
from alongside.web.plans.queries import Whole, begun, in_force_or_holding, stays_of
from alongside.web.plans.rates import price_in_words

NAME = 120  # characters of an outcome by which it is named


def may_be_written(whole: Whole) -> bool:
    """Whether the plan may be changed now."""
    return whole.plan.state in WRITABLE


def groups(whole: Whole, *, writable: bool = False) -> list[dict[str, Any]]:
    """Give each outcome with the lines that answer it, and what may be changed; lines for none come last."""
    found = [
        {
            "outcome": each,
            "lines": _lines(whole, whole.lines_for(each.pk), writable),
            "actions": _actions(whole, each) if writable else [],
        }
        for each in whole.outcomes
    ]
    rest = _lines(whole, whole.lines_for(None), writable)
    return [*found, *([{"outcome": None, "lines": rest, "actions": []}] if rest else [])]


def _actions(whole: Whole, outcome: PlanOutcome) -> list[dict[str, str]]:
    add = reverse("plans:add_line", args=[whole.plan.pk])
    change = reverse("plans:change_outcome", args=[whole.plan.pk, outcome.pk])
    return [
        {"label": _("Add an action"), "href": f"{add}?outcome={outcome.pk}"},
        {"label": _("Change"), "href": change},
    ]


def _lines(whole: Whole, lines: Iterable[PlanLine], writable: bool) -> list[dict[str, Any]]:
    return [
        {
            "line": line,
            "url": reverse("plans:change_line", args=[whole.plan.pk, line.pk]) if writable else "",
            "who": line.who_name or line.get_who_display(),
            "how_much": how_much(line),
            "price": price(line),
            "cost": cost(line),
            "days": days(line),
        }
        for line in lines
    ]


def price(line: PlanLine) -> str:
    """Say what one of it costs, and what the standard rate is where it is not that."""
    if line.actual_price is None:
        return "" if line.standard_rate is None else price_in_words(line.standard_rate, line.unit)
    actual = price_in_words(line.actual_price, line.unit)
    if line.standard_rate is None:
        return actual
    return _("%(actual)s (the standard rate is £%(standard)s)") % {
        "actual": actual,
        "standard": f"{line.standard_rate:,.2f}",
    }


def cost(line: PlanLine) -> str:
    """Say what a line costs and who pays."""
    if line.pays == PlanLine.Pays.NOBODY or not line.amount:
        return _("Costs nothing")
    amount = f"£{line.amount:,.2f}"
    often = _("a week") if line.often == PlanLine.Often.WEEKLY else _("once")
    return f"{amount} {often}"


def needs(whole: Whole, *, to_them: bool = False) -> list[dict[str, Any]]:
    """Give each eligible need with what meets it, or why it is not met; as it is said to the person, or of them."""
    named = need_words(whole.plan.since)
    reasons = words("plans/unmet_reasons", to_them=to_them)
    return [
        {
            "label": named.get(need["code"], need["code"]),
            "met_by": [line.action for line in whole.met_by(need["code"])],
            "reason": reasons.get(need["unmet_reason"], need["unmet_reason"]),
            "sentence": need["unmet_sentence"],
        }
        for need in whole.needs
    ]


def ways(whole: Whole) -> list[dict[str, Any]]:
    """Give each way of holding: pounds a week in it, or why it was not taken."""
    return [
        {
            "label": way.label,
            "weekly": whole.costs.most_by_way.get(way.value),
            "why_not": whole.plan.why_not.get(way.value, ""),
        }
        for way in Way
    ]


def money(whole: Whole) -> list[dict[str, Any]]:
    """Give the weekly lines that the personal budget pays for; they add up to its weekly figure."""
    return [
        {"label": line.action, "detail": _detail(line), "amount": line.amount}
        for line in whole.lines
        if line.pays == PlanLine.Pays.BUDGET and line.often == PlanLine.Often.WEEKLY
    ]


def _detail(line: PlanLine) -> str:
    return " · ".join(part for part in (how_much(line), price(line), days(line)) if part)


def once(whole: Whole) -> list[dict[str, Any]]:
    """Give what the personal budget pays for once."""
    return [
        {"label": line.action, "detail": _detail(line), "amount": line.amount}
        for line in whole.lines
        if line.pays == PlanLine.Pays.BUDGET and line.often == PlanLine.Often.ONE_OFF
    ]


def paid_by_others(whole: Whole) -> list[PlanLine]:
    """Give what somebody else pays for."""
    return [line for line in whole.lines if line.amount and line.pays != PlanLine.Pays.BUDGET]


def as_it_held(plan: Plan, budgets: Sequence[PersonalBudget]) -> Plan:
    """Give a plan with the money that it holds or held with: not what it was changed to, where it ended before that."""
    held = begun(budgets, plan.until) if plan.until else budgets
    if not held or held[0] is budgets[0]:
        return plan
    found = copy(plan)
    for name in ("weekly", "periods", "one_off", "contribution", "decided_by", "decided_at"):
        setattr(found, name, getattr(held[0], name))
    return found


def until_then(plan: Plan, budgets: Sequence[PersonalBudget]) -> PersonalBudget | None:
    """Give the budget of a plan that holds while it is changed, or until it starts as it was agreed anew."""
    waits = plan.state == Plan.State.RETURNED or (plan.state in HOLDS and plan.starts_later)
    return next(iter(begun(budgets, timezone.localdate())), None) if waits else None


def look_words(plan: Plan, codes: Collection[str], unplanned: Iterable[str] = ()) -> list[str]:
    """Give the words of why a plan needs a look: with the figure, and the names of outcomes without an action."""
    named = {"nothing_planned": _unplanned(unplanned)}
    if "differs" in codes:
        named["differs"] = _difference(plan)
    if "paid_once" in codes:
        named["paid_once"] = paid_once(plan)
    return [named.get(code) or str(label) for code, label in LOOKS.items() if code in codes]


def paid_once(plan: Plan) -> str:
    """Say what a plan pays once, and how much a week that is against a manager's limit."""
    if not plan.one_off:
        return ""
    return _("£%(one_off)s once is as much as £%(spread)s a week for a year") % {
        "one_off": f"{plan.one_off:,.2f}",
        "spread": f"{once_a_week(plan.one_off):,.2f}",
    }


def against_limit(plan: Plan) -> str:
    """Say what a manager's limit must reach, where some of a plan is paid once; else nothing."""
    if not plan.one_off:
        return ""
    needed = against_a_limit(plan.weekly, plan.one_off)
    return _(
        "%(once)s. With that, this plan comes to £%(needed)s a week, which a manager’s limit must reach."
    ) % {
        "once": paid_once(plan),
        "needed": f"{needed:,.2f}",
    }


def asked(whole: Whole, actor: Actor) -> dict[str, Any]:
    """Give which manager a plan, or a challenge to it, waits for, by when, and whether they may not decide any more.

    Who belongs to an agency is known there alone: readers of another one are told whom it waits for, and no more.
    """
    plan, knows = whole.plan, actor.works_in(whole.plan.held_by_id)
    if plan.state == Plan.State.SUBMITTED and plan.waits_for is not None:
        may_not = knows and not may_still_decide(plan, plan.waits_for.pk)
        return {"who": plan.waits_for.name, "by": None, "may_not": may_not}
    for each in whole.challenges if plan.state == Plan.State.CHALLENGED else []:
        if not each["finding"]:
            decider, first = each["decider_id"], each["first_decided_by_id"]
            may_not = knows and not may_still_decide(plan, decider, first=first)
            return {"who": each["by"], "by": each["answer_by"], "may_not": may_not}
    return {}


def takes_over(plan: Plan) -> str:
    """Say which plans this one takes the place of when it is agreed, and when they end; nothing for a first one."""
    today, said = timezone.localdate(), []
    for before in in_force_or_holding(plan.person_id, today):
        if before.pk == plan.pk:
            return ""
        last = last_day(before, plan.since, today)
        told = {"since": date_format(before.since, "j F Y")}
        if last is not None:
            ends = _("The plan from %(since)s then ends on %(last)s: this one takes its place.")
            said.append(ends % {**told, "last": date_format(last, "j F Y")})
            break
        # Then the plan that this one was to follow holds until another day.
        never = _("The plan from %(since)s then never starts: this one takes its place.")
        said.append(never % told)
    return " ".join(said)


def _unplanned(names: Iterable[str]) -> str:
    quoted = ", ".join(f"“{Truncator(name).chars(NAME)}”" for name in names)
    return _("Nothing is planned for: %(outcomes)s") % {"outcomes": quoted} if quoted else ""


def _difference(plan: Plan) -> str:
    """Say how far a plan is from the indicative budget, and how far nobody needs to look."""
    if plan.indicative is None:
        return ""
    sent = timezone.localdate(plan.submitted_at) if plan.submitted_at else timezone.localdate()
    tolerance, gap = Tolerance.on(sent), plan.weekly - plan.indicative.weekly
    told = {
        "gap": f"{abs(gap):,.2f}",
        "percent": f"{tolerance.percent.normalize():f}",
        "pounds": f"{tolerance.pounds:,.2f}",
    }
    if gap > 0:
        return (
            _(
                "It costs £%(gap)s a week more than the indicative budget (up to %(percent)s%%, or "
                "£%(pounds)s a week, needs no look)"
            )
            % told
        )
    return (
        _(
            "It costs £%(gap)s a week less than the indicative budget (up to %(percent)s%%, or "
            "£%(pounds)s a week, needs no look)"
        )
        % told
    )


def looks(whole: Whole, codes: Collection[str] | None = None) -> list[str]:
    """Give why a manager should look closely: by the codes with which the plan was sent, or by these."""
    unplanned = [each.words for each in whole.unplanned]
    found = {*(whole.plan.needs_a_look if codes is None else codes)}
    if unplanned:
        found.add("nothing_planned")
    return look_words(whole.plan, found, unplanned)


def stays(whole: Whole) -> list[dict[str, Any]]:
    """Give each state that the plan was in, the newest first, with how long and what was said."""
    every = stays_of(whole.moves, timezone.now())
    found = [
        {
            "label": _state(whole.plan, stay.state, last=stay is every[-1]),
            "since": stay.since,
            "by": stay.by,
            "words": stay.words,
            "lasted": ngettext("%(days)s day", "%(days)s days", stay.days) % {"days": stay.days},
        }
        for stay in every
    ]
    return found[::-1]


def _state(plan: Plan, state: str, *, last: bool) -> str:
    # What has a last day to come is left again only where that day moves, or never comes.
    if state == Plan.State.ENDED and (plan.ends_later or not last):
        return _("Until the next plan starts")
    return str(Plan.State(state).label)


def copies(whole: Whole) -> list[dict[str, Any]]:
    """Give the printed copies of the plan as it was last agreed, each with the name of its language."""
    newest = whole.copies[0]["version"] if whole.copies else None
    return [
        {**each, "named": PlanCopy.Language(each["language"]).label}
        for each in whole.copies
        if each["version"] == newest
    ]


def more_languages(whole: Whole) -> list[PlanCopy.Language]:
    """Give the languages in which an agreed plan could be printed as well."""
    there = {each["language"] for each in copies(whole)}
    if not there or whole.plan.state not in HOLDS:
        return []
    return [language for language in PlanCopy.Language if language not in there]


def happened_instead(whole: Whole, act: str) -> dict[str, Any] | None:
    """Give the last thing that happened to a plan whose state does not allow an act; else nothing."""
    return None if PLAN.allows(whole.plan.state, act) else stays(whole)[0]


def tasks(whole: Whole) -> list[dict[str, Any]]:
    """Give what is still to do before the plan is sent."""
    plan, done, todo = whole.plan, _("Done"), _("To do")
    unmet = [
        need for need in whole.needs if not whole.met_by(need["code"]) and not need["unmet_reason"]
    ]
    used = {line.way for line in whole.lines if line.pays == PlanLine.Pays.BUDGET and line.amount}
    steps = [
        (
            _("Something to do for each outcome"),
            "plans:add_line",
            bool(whole.outcomes) and all(whole.lines_for(o.pk) for o in whole.outcomes),
        ),
        (_("Each need met, or why not"), "plans:needs", not unmet),
        (
            _("How the money is held"),
            "plans:holding",
            bool(whole.lines) and choice_recorded(plan, used, Way.values),
        ),
        (_("If things do not go as planned"), "plans:fallback", bool(plan.contingency)),
        (_("Risks that are worth taking"), "plans:add_risk", None if not whole.risks else True),
        (
            _("Does the person agree?"),
            "plans:agreement",
            bool(plan.agreement) and not plan.changed_since_agreed,
        ),
    ]
    return [
        {
            "label": label,
            "href": reverse(name, args=[plan.pk]),
            "status": done if finished else _("If there are any") if finished is None else todo,
            "colour": "" if finished or finished is None else "blue",
        }
        for label, name, finished in steps
    ]


def waiting(plan: Plan) -> dict[str, Any]:
    """Give a plan that waits for a manager, as a row of their list."""
    weekly = {"weekly": f"{plan.weekly:,.2f}"}
    figures = (_("Up to £%(weekly)s a week") if plan.periods else _("£%(weekly)s a week")) % weekly
    if plan.indicative is not None:
        figures += _(", and the indicative budget is £%(weekly)s") % {
            "weekly": f"{plan.indicative.weekly:,.2f}"
        }
    sent = ""
    if plan.submitted_by is not None and plan.submitted_at is not None:
        sent = _("Sent by %(who)s, %(day)s") % {
            "who": plan.submitted_by.name,
            "day": date_format(timezone.localtime(plan.submitted_at), "j F Y"),
        }
    return {
        "plan": plan,
        "looks": look_words(plan, plan.needs_a_look),
        "figures": figures,
        "sent": sent,
    }
