"""Generated care economies are care that a council could know."""

from collections.abc import Callable
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from alongside.allocation.economies import (
    BLIND,
    ECONOMIES,
    FIRST_SIGHT,
    FRESH,
    FURTHER_FORMS,
    ITEMS,
    MIXED_ADULTS,
    OTHER_FORMS,
    OTHER_PEOPLE,
    Economy,
    draw_profiles,
)

WRITTEN_BLIND = [
    *BLIND,
    *OTHER_FORMS,
    *OTHER_PEOPLE,
    *MIXED_ADULTS,
    *FURTHER_FORMS,
    *FIRST_SIGHT,
]
# A direct payment is tapered, so that its largest package is smaller; points are near to a sum
# until a price curve bends them.
LARGEST = [
    *((each, 1_000) for each in FRESH),
    *((each, 900) for each in BLIND),
    *((each, 1_000) for each in OTHER_FORMS),
    *((each, 1_000) for each in OTHER_PEOPLE),
    *((each, 1_000) for each in MIXED_ADULTS),
    *((each, 1_000) for each in FURTHER_FORMS),
    *((each, 1_000) for each in FIRST_SIGHT),
]
NEARER_A_SUM = {
    # The whole is a sum of parts by the means of their answers, little bent.
    "whole_first": 0.8,
}
NEAR_A_SUM = [
    *((each, 0.6) for each in FRESH),
    *((each, 0.7) for each in BLIND),
    *((each, 0.6) for each in OTHER_FORMS),
    *((each, 0.5) for each in OTHER_PEOPLE),
    *((each, 0.7) for each in MIXED_ADULTS),
    *((each, 0.7) for each in FURTHER_FORMS),
    *((each, NEARER_A_SUM.get(each.name, 0.7)) for each in FIRST_SIGHT),
]
# The most that the median and the largest package cost.
USUAL = (400, 2_800)
DEARER = {
    # With a learning disability or autism many have staff by day, and some by night too.
    "tenancy": (550, 4_000),
    "threads": (400, 4_000),
    "presence": (450, 4_400),
    # Younger disabled people among others, and many who must not be left alone by day.
    "domains": (550, 2_800),
    "timetable": (650, 3_200),
    "tariff": (400, 4_100),
    # Two carers at all four calls and two rounds a night, and no care home past any price.
    "quarters": (400, 3_000),
    # Exponential in difficulty, and two fifths of it still paid past £2,200: a few are very dear.
    "entry": (400, 7_700),
    # Some must never be left, and are watched by day and by night without flatmates to share it with.
    "ld_own_door": (450, 3_700),
    # Hours rise exponentially with difficulty, and nights awake come beside whoever lives in.
    "pa_employers": (400, 3_500),
    # Whom the health service pays for may have trained staff by day and by night.
    "health_beside_care": (400, 4_500),
}
# The share of people who are given nothing, at the least, where it is not one in a hundred.
IN_VAIN = {
    # All have a learning disability, and three in a thousand of them need nobody's time.
    "ld_own_door": 0.001,
    # All have a learning disability, and everything grows smoothly from the least risk.
    "own_life": 0.0,
}
# The most pounds a week that the wrong way may go where answers are drawn independently, and so
# pair what an economy's own people do not have.
WRONG_WAY = {
    # Tea of its own with one carer costs no more than tea at bedtime with two, and whoever comes
    # makes a check of a quarter of an hour needless: at most on each day of the week.
    ("harbour", "need_"): 7 * 0.25 * 25.0,
    # A carer under strain gets breaks for what is done, and outreach stays as support falls: more
    # than is saved in a house shared with others, where no carer of its own people lives.
    ("tenancy", "unpaid_"): 2.0,
    # A family's hours are one pool: more of them given to one thing leaves fewer for another.
    ("rambler", "unpaid_"): 6.0,
}
# The same with an economy's own people.
WRONG_WAY_OF_ITS_OWN = {
    # An hour less of somebody there makes a visit longer, and an errand of half an hour: one in a thousand.
    ("timetable", "unpaid_"): 0.5,
}
# How many items of a form the shared one has not, where they are fewer than half: everyday tasks
# and dangers bear the names that councils give them.
OWN_ITEMS = {"quarters": 11, "vigil": 12}
BY_NAME = {"ids": lambda given: getattr(given, "name", None)}


def pounds(economy: Economy, people: dict[str, np.ndarray]) -> np.ndarray:
    units = economy.units(people)
    return sum(units[service] * rate for service, rate in economy.rates.items())


@cache
def tops(profiles: Callable) -> dict[str, int]:
    return {item: each.max() for item, each in profiles(3_000, np.random.default_rng(1)).items()}


def a_level_more(economy: Economy, people: dict[str, np.ndarray], item: str) -> dict:
    return people | {item: np.minimum(people[item] + 1, tops(economy.profiles)[item])}


@cache
def people_of(profiles: Callable, drawn: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    if drawn == "correlated":
        return profiles(1_000, rng)
    return {item: rng.integers(0, top + 1, 1_000) for item, top in tops(profiles).items()}


@pytest.fixture(params=["correlated", "independent"])
def drawn(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize("name", ECONOMIES)
def test_the_same_seed_draws_the_same_people_and_packages(name: str) -> None:
    one, two = ECONOMIES[name].draw(200, 3), ECONOMIES[name].draw(200, 3)
    assert one.needs.equals(two.needs)
    assert one.packages.equals(two.packages)


@pytest.mark.parametrize("name", ECONOMIES)
def test_what_is_agreed_varies_about_the_rules_by_the_noise_asked_for(name: str) -> None:
    drawn = ECONOMIES[name].draw(1_000, 4, noise=0.1)
    true = drawn.true_packages.to_numpy()
    agreed = drawn.packages.to_numpy()
    off = np.log(agreed[true > 0] / true[true > 0])
    assert (agreed[true == 0] == 0).all()
    assert abs(off.mean()) < 0.01
    assert 0.09 < off.std() < 0.11
    exact = ECONOMIES[name].draw(200, 4, noise=0.0)
    assert exact.packages.equals(exact.true_packages)


def test_local_prices_change_what_is_paid_and_quantities_only_where_they_come_from_it() -> None:
    economy = ECONOMIES["visits"]
    clean = economy.draw(500, 5)
    delivered = economy.draw(500, 5, contaminated=True)
    converted = economy.draw(500, 5, contaminated=True, converted=True)
    usual = ~delivered.exceptional
    assert 0.04 < delivered.exceptional.mean() < 0.1
    assert delivered.packages[usual].equals(clean.packages[usual])
    assert not delivered.packages[~usual].equals(clean.packages[~usual])
    assert 0.02 < (delivered.needs != clean.needs).to_numpy().mean() < 0.03
    given = delivered.packages.to_numpy() > 0
    ratio = converted.packages.to_numpy()[given] / delivered.packages.to_numpy()[given]
    assert 0.88 <= ratio.min() < 0.95
    assert 1.05 < ratio.max() <= 1.12
    assert np.array_equal(delivered.total, converted.total)
    rates = np.array(list(economy.rates.values()))
    assert np.allclose(converted.packages.to_numpy() @ rates, converted.total)


@pytest.mark.parametrize(("economy", "largest"), LARGEST, **BY_NAME)
def test_packages_are_of_a_size_and_kind_that_councils_know(
    economy: Economy, largest: float
) -> None:
    drawn = economy.draw(3_000, 1)
    some = drawn.true_total[drawn.true_total > 0]
    median, most = DEARER.get(economy.name, USUAL)
    assert (drawn.true_packages.to_numpy() >= 0).all()
    assert IN_VAIN.get(economy.name, 0.01) <= 1 - len(some) / 3_000 < 0.35
    assert 120 < np.median(some) < median
    assert largest < some.max() < most


@pytest.mark.parametrize(("economy", "near_a_sum"), NEAR_A_SUM, **BY_NAME)
def test_no_plain_sum_of_answers_gives_the_cost(economy: Economy, near_a_sum: float) -> None:
    drawn = economy.draw(3_000, 1)
    levels = np.column_stack([np.ones(3_000), drawn.needs.to_numpy()])
    line, *_ = np.linalg.lstsq(levels, drawn.true_total, rcond=None)
    given, right = levels @ line, drawn.true_total
    near = (given >= right / 1.25) & (given <= right * 1.25)
    assert near[right > 0].mean() < near_a_sum


@pytest.mark.parametrize(("kind", "sign"), [("need_", 1), ("unpaid_", -1)])
@pytest.mark.parametrize("economy", WRITTEN_BLIND, **BY_NAME)
def test_more_need_never_gets_less_money_nor_more_unpaid_help_more(
    economy: Economy, drawn: str, kind: str, sign: int
) -> None:
    people = people_of(economy.profiles, drawn)
    allowed = WRONG_WAY if drawn == "independent" else WRONG_WAY_OF_ITS_OWN
    wrong = allowed.get((economy.name, kind), 0.0)
    before = pounds(economy, people)
    for item in (item for item in people if item.startswith(kind)):
        change = sign * (pounds(economy, a_level_more(economy, people, item)) - before)
        assert change.min() > -wrong - 1e-9, item


@pytest.mark.parametrize("economy", WRITTEN_BLIND, **BY_NAME)
def test_any_answers_give_units_of_every_service_priced(economy: Economy, drawn: str) -> None:
    units = economy.units(people_of(economy.profiles, drawn))
    assert set(units) == set(economy.rates)
    for each in units.values():
        assert np.isfinite(each).all()
        assert (each >= 0).all()


def test_other_forms_ask_of_other_people_at_other_levels() -> None:
    met_once = [each for each in FIRST_SIGHT if each.profiles is not draw_profiles]
    with_own_forms = [*OTHER_FORMS, *FURTHER_FORMS, *met_once]
    forms = [tops(economy.profiles) for economy in with_own_forms]
    for economy, form in zip(with_own_forms, forms, strict=True):
        kinds = {item.split("_")[0] for item in form}
        assert kinds == {"need", "unpaid", "circ"}
        more_than_half = len(form) // 2 + 1
        assert len(set(form) - set(ITEMS)) >= OWN_ITEMS.get(economy.name, more_than_half)
    assert len({frozenset(form) for form in forms}) == len(forms)
    assert {top for form in forms for top in form.values()} == {1, 2, 3, 4, 5, 6}


def test_other_people_answer_the_usual_form_each_as_a_population_of_its_own() -> None:
    drawing = [draw_profiles, *(economy.profiles for economy in OTHER_PEOPLE)]
    people = [people_of(profiles, "correlated") for profiles in drawing]
    assert all(tuple(each) == ITEMS for each in people)
    usual = [np.array([levels.mean() for levels in each.values()]) for each in people]
    for one, two in combinations(usual, 2):
        assert np.abs(one - two).max() > 0.4


@pytest.mark.parametrize("economy", OTHER_PEOPLE, **BY_NAME)
def test_other_people_have_needs_and_help_that_an_assessor_would_sign(economy: Economy) -> None:
    people = people_of(economy.profiles, "correlated")
    cannot_move = people["need_moving_indoors"] == 4
    assert cannot_move.any()
    assert (people["need_going_missing"][cannot_move] == 0).all()
    assert (people["need_stairs"][cannot_move] == 4).all()
    assert (people["need_medication"][people["need_memory"] >= 3] >= 2).all()
    nobody_helps = sum(each for item, each in people.items() if item.startswith("unpaid_")) == 0
    assert 0.1 < nobody_helps.mean() < 0.6
    assert (people["circ_carer_strain"][nobody_helps] == 0).all()
    assert (people["circ_carer_strain"][~nobody_helps] > 0).any()


@pytest.mark.parametrize("name", ECONOMIES)
def test_an_economy_tells_of_every_level_above_the_usual(name: str) -> None:
    economy = ECONOMIES[name]
    assert {item: top for item, top in tops(economy.profiles).items() if top > 4} == economy.levels
