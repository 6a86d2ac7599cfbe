"""The Scottish survey as cases: weekly hours of home care, and what was recorded of the person."""

from __future__ import annotations

from pathlib import Path

import polars as pl

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "scotland-social-care-survey"
_GROUPS = [
    "Low",
    "LowB",
    "Medium",
    "LowD",
    "MediumE",
    "High",
    "MediumG",
    "HighH",
    "HighI",
]
_AGES = ["18-<65", "65-<75", "75-<85", "85+"]
_CIRCUMSTANCES = {
    "circ_client": "ClientGRP",
    "circ_living": "LivingArr",
    "circ_housing": "HousingType_OV",
}
_MARKS = {
    "circ_woman": ("GenderISO", "Female"),
    "need_meals": ("meals", "Meals"),
    "need_two_carers": ("Staff", "2 or more Staff"),
    "need_laundry": ("Laundry_OV", "Yes"),
    "need_shopping": ("Shopping_OV", "Yes"),
    "circ_housing_support": ("HousingSupport_OV", "Yes"),
    "circ_telecare": ("telecareonly", "Yes"),
    "circ_alarm": ("communityalarmonly", "Yes"),
    "circ_alarm_and_telecare": ("communityandtelecare", "Yes"),
}


def load(*, dependency: bool, only_with_group: bool = True) -> tuple[pl.DataFrame, pl.Series]:
    """Give cases and weekly hours in 2012, of home-care clients with hours recorded."""
    rows = pl.read_csv(FOLDER / "2012-half.csv.gz", infer_schema_length=100_000)
    rows = rows.filter((pl.col("HCFlag") == 1) & pl.col("newhours").is_not_null())
    if only_with_group:
        rows = rows.filter(pl.col("IoRN_OV").is_not_null())
    columns = [
        pl.col("AgeGRP").replace_strict(_AGES, range(4), default=None).alias("circ_age"),
        *(
            (pl.col(source) == label).cast(pl.Int64).alias(name)
            for name, (source, label) in _MARKS.items()
        ),
        *(_codes(rows, name, source) for name, source in _CIRCUMSTANCES.items()),
    ]
    if dependency:
        place = pl.col("IoRN_OV").replace_strict(_GROUPS, range(9), default=None)
        columns.append(place.alias("need_dependency"))
    return rows.select(columns), rows["newhours"].cast(pl.Float64)


def _codes(rows: pl.DataFrame, name: str, source: str) -> pl.Expr:
    labels = rows[source].value_counts().sort("count", source, descending=True)[source].to_list()
    labels = [label for label in labels if label is not None]
    return pl.col(source).replace_strict(labels, range(len(labels)), default=None).alias(name)
