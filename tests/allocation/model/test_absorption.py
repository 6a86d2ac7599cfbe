"""A service that makes others unnecessary: all of them together by no more than its own money."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alongside.allocation import PackageModel, RateCard

RATES = {"sitting": 10, "visits": 20, "meals": 20}


def people(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {f"need_{name}": rng.integers(0, 5, rows) for name in ("night", "wash", "cook")}
    )


def packages(cases: pd.DataFrame) -> pd.DataFrame:
    """Each hour of sitting takes half an hour of visits and half an hour of meals: twice its own price."""
    sitting = np.where(cases.need_night >= 2, 4.0 * cases.need_night, 0.0)
    visits, meals = (
        np.maximum(whole - 0.5 * sitting, 0.4 * whole)
        for whole in (6.0 * cases.need_wash, 5.0 * cases.need_cook)
    )
    return pd.DataFrame({"sitting": sitting, "visits": visits, "meals": meals})


def card(rates: dict[str, int]) -> RateCard:
    return RateCard.from_dict(
        {"service": name, "unit": "hour", "rate": str(rate), "valid_from": "2026-01-01"}
        for name, rate in rates.items()
    )


@pytest.fixture(scope="module")
def fitted():
    cases = people(300, 0)
    noise = 1 + 0.03 * np.random.default_rng(1).normal(size=(300, 3))
    return PackageModel(card(RATES), effort="quick").fit(cases, packages=packages(cases) * noise)


def test_a_service_absorbs_no_more_than_its_own_money_of_all_others_together(fitted):
    absorbed = [each for service in fitted.published_.services for each in service.absorbed]
    assert [each.source for each in absorbed] == ["sitting", "sitting"]
    assert sum(each.worth for each in absorbed) < 1


def test_what_is_learned_goes_by_the_share_of_that_money_which_is_there(fitted):
    cases = people(1000, 2)
    missed = packages(cases) @ list(RATES.values()) - fitted.predict(cases)
    assert np.abs(missed).mean() == pytest.approx(fitted.unseen_error_, rel=0.15)
    assert abs(missed.mean()) < 0.5 * np.abs(missed).mean()


def test_what_one_service_replaces_altogether_is_not_given_beside_it():
    def agreed(cases: pd.DataFrame) -> pd.DataFrame:
        lived_with = ((cases.need_night == 4) & (cases.need_wash >= 3)).astype(float)
        visits, meals = 6.0 * cases.need_wash, 5.0 * cases.need_cook
        others = {"visits": visits * (1 - lived_with), "meals": meals * (1 - lived_with)}
        return pd.DataFrame({"live_in": lived_with, **others})

    cases, unseen = people(400, 0), people(1000, 2)
    noise = 1 + 0.03 * np.random.default_rng(1).normal(size=(400, 3))
    rates = card({"live_in": 1200, "visits": 20, "meals": 10})
    model = PackageModel(rates, effort="quick").fit(cases, packages=agreed(cases) * noise)
    lived_with = agreed(unseen).live_in > 0
    given = pd.DataFrame(model.predict_packages(unseen))[lived_with]
    # Beside it few hours are left of the twenty and the ten that such needs attract by themselves.
    assert given.visits.mean() < 3
    assert given.meals.mean() < 2
    # What all services together are bounded by takes of each alike, so who has it is told before that.
    codes, prices = model._codes(unseen), model.prices()
    services = replace(model.published_, taper=None)
    alone = pd.DataFrame(services.quantities(codes, prices))[lived_with]
    assert alone.live_in.mean() == pytest.approx(1, abs=0.1)
    assert alone.visits.mean() < 3
    assert alone.meals.mean() < 2
    # And it may be so bounded only if figures come nearer by it, as far as 400 cases can tell.
    true = agreed(unseen) @ [1200, 20, 10]
    off = np.abs(model.predict(unseen) - true).mean()
    assert off <= 1.05 * np.abs(services.pounds(codes, prices) - true).mean()


def test_who_is_wrongly_denied_a_source_is_given_what_it_would_have_absorbed():
    """Whether somebody is awake at night is hard to tell; whether somebody comes at all is not."""

    def agreed(cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        bad = cases.need_night + cases.need_wash + rng.normal(0, 3, len(cases))
        awake = np.where(bad >= 8, 7.0, 0.0)
        rounds = 7.0 * np.minimum(cases.need_night, 2)
        return pd.DataFrame({"awake": awake, "rounds": np.where(awake > 0, 0.0, rounds)})

    rng = np.random.default_rng(5)
    cases = people(400, 6)
    model = PackageModel(card({"awake": 100, "rounds": 15}), effort="quick")
    model.fit(cases, packages=agreed(cases, rng))
    by_name = {service.name: service for service in model.published_.services}
    assert [each.source for each in by_name["rounds"].absorbed] == ["awake"]
