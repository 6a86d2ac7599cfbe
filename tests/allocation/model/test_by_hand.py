"""The printed tables of a model say all that its figures are worked out from, and nothing else."""

import json
from types import SimpleNamespace

import polars as pl
import pytest

from allocation.model.by_hand import ByHand
from allocation.model.making import (
    random_model,
    random_prices,
    random_profiles,
    weighs_halves,
)
from alongside.allocation.model.encoding import encode, read_columns
from alongside.allocation.model.store import published_from_json, published_to_json
from alongside.allocation.plain_tables import plain_tables


def printed(published, prices):
    """Print a model's tables; what it was fitted on is of no consequence to its figures."""
    model = SimpleNamespace(
        published_=published,
        experience_=SimpleNamespace(cases=60),
        imagined_=0,
        digest_="",
        rates=None,
        services_=tuple(prices),
        prices=lambda: prices,
    )
    return plain_tables(model)


def with_names_of_their_own(seed):
    """A random model in which no need is called as a circumstance is, and marks are decimals."""
    content = json.dumps(published_to_json(random_model(seed)))
    for kind, name in (("need_", "need_n"), ("circ_", "circ_c")):
        content = content.replace(f'"{kind}', f'"{name}')
    return published_from_json(json.loads(content.replace('"per": 3', '"per": 5')))


@pytest.mark.parametrize("seed", range(40))
def test_a_figure_worked_out_by_hand_is_the_model_s_to_the_penny(seed):
    model = with_names_of_their_own(seed)
    prices = {name: price + 0.005 for name, price in random_prices(model, seed).items()}
    prices = {name: round(price, 3) for name, price in prices.items()}
    profiles = random_profiles(model, seed, rows=12)
    pounds = model.pounds(encode(list(model.items), read_columns(profiles), []), prices)
    by_hand, labels = (
        ByHand(printed(model, prices)),
        {each.name: each.label for each in model.items},
    )
    people = profiles.rename(labels).to_dicts()
    assert [float(by_hand.pounds(each)) for each in people] == pounds.tolist()


def test_half_a_mark_goes_up_as_by_hand():
    model, prices = weighs_halves(), {"care": 1.0}
    levels = pl.DataFrame({"need_meals": range(101)})
    by_hand = ByHand(printed(model, prices))
    figures = [float(by_hand.pounds({"meals": level})) for level in range(101)]
    assert figures[:4] == [0.0, 0.4, 0.6, 0.8]
    assert (
        model.pounds(encode(list(model.items), read_columns(levels), []), prices).tolist()
        == figures
    )
