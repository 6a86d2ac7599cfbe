"""Makes the sum of indicative budgets meet a total under a declared rule, exactly, in pennies.

The adjustment is a line of its own. It never enters the rates or the method, so that everybody
sees what their needs attract, and what was taken from it because of the total.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import polars as pl

from alongside.allocation.parsing import BEYOND, NOISE, PARTS_OF_A_PENNY
from alongside.allocation.percentages import percentage, percentage_as_given
from alongside.allocation.problems import AllocationInputError, Problem, some
from alongside.allocation.report import Report
from alongside.allocation.set_aside import set_aside
from alongside.allocation.tables import as_polars

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PENNY = Decimal("0.01")
_QUARTER = Decimal("0.25")  # of the largest budgets, where nobody says how many are protected
RULES = {
    "uniform": "every budget is reduced by the same share",
    "protect-floor": "nobody falls below a floor; what lies above it is reduced by the same share",
    "protect-largest": "the largest budgets are untouched; all others are reduced by the same share",
}

# Of cases without a figure.
SHARE_NOTHING = "they share nothing, so keep what they will need out of the total"

HEADINGS = {
    "case_id": "Case",
    "indicative_budget": "Indicative budget (£ a week)",
    "adjustment": "Adjustment (£ a week)",
    "adjusted_budget": "Adjusted budget (£ a week)",
    "eligible_cost": "Cost of eligible needs (£ a week)",
    "cost_known": "That cost is known",
    "left_below": "Left below that cost by (£ a week)",
}


@dataclass(frozen=True)
class CashLimit:
    """Budgets that meet a total.

    ``people`` has a row a case, in the order given:

    ``case_id``, ``indicative_budget``, ``adjustment`` (never above 0), ``adjusted_budget``,
    ``eligible_cost``, ``cost_known`` (where not, the indicative budget stands for it) and ``left_below``
    (pounds by which the adjusted budget falls short of it); and ``doubt``, what there is to doubt about
    the indicative budget, where it was given. ``aside`` are cases without a figure, ``case_id`` and ``doubt``: they
    share nothing.
    """

    rule: str
    total: Decimal
    people: pl.DataFrame
    declared: str
    aside: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def before(self) -> Decimal:
        """The sum of budgets before."""
        return _sum(self.people["indicative_budget"])

    @property
    def after(self) -> Decimal:
        """The sum of budgets after."""
        return _sum(self.people["adjusted_budget"])

    @property
    def doubted(self) -> int:
        """How many of the budgets that share the total are doubted."""
        if "doubt" not in self.people.columns:
            return 0
        return self.people.height - self.people["doubt"].null_count()

    def left_below(self) -> pl.DataFrame:
        """People who would be left below the cost of their eligible needs, worst first."""
        below = self.people.filter(pl.col("left_below") > 0)
        return below.sort("left_below", "case_id", descending=[True, False])

    @property
    def below_before(self) -> list[Decimal]:
        """Pounds by which budgets fall short of that cost before anything is taken, where they do."""
        short = self.people["eligible_cost"] - self.people["indicative_budget"]
        return [each for each in short if each > 0]

    @property
    def costs_unknown(self) -> int:
        """For how many people nobody knows what their eligible needs cost."""
        return int((~self.people["cost_known"]).sum())

    def line(self, case_id: str) -> tuple[str, Decimal]:
        """The line that goes into a person's explanation: what it says, and its amount."""
        row = self.people.filter(pl.col("case_id").cast(pl.String) == str(case_id))
        if row.height == 0:
            raise AllocationInputError(f"There is no case {case_id!r} among those adjusted.")
        amount: Decimal = row["adjustment"][0]
        return self.says, amount

    @property
    def says(self) -> str:
        """What the line of an adjustment says."""
        return f"Adjustment so that all budgets together meet £{self.total:,.2f}: {self.declared}"

    def table(self) -> pl.DataFrame:
        """People with the words of their line beside its amount, to be kept as a file; last, cases without a figure."""
        adjusted = self.people.with_columns(pl.lit(self.says).alias("adjustment_says"))
        return pl.concat([adjusted, self.aside], how="diagonal") if self.aside.height else adjusted


def _sum(series: pl.Series) -> Decimal:
    return Decimal(series.sum() or 0).quantize(PENNY)


def cash_limit(
    budgets: Any,
    total: Decimal,
    *,
    rule: str = "uniform",
    floor: Decimal | str | None = None,
    protect: Decimal | float | None = None,
) -> CashLimit:
    """Meet a total exactly, to the penny.

    Parameters
    ----------
    budgets : polars.DataFrame or pandas.DataFrame
        ``case_id`` and ``indicative_budget`` (pounds a week); optionally ``eligible_cost``, the
        cost of meeting eligible needs. Without it the indicative budget itself stands for it. A
        ``doubt`` that is there is kept. A case that was set aside has no budget, and its ``doubt`` says so.
    total : Decimal
        The pounds a week there are. A total above the sum changes nothing: it is a limit.
    rule : {"uniform", "protect-floor", "protect-largest"}
        How what is missing is shared.
    floor : Decimal or str
        For protect-floor: pounds a week, or the name of a column that holds each person's floor.
        A person whose budget is below the floor keeps all of it.
    protect : Decimal or float, optional
        For protect-largest: the share of people, the largest budgets first, who lose nothing; a quarter
        if not given. Everybody at the boundary's amount is protected.

    Raises
    ------
    AllocationInputError
        With an unknown rule, a floor or a share that does not go with it, and amounts that are negative or
        have parts of a penny, each with its row, all at once; or with a rule that cannot meet the total:
        the message says by how much it falls short.

    """
    budgets = as_polars(budgets, "budgets")
    faults = limit_faults(total, rule=rule, floor=floor, protect=protect)
    faults += _budget_faults(budgets, floor)
    if faults:
        raise AllocationInputError(faults)
    aside = set_aside(budgets)
    without, budgets = budgets.filter(aside), budgets.filter(~aside)
    total = Decimal(str(total))
    share = _QUARTER if protect is None else Decimal(str(protect))
    pennies = _pennies(budgets["indicative_budget"])
    target = int(total.quantize(PENNY, ROUND_HALF_UP) * 100)
    kept, declared = _protected(budgets, pennies, rule, floor, share)
    after = _share_out(pennies, kept, target, rule)
    taken, free = sum(pennies) - sum(after), sum(pennies) - sum(kept)
    if not taken:
        declared = f"nothing is reduced, as all budgets together are within it ({rule})"
    else:
        declared += f". What may be reduced is reduced by {_share_said(Decimal(taken) / free)}"
    people = budgets.select("case_id", "indicative_budget").with_columns(
        _pounds("indicative_budget", pennies),
        _pounds("adjustment", [new - old for new, old in zip(after, pennies, strict=True)]),
        _pounds("adjusted_budget", after),
    )
    cost, known = pennies, pl.repeat(False, budgets.height, eager=True)
    if "eligible_cost" in budgets.columns:
        known = budgets["eligible_cost"].is_not_null()
        cost = _pennies(budgets["eligible_cost"].fill_null(budgets["indicative_budget"]))
    below = [max(need - new, 0) for need, new in zip(cost, after, strict=True)]
    people = people.with_columns(
        _pounds("eligible_cost", cost),
        known.alias("cost_known"),
        _pounds("left_below", below),
        *_doubts(budgets),
    )
    told = without.select("case_id", *_doubts(without)) if without.height else without
    return CashLimit(rule, total, people, declared, told)


def _doubts(budgets: pl.DataFrame) -> list[pl.Series]:
    """Give what is doubted of each budget, where that is told: an empty cell doubts nothing."""
    if "doubt" not in budgets.columns:
        return []
    said = budgets["doubt"]
    if said.dtype == pl.Boolean:
        said = said.set(~said, None)
    said = said.cast(pl.String)
    return [said.set(said.str.strip_chars() == "", None)]


def limit_faults(total: Any, *, rule: str, floor: Any = None, protect: Any = None) -> list[Problem]:
    """Say all that is wrong with a limit itself, whatever budgets it is for."""
    said = [_fault_of(total, "The total")]
    if not isinstance(rule, str) or rule not in RULES:
        said.append(f"There is no rule {rule!r}. The rules are: {', '.join(RULES)}.")
    if rule == "protect-floor" and floor is None:
        said.append("protect-floor needs a floor: pounds a week, or a column's name.")
    if floor is not None and rule != "protect-floor":
        said.append(
            f"A floor goes with the rule protect-floor, not with {rule}. Leave it out, or name that rule."
        )
    if floor is not None and not isinstance(floor, str):
        said.append(_fault_of(floor, "The floor"))
    if protect is not None and rule != "protect-largest":
        said.append(
            f"A share to protect goes with the rule protect-largest, not with {rule}. Leave it out, or name "
            "that rule."
        )
    if protect is not None and not _is_share(protect):
        said.append(f"The share to protect should be from 0 to 1, not {protect}.")
    return [Problem("input", each) for each in said if each]


def _is_share(given: Any) -> bool:
    try:
        return 0 <= Decimal(str(given)) <= 1
    except InvalidOperation:
        return False


def _budget_faults(budgets: pl.DataFrame, floor: Any) -> list[Problem]:
    missing = [name for name in ("case_id", "indicative_budget") if name not in budgets.columns]
    if missing:
        return [Problem("input", f"The columns {', '.join(missing)} are missing.")]
    problems = []
    aside = set_aside(budgets)
    if budgets.height and aside.all():
        says = "every case was set aside, so there is nothing to share a total among."
        problems.append(Problem("budgets", says, None, "indicative_budget"))
    if count := budgets["indicative_budget"].null_count() - int(aside.sum()):
        says = (
            f"{some(count, 'case has', 'cases have')} no indicative budget. Leave them out or fill them in: "
            "a total cannot be shared among unknown amounts."
        )
        problems.append(Problem("input", says))
    problems += _case_faults(budgets)
    amounts = ["indicative_budget", "eligible_cost"]
    if isinstance(floor, str) and floor not in budgets.columns:
        problems.append(Problem("input", f"There is no column {floor!r} to take each floor from."))
    elif isinstance(floor, str) and budgets[floor].null_count() == budgets.height:
        problems.append(Problem("budgets", "it is empty: nobody has a floor.", None, floor))
    elif isinstance(floor, str) and floor not in amounts:
        amounts.append(floor)
    return [*problems, *(each for name in amounts for each in _amounts(budgets, name))]


def _case_faults(budgets: pl.DataFrame) -> Iterator[Problem]:
    """Name the first row whose case stands in another already, or is not named."""
    first: dict[Any, int] = {}
    for row, case in enumerate(budgets["case_id"], 2):
        if case is None:
            yield Problem("budgets", "there is no case number. Give each case one.", row, "case_id")
            return
        if first.setdefault(case, row) != row:
            says = f"the case {case} already stands in row {first[case]}. Keep one row a case."
            yield Problem("budgets", says, row, "case_id")
            return


def _amounts(budgets: pl.DataFrame, column: str) -> Iterator[Problem]:
    """Say which amounts are none: rows are numbered as a spreadsheet shows them."""
    if column not in budgets.columns:
        return
    if not budgets[column].dtype.is_numeric() and budgets[column].dtype != pl.Null:
        says = f"it holds {budgets[column].dtype}, not pounds a week. Give numbers."
        yield Problem("budgets", says, None, column)
        return
    for row, value in enumerate(budgets[column], 2):
        fault = value is not None and _fault(Decimal(str(value)))
        if fault:
            yield Problem("budgets", fault, row, column)


def _fault(amount: Decimal) -> str:
    if not amount.is_finite():
        return f"{amount} is not finite. Give pounds a week as 147.50."
    if abs(amount) >= BEYOND:
        return f"{amount} is more than any budget. Give pounds a week as 147.50."
    if amount < 0:
        return f"{amount} is negative. Every budget should be 0 or more."
    if abs(amount - amount.quantize(PENNY, ROUND_HALF_UP)) > Decimal(NOISE):
        return f"{amount} {PARTS_OF_A_PENNY}"
    return ""


def _fault_of(given: Any, what: str) -> str:
    """Say what is wrong with one amount that somebody names, if anything."""
    try:
        amount = Decimal(str(given))
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_finite() and not _fault(amount):
        return ""
    return f"{what} should be pounds a week, 0 or more and to the penny, not {given}."


def _pennies(series: pl.Series) -> list[int]:
    exact = (Decimal(str(value)).quantize(PENNY, ROUND_HALF_UP) for value in series)
    return [int(value * 100) for value in exact]


def _pounds(name: str, pennies: Sequence[int]) -> pl.Series:
    pounds = [Decimal(amount).scaleb(-2) for amount in pennies]
    return pl.Series(name, pounds, dtype=pl.Decimal(38, 2))


def _protected(
    budgets: pl.DataFrame,
    pennies: list[int],
    rule: str,
    floor: Decimal | str | None,
    protect: Decimal,
) -> tuple[list[int], str]:
    """Say how many pennies of each budget may not be touched, and put the rule into words."""
    if rule == "protect-floor":
        return _floors(budgets, pennies, floor)
    if rule == "protect-largest":
        count = int((protect * len(pennies)).to_integral_value(ROUND_HALF_UP))
        least = sorted(pennies, reverse=True)[count - 1] if count else None
        kept = [amount if least is not None and amount >= least else 0 for amount in pennies]
        return kept, _said_of_largest(pennies, count, percentage_as_given(protect))
    return [0] * len(pennies), RULES["uniform"]


def _share_said(share: Decimal) -> str:
    """Write a share so finely that a budget's own line can be worked out to a penny or so."""
    said = percentage(share, ".4%")
    if said == "0.0000%":
        return "less than 0.0001%"
    return "nearly 100%" if said == "100.0000%" and share < 1 else said


def _said_of_largest(pennies: list[int], count: int, share: str) -> str:
    """Put into words which budgets are untouched: as large as the last of them may be many more."""
    if not count:
        says = f"the largest {share} of {some(len(pennies), 'budget', 'budgets')}"
        return f"{says} is none of them, so that every budget is reduced by the same share"
    largest = sorted(pennies, reverse=True)
    many = sum(amount >= largest[count - 1] for amount in pennies)
    if many <= count:
        return f"the largest {share} of budgets are untouched, all others reduced by the same share"
    least = Decimal(largest[count - 1]).scaleb(-2)
    return (
        f"budgets of £{least:,.2f} a week or more are untouched, which are {many:,} of {len(pennies):,}: the "
        f"largest {share}, and all that are no smaller; all others are reduced by the same share"
    )


def _floors(budgets: pl.DataFrame, pennies: list[int], floor: Any) -> tuple[list[int], str]:
    if isinstance(floor, str):
        floors = _pennies(budgets[floor].fill_null(0))
        says = f"nobody falls below their amount under {floor!r}, the rest is reduced by the same share"
        if without := budgets[floor].null_count():
            says += f"; {some(without, 'person has', 'people have')} none there, and nothing of theirs is protected"
    else:
        floor = Decimal(str(floor))
        floors = [int(floor.quantize(PENNY, ROUND_HALF_UP) * 100)] * len(pennies)
        says = f"nobody falls below £{floor:,.2f}, the rest is reduced by the same share"
    return [min(amount, each) for amount, each in zip(pennies, floors, strict=True)], says


def _share_out(pennies: list[int], kept: list[int], target: int, rule: str) -> list[int]:
    """Reduce what is not kept by one share. Pennies left by rounding down go to the largest
    remainders, the earlier case first, so that the sum is exact and nobody gains.
    """
    if sum(pennies) <= target:
        return pennies
    if sum(kept) > target:
        short = Decimal(sum(kept) - target).scaleb(-2)
        raise AllocationInputError(
            f"The total cannot be met by the rule {rule}: what it protects is £{short:,.2f} a week "
            "more than there is. Raise the total, or protect less."
        )
    free = [amount - safe for amount, safe in zip(pennies, kept, strict=True)]
    pool, left = sum(free), target - sum(kept)
    shares = [divmod(amount * left, pool) for amount in free]
    spare = left - sum(share for share, _ in shares)
    order = sorted(range(len(shares)), key=lambda case: (-shares[case][1], case))
    extra = set(order[:spare])
    return [
        safe + share + (case in extra)
        for case, (safe, (share, _)) in enumerate(zip(kept, shares, strict=True))
    ]


def cash_limit_report(found: CashLimit, *, title: str = "Budgets under a cash limit") -> str:
    """Write what the limit does, and to whom, as one page."""
    report = Report(title)
    below = found.left_below()
    report.notice(_said_of_those_below(found, below))
    facts = {
        "Rule": f"{found.rule}: {found.declared}",
        "Total there is": f"£{found.total:,.2f} a week",
        "Sum before": f"£{found.before:,.2f} a week",
        "Sum after": f"£{found.after:,.2f} a week",
        "Taken": f"£{found.before - found.after:,.2f} a week",
    }
    if found.doubted:
        facts["Budgets that are doubted"] = f"{found.doubted} of {found.people.height}"
    if found.costs_unknown:
        facts["Cost of eligible needs not known"] = (
            f"of {found.costs_unknown} of {found.people.height}: their indicative budget stands for it"
        )
    if found.aside.height:
        facts["Cases without a figure"] = f"{found.aside.height}: {SHARE_NOTHING}"
    report.facts(facts, "The limit")
    report.heading("Who would be left below the cost of eligible needs")
    if below.height:
        known = pl.when("cost_known").then(pl.lit("yes")).otherwise(pl.lit("no"))
        shown = below.head(500).with_columns(known.alias("cost_known")).rename(HEADINGS)
        forms = dict.fromkeys(HEADINGS.values(), ",.2f") | {"Case": "", HEADINGS["cost_known"]: ""}
        report.table(shown, "Largest shortfalls first, at most 500 shown", forms)
    else:
        report.text("Nobody.")
    if found.aside.height:
        report.heading("Cases without a figure")
        shown = found.aside.head(500).rename({"case_id": "Case", "doubt": "Why"})
        report.table(shown, "At most 500 shown", {})
    return report.html(footer="Made by Alongside.")


def _said_of_those_below(found: CashLimit, below: pl.DataFrame) -> str:
    """Say who would be left below, and who of them were before anything is taken."""
    says = (
        f"{below.height} of {found.people.height} people would be left below the cost of their "
        f"eligible needs, by £{_sum(below['left_below']):,.2f} a week together."
    )
    if unknown := below.filter(~pl.col("cost_known")).height:
        says += f" For {unknown} of them that cost is not known, and their indicative budget stands for it."
    if before := found.below_before:
        says += (
            f" {some(len(before), 'person is', 'people are')} below it whatever the limit: their indicative "
            f"budgets fall short by £{sum(before):,.2f}."
        )
    return (
        f"{says} Where the law says that eligible needs are met, a limit does not change it: these budgets "
        "need another look."
    )
