"""Commands that use a fitted method."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alongside.cli.allocation.shared import (
    Cases,
    Model,
    ReportTo,
    can_write,
    load,
    money,
    number,
    say_notes,
    say_too_rare,
    sentences,
    show,
    told,
    what_can_be_read,
)
from alongside.cli.console import err, out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alongside.allocation.model import Change
    from alongside.allocation.problems import Problem
    from alongside.allocation.store import Adjustment

app = typer.Typer()
# Kinds of file that seldom hold millions: to look for doubts in them takes no time.
SMALL = {".csv", ".xlsx"}


@app.command()
def apply(
    model: Model,
    source: Annotated[
        str, typer.Argument(help="A .csv, .xlsx or .parquet file, a folder of Parquet, or a table.")
    ],
    to: Annotated[
        str, typer.Option("--to", help="A .csv or .parquet file, a folder (Spark) or a table.")
    ],
    engine: Annotated[str, typer.Option("--engine", help="duckdb, postgres or spark.")] = "duckdb",
    database: Annotated[
        str | None,
        typer.Option("--database", envvar="DATABASE_URL", help="For postgres: its address."),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option("--keep", help="Columns to carry along beside case_id, separated by commas."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="For postgres: replace the table.")
    ] = False,
    doubts: Annotated[
        bool | None,
        typer.Option(
            "--doubts/--no-doubts",
            help="Say in a column doubt whose figure should not be used, and why: always for .csv and "
            ".xlsx, unless told otherwise; for more than that, where it is asked for.",
            show_default=False,
        ),
    ] = None,
    set_aside: Annotated[
        bool,
        typer.Option(
            "--set-aside",
            help="Give a case with a level above those that the model knows no figure, say so in the column "
            "doubt, and price the others. Without it, such a level is refused.",
        ),
    ] = False,
) -> None:
    """Price cases, one or millions, where they lie. Every engine gives the same penny.

    For example: alongside allocation apply model.json cases.csv --to budgets.csv;
    alongside allocation apply model.json needs --engine postgres --to budgets;
    alongside allocation apply model.json needs/ --engine spark --to budgets/

    """
    from alongside.allocation import apply as pricing
    from alongside.allocation.columns_file import COLUMNS, declared_levels
    from alongside.allocation.problems import AllocationInputError, Gathered, some

    with sentences():
        _check_engine(engine, database, replace=replace)
        found, file = Gathered(), engine == "duckdb"
        if file:
            found.attempt(lambda: can_write(any=Path(to), reading=[model]))
        fitted = found.attempt(lambda: load(model))
        levels, faults = declared_levels(Path(source).parent / COLUMNS)
        small = Path(source).suffix.lower() in SMALL
        found.problems += faults if file else []
        names = dict.fromkeys(name.strip() for name in (keep or "").split(",") if name.strip())
        kept = list(names) or None
        if fitted is None:
            if file:
                found.problems += pricing.faults_beside_model(
                    Path(source), Path(to), keep=kept, levels=levels
                )
            raise AllocationInputError(found.problems)
        asked = (small or set_aside) if doubts is None else doubts
        with told("Pricing") as move:
            if file:
                done = pricing.apply_file(
                    fitted,
                    source,
                    to,
                    keep=kept,
                    levels=levels,
                    doubts=asked,
                    set_aside=set_aside,
                    faults=found.problems,
                    progress=move,
                )
            elif engine == "postgres":
                done = pricing.apply_postgres(
                    fitted,
                    str(database),
                    source,
                    to,
                    keep=kept,
                    replace=replace,
                    doubts=asked,
                    set_aside=set_aside,
                    progress=move,
                )
            else:
                done = pricing.apply_spark(
                    fitted,
                    source,
                    to,
                    keep=kept,
                    doubts=asked,
                    set_aside=set_aside,
                    progress=move,
                )
    figures = done.rows - done.set_aside
    out.print(
        f"{some(figures, 'case was', 'cases were')} priced, £{done.total:,.2f} a week in all.",
    )
    if done.set_aside:
        aside = some(done.set_aside, "case has", "cases have")
        out.print(f"{aside} no figure, for a level above the highest; see the column doubt.")
    if not asked:
        out.print("Nobody looked for figures that should not be used: --doubts does.")
    if done.doubts:
        profiles = some(done.doubts, "profile is", "profiles are")
        says = f"{profiles} unlike those that the model has seen; see the column doubt."
        out.print(says)
    out.print(f"Written to {done.target}.")


def _check_engine(engine: str, database: str | None, *, replace: bool) -> None:
    from alongside.allocation.apply import ENGINES

    if engine not in ENGINES:
        raise ValueError(f"There is no engine {engine!r}. The engines are: {', '.join(ENGINES)}.")
    if engine == "postgres" and not database:
        raise ValueError("Name the database: --database postgresql://..., or DATABASE_URL.")
    if replace and engine != "postgres":
        raise ValueError(
            "--replace goes with --engine postgres: a file is written anew in any case."
        )


@app.command("show")
def show_model(model: Model) -> None:
    """Print the tables of a fitted model, for a person to read.

    Prices; the weight of every level of every need; what unpaid care leaves; the line graphs from
    weights to units a week; what is multiplied, added and taken off. Nothing else enters a figure.

    Example: alongside allocation show model.json > tables.txt
    """
    from alongside.allocation.plain_tables import plain_tables

    with sentences():
        text = plain_tables(load(model))
    typer.echo(text, nl=False)


@app.command()
def explain(
    model: Model,
    cases: Cases,
    case: Annotated[str, typer.Option("--case", help="The case_id to explain.")],
    before: Annotated[
        Path | None, typer.Option("--before", help="Earlier cases: explain what changed since.")
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="With --before: the model that was used then.")
    ] = None,
    adjusted: Annotated[
        Path | None, typer.Option("--adjusted", help="What `cash-limit` wrote: show its line too.")
    ] = None,
    adjusted_before: Annotated[
        Path | None,
        typer.Option("--adjusted-before", help="With --before: what `cash-limit` wrote then."),
    ] = None,
) -> None:
    """Explain one indicative budget, line by line, adding up to the penny.

    With --before, explain what changed the figure: each need, unpaid care, rates, the method, and a
    cash limit then or now.

    Example: alongside allocation explain model.json cases.csv --case 1042
    """
    from alongside.allocation.lines import change_lines, explanation_lines
    from alongside.allocation.one_case import not_answered, read_case
    from alongside.allocation.problems import AllocationInputError, Gathered
    from alongside.allocation.store import read_adjustment

    refusal: tuple[str, ...] = ()
    with sentences():
        given = Gathered(_only_with_before(before, since, adjusted_before))

        def read(reader: Callable[[Path], Any], path: Path | None) -> Any:
            return given.attempt(lambda: reader(path)) if path else None

        def limit(path: Path) -> Adjustment:
            return read_adjustment(path, case)

        fitted, old = read(load, model), read(load, since)
        then_asked = old if since else fitted
        sure = None not in (fitted, then_asked)
        models = (then_asked, fitted) if sure else ()
        row = read(lambda path: read_case(path, case, *models), cases)
        earlier = read(lambda path: read_case(path, case, *reversed(models)), before)
        now, then = read(limit, adjusted), read(limit, adjusted_before)
        policy = (then.amount if then else Decimal(0), now.amount if now else Decimal(0))

        def changed(added: tuple[Decimal, Decimal]) -> Any:
            return fitted.explain_change(earlier, row, since=old, policy=added)

        def worked_out() -> Any:
            return fitted.explain(row) if before is None else changed(policy)

        known = [fitted, row, *([earlier] if before else []), *([old] if since else [])]
        # Tried beside other faults too: whether the model can take the case is one more.
        found = given.attempt(worked_out) if all(each is not None for each in known) else None
        if given.problems:
            raise AllocationInputError(given.problems)
        lacking = [*not_answered(row, cases, fitted)]
        if before is not None:
            lacking += not_answered(earlier, before, then_asked)
            say_notes([*dict.fromkeys(lacking), *found.notes])
            table = change_lines(_with_limits_that_fit(found, changed, (then, now), policy))
        else:
            say_notes(lacking)
            refusal = found.refusal
            fits = now is not None and not now.doubts(found.total)
            table = explanation_lines(found, now.line if now and fits else None)
            _say_other_figures(now, found.total)
    show(table, f"Case {case}", {"£ a week": ",.2f"})
    say_too_rare(fitted)
    for says in refusal:
        err.print(f"This figure should not be used. {says}")


def _only_with_before(
    before: Path | None, since: Path | None, adjusted_before: Path | None
) -> Iterator[Problem]:
    from alongside.allocation.problems import Problem

    if since and not before:
        says = "--since names the model used then: name the cases then, --before."
        yield Problem("input", says)
    if adjusted_before and not before:
        says = "--adjusted-before is a cash limit then: name the cases then, --before."
        yield Problem("input", says)


def _with_limits_that_fit(
    found: Change,
    changed: Callable[[tuple[Decimal, Decimal]], Change],
    limits: tuple[Adjustment | None, Adjustment | None],
    policy: tuple[Decimal, Decimal],
) -> Change:
    """Give a change without the cash limits that were worked out for another figure, and say so of these."""
    figures = found.before - policy[0], found.after - policy[1]
    added = [Decimal(0), Decimal(0)]
    for place, (limit, figure) in enumerate(zip(limits, figures, strict=True)):
        _say_other_figures(limit, figure)
        if limit is not None and not limit.doubts(figure):
            added[place] = limit.amount
    return changed((added[0], added[1]))


def _say_other_figures(adjustment: Adjustment | None, figure: Decimal) -> None:
    """Say on standard error where a cash limit was worked out for another figure."""
    if adjustment is not None:
        say_notes(adjustment.doubts(figure))


@app.command("cash-limit")
def cash_limit_(
    budgets: Annotated[Path, typer.Argument(help="case_id and indicative_budget: .csv or .xlsx.")],
    total: Annotated[str, typer.Option("--total", help="The pounds a week that there are.")],
    to: Annotated[Path, typer.Option("--to", help="Where to write the adjusted budgets (.csv).")],
    rule: Annotated[
        str, typer.Option("--rule", help="uniform, protect-floor or protect-largest.")
    ] = "uniform",
    floor: Annotated[
        str | None, typer.Option("--floor", help="For protect-floor: pounds a week, or a column.")
    ] = None,
    protect: Annotated[
        str | None,
        typer.Option(
            "--protect",
            help="For protect-largest: the share of people untouched; 0.25 if not given.",
        ),
    ] = None,
    report: ReportTo = None,
) -> None:
    """Make the sum of indicative budgets meet a total, to the penny, under a declared rule.

    The adjustment is a line of its own. The report says who would be left below the cost of
    eligible needs (column eligible_cost; without it, the indicative budget itself). Cases that apply
    set aside share nothing, and are counted.

    Example: alongside allocation cash-limit budgets.csv --total 125000 --to limited.csv --report limit.html
    """
    from alongside.allocation.cashlimit import (
        SHARE_NOTHING,
        cash_limit,
        cash_limit_report,
        limit_faults,
    )
    from alongside.allocation.problems import AllocationInputError, Gathered, Problem, some
    from alongside.allocation.store import read_budgets
    from alongside.allocation.writing import whole_files

    with sentences():
        given = Gathered()
        given.attempt(lambda: can_write(csv=to, html=report, reading=[budgets]))
        astray = {"--floor": (floor, "protect-floor"), "--protect": (protect, "protect-largest")}
        for option, (said, its_rule) in astray.items():
            if said is not None and rule != its_rule:
                says = f"{option} goes with --rule {its_rule}, not with {rule}."
                given.problems.append(Problem("input", says))
        floored = given.attempt(lambda: _floor(floor, budgets)) if floor is not None else None
        extra = [floored] if isinstance(floored, str) else []
        amount = given.attempt(lambda: money(total, "--total"))
        share = None
        if protect is not None:
            wanted = "a share of people, as 0.25"
            share = given.attempt(lambda: number(protect, "--protect", wanted))
        given.problems += limit_faults(
            amount or Decimal(0),
            rule=rule,
            floor=(floored or floor) if rule == "protect-floor" else None,
            protect=share if rule == "protect-largest" else None,
        )
        people = given.attempt(lambda: read_budgets(budgets, extra))
        if given.problems:
            raise AllocationInputError(given.problems)
        found = cash_limit(people, amount, rule=rule, floor=floored, protect=share)
        with whole_files(to, report) as parts:
            found.table().write_csv(parts[0])
            if report:
                parts[1].write_text(cash_limit_report(found), encoding="utf-8")
    below = found.left_below().height
    out.print(
        f"Before £{found.before:,.2f}, after £{found.after:,.2f} a week: {found.declared}.",
    )
    out.print(
        f"{some(below, 'person', 'people')} would be left below the cost of their eligible needs.",
    )
    if before := len(found.below_before):
        out.print(f"{some(before, 'is', 'are')} below it whatever the limit.")
    if found.costs_unknown:
        says = f"For {some(found.costs_unknown, 'person', 'people')} that cost is not known"
        out.print(f"{says}: their indicative budget stands for it.")
    if found.doubted:
        says = (
            f"{some(found.doubted, 'budget is', 'budgets are')} doubted, and counted all the same"
        )
        out.print(f"{says}: see the column doubt before anybody is told a figure.")
    if found.aside.height:
        without = some(found.aside.height, "case has", "cases have")
        out.print(f"{without} no figure (see the column doubt): {SHARE_NOTHING}.")
    out.print(f"Written to {to}.")


def _floor(given: str, budgets: Path) -> Decimal | str:
    """Read a floor: the name of a column of the budgets, or pounds a week."""
    from alongside.allocation.problems import Gathered
    from alongside.allocation.tables import read_table

    columns = Gathered().attempt(lambda: read_table(budgets).columns) or []
    if given in columns or given[:1].isalpha():
        return given
    return money(given, "--floor")


@app.command("what-if")
def what_if_(
    model: Model,
    cases: Cases,
    scenarios: Annotated[Path, typer.Option("--scenarios", help="A YAML list of scenarios.")],
    report: ReportTo = None,
) -> None:
    """Show what new rates, a threshold, an older population or a new rule would do, and to whom.

    Each scenario of the list has a name, a kind (rates, threshold, population or eligibility) and what
    goes with it, such as {name: Rates rise by 5%, kind: rates, change: 0.05}.

    Example: alongside allocation what-if model.json cases-2026/ --scenarios scenarios.yaml --report what-if.html
    """
    from alongside.allocation.problems import AllocationInputError, Gathered
    from alongside.allocation.rates import RateCard
    from alongside.allocation.scenarios import card_faults, placed
    from alongside.allocation.scenarios import what_can_be_read as read_scenarios
    from alongside.allocation.whatif import FORMS, what_if_all, what_if_report
    from alongside.allocation.writing import write_text

    with sentences():
        import polars as pl

        wanted, faults = read_scenarios(scenarios)
        found = Gathered()
        with_card = [each for each in wanted if isinstance(each.get("rates"), str)]
        cards = [Path(each["rates"]) for each in with_card]
        found.attempt(lambda: can_write(html=report, reading=[model, cases, scenarios, *cards]))
        found.problems += faults
        fitted = found.attempt(lambda: load(model))
        people, unread = what_can_be_read(cases, fitted)
        found.problems += unread
        if fitted is None or people is None:
            for scenario, card in zip(with_card, cards, strict=True):
                of_card = Gathered()
                if fitted is None:
                    of_card.attempt(lambda card=card: RateCard.from_csv(card))
                else:
                    of_card.problems += card_faults(fitted, card)
                found.problems += placed(of_card.problems, scenario)
            raise AllocationInputError(found.problems)
        with told("Working out") as move:
            effects = what_if_all(
                fitted, people.cases, wanted, progress=move, faults=found.problems
            )
        if report:
            write_text(report, what_if_report(effects))
    table = pl.DataFrame([effect.summary() for effect in effects])
    show(table, "Against today, pounds a week", FORMS)
    for effect in effects:
        for note in effect.notes:
            out.print(f"{effect.name}: {note}")
