"""Answers as FHIR QuestionnaireResponses: written column by column, as text, for many people at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from alongside.instruments.library import shipped

Answers = Mapping[
    str, pl.Series
]  # by link id: a text, a choice's code, or a whole number; null for none


def responses(form: str, answers: Answers, status: pl.Series, authored: pl.Series) -> pl.Series:
    """Write one response a row, in the form's own order, with what was answered and nothing else."""
    content = shipped(form)
    height = status.len()
    items = [
        written for item in content["item"] if (written := _item(item, answers, height)) is not None
    ]
    frame = pl.DataFrame(items).with_columns(status.alias("status"), authored.alias("authored"))
    names = [series.name for series in items]
    start = compact(
        {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": f"{content['url']}|{content['version']}",
        }
    )[:-1]
    body = pl.concat_str(names, separator=",", ignore_nulls=True)
    return frame.select(
        pl.concat_str(
            pl.lit(start + ',"status":"'),
            "status",
            pl.lit('","authored":"'),
            pl.col("authored"),
            pl.lit('"'),
            pl.when(body != "")
            .then(pl.concat_str(pl.lit(',"item":['), body, pl.lit("]")))
            .otherwise(pl.lit("")),
            pl.lit("}"),
        ).alias("response")
    )["response"]


def _item(item: Mapping[str, Any], answers: Answers, height: int) -> pl.Series | None:
    """Write one item for every row, null where nothing of it was answered."""
    link = item["linkId"]
    start = compact({"linkId": link})[:-1]
    if item.get("item") and item["type"] == "group":
        parts = [
            written
            for part in item["item"]
            if (written := _item(part, answers, height)) is not None
        ]
        return _wrapped(link, f'{start},"item":[', parts, "]}") if parts else None
    if link not in answers:
        return None
    return _answered(item, start, answers[link])


def _wrapped(link: str, start: str, parts: list[pl.Series], end: str) -> pl.Series:
    names = [part.name for part in parts]
    inside = pl.concat_str(names, separator=",", ignore_nulls=True)
    return (
        pl.DataFrame(parts)
        .select(
            pl.when(pl.any_horizontal(pl.col(names).is_not_null()))
            .then(pl.concat_str(pl.lit(start), inside, pl.lit(end)))
            .alias(link)
        )
        .to_series()
    )


def _answered(item: Mapping[str, Any], start: str, values: pl.Series) -> pl.Series:
    link = item["linkId"]
    if item["type"] == "choice":
        whole = {
            coding["code"]: f'{start},"answer":[{compact({"valueCoding": _plain(coding)})}]}}'
            for coding in (option["valueCoding"] for option in item["answerOption"])
        }
        codes = values.cast(pl.String)
        return codes.replace_strict(whole, default=None, return_dtype=pl.String).alias(link)
    kind, value = _value(item["type"], values)
    written = pl.concat_str(pl.lit(f'{start},"answer":[{{"{kind}":'), value, pl.lit("}]}"))
    empty = values.is_null() if values.dtype != pl.String else values.is_null() | (values == "")
    return pl.select(pl.when(~empty).then(written).alias(link)).to_series()


def _value(kind: str, values: pl.Series) -> tuple[str, pl.Series]:
    if kind == "integer":
        return "valueInteger", values.cast(pl.String)
    return "valueString", quoted(values)


def quoted(texts: pl.Series) -> pl.Series:
    """Write texts as JSON strings."""
    safe = texts.str.replace_all("\\", "\\\\", literal=True).str.replace_all(
        '"', '\\"', literal=True
    )
    safe = safe.str.replace_all("\n", "\\n", literal=True)
    return pl.select(pl.concat_str(pl.lit('"'), safe, pl.lit('"'))).to_series()


def _plain(coding: Mapping[str, Any]) -> dict[str, str]:
    """A choice as an answer keeps it: its system and code; the form has the words."""
    return {key: coding[key] for key in ("system", "code") if key in coding}


def compact(value: Any) -> str:
    """Write JSON without spaces: there will be much of it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def link_ids(form: str) -> Iterator[str]:
    """Give the link id of every question of a form."""

    def walk(items: list[dict[str, Any]]) -> Iterator[str]:
        for item in items:
            if item["type"] not in ("group", "display"):
                yield item["linkId"]
            yield from walk(item.get("item", []))

    return walk(shipped(form)["item"])
