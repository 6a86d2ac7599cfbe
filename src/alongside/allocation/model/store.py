"""A model as JSON that a person can read, with a digest that shows any alteration."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from alongside.allocation.model.combined import Combined, combined
from alongside.allocation.model.encoding import NEED, Item, ModelInputError
from alongside.allocation.model.instead import Instead
from alongside.allocation.model.intervals import Band, Intervals
from alongside.allocation.model.published import (
    Absorption,
    Doubling,
    Graph,
    Group,
    Part,
    Published,
    Service,
    Threshold,
    Whole,
)
from alongside.allocation.model.ranks import Rank
from alongside.allocation.model.taper import Taper

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

KIND = "alongside package model"
VERSION = 9  # since graphs are read at marks: what came before is of no released program


def digest(content: dict[str, Any]) -> str:
    """Give the SHA-256 of a model's content, whatever the order or spacing of its file."""
    bare = {key: value for key, value in content.items() if key != "digest"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class LearnedFrom:
    """The set of cases that a model was fitted on: how many, and one digest of all their answers.

    Nothing in it is about a person: a digest of one person's answers could be guessed, so there
    is none. Cases in another order, or under other names, are the same set. ``costs`` is a digest of
    the answers with what each case had.
    """

    cases: int
    digest: str
    costs: str = ""

    @classmethod
    def of(
        cls, codes: NDArray[np.int8], quantities: Mapping[str, NDArray[np.float64]]
    ) -> LearnedFrom:
        """Take the mark of a set of cases from their answers as the model reads them, and from what they had."""
        had = sorted(name for name, units in quantities.items() if units.any())
        units = np.round(np.array([quantities[name] for name in had]).T, 6) + 0.0
        answers = [row.tobytes() for row in codes]
        both = (
            [one + other.tobytes() for one, other in zip(answers, units, strict=True)]
            if had
            else answers
        )
        return cls(len(codes), _digest_of(answers), _digest_of([*both, " ".join(had).encode()]))


def _digest_of(rows: list[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(rows))).hexdigest()


def marked(content: dict[str, Any]) -> dict[str, Any]:
    """Say what a model's content is, and which programs can read it."""
    return {"kind": KIND, "version": VERSION, **_without_minus_nought(content)}


def _without_minus_nought(content: Any) -> Any:
    """Give content in which -0.0 is 0.0: they are the same amount, and not every database keeps both."""
    if isinstance(content, dict):
        return {key: _without_minus_nought(each) for key, each in content.items()}
    if isinstance(content, (list, tuple)):
        return [_without_minus_nought(each) for each in content]
    return content + 0.0 if isinstance(content, float) else content


def write(path: str | Path, content: dict[str, Any]) -> None:
    """Write a model with its digest."""
    from pathlib import Path

    whole = marked(content)
    whole["digest"] = digest(whole)
    Path(path).write_text(as_text(whole), encoding="utf-8")


def as_text(content: dict[str, Any]) -> str:
    """Give a model's content as its file says it, to be read by a person too."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    return _compact(text) + "\n"


def read(path: str | Path) -> dict[str, Any]:
    """Read a model, and refuse one that is broken, of another kind, or altered.

    Raises
    ------
    ModelInputError
        With what is wrong with the file.

    """
    from pathlib import Path

    path = Path(path)
    try:
        content = json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=_once)
    except FileNotFoundError:
        raise ModelInputError(f"There is no file {path.name}. Check its name and folder.") from None
    except IsADirectoryError:
        says = f"{path} is a folder. Name the file of a model in it, as model.json."
        raise ModelInputError(says) from None
    except RecursionError:
        raise ModelInputError(
            f"{path.name} is not a package model. Load one that was saved as one."
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        says = f"{path.name} is not a model: it cannot be read as JSON ({error}). Save it again."
        raise ModelInputError(says) from None
    except _Twice as name:
        says = f"{path.name} was altered after it was saved: {name} stands in it twice. Load the original."
        raise ModelInputError(says) from None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise ModelInputError(
            f"{path.name} is not a package model. Load one that was saved as one."
        )
    if content.get("version") != VERSION:
        says = f"{path.name} is of version {content.get('version')}; this program reads {VERSION}."
        raise ModelInputError(f"{says} Use the program that saved it, or fit the model anew.")
    if content.get("digest") != digest(content):
        raise ModelInputError(
            f"{path.name} was altered after it was saved: its digest does not fit its content. "
            "Load the original; to change a model, fit and save it anew."
        )
    return content


class _Twice(Exception):
    """A name that stands in one place twice: a person would read one value, and a program the other."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _compact(text: str) -> str:
    """Put lists of plain numbers on one line each, so that tables read as tables."""
    lines: list[str] = []
    inside: list[str] | None = None
    for line in text.split("\n"):  # no other sign ends a line: there may be one inside of a text
        bare = line.strip()
        if inside is not None:
            inside.append(bare)
            if bare.startswith("]"):
                lines[-1] += "".join(inside).replace(",", ", ").replace(", ]", "]").rstrip(" ")
                if lines[-1].endswith("], "):
                    lines[-1] = lines[-1][:-1]
                inside = None
            elif bare.endswith(("[", "{")) or bare.startswith('"'):
                lines += inside
                inside = None
            continue
        lines.append(line)
        if bare.endswith("["):
            inside = []
    return "\n".join(lines)


def published_to_json(model: Published) -> dict[str, Any]:
    """Lay a published model out as plain dictionaries and lists."""
    return {
        "items": [_item(item) for item in model.items],
        "services": [_with_parts(service) for service in model.services],
        "base": model.base,
    } | where_any(
        ranks=[_rank(rank) for rank in model.ranks],
        least=model.least,
        threshold=_with_parts(model.threshold) if model.threshold else None,
        combined=[_combined(both) for both in model.combined],
        taper=asdict(model.taper) if model.taper else None,
        instead=asdict(model.instead) if model.instead else None,
        whole=_whole(model.whole) if model.whole else None,
    )


def _whole(whole: Whole) -> dict[str, Any]:
    return {
        "share": whole.share,
        "service": _with_parts(whole.service),
        "basket": whole.basket,
    } | where_any(above=whole.above)


def _with_parts(whole: Service | Threshold) -> dict[str, Any]:
    """Lay out a service or the threshold; a part without a doubling says nothing of one."""
    content = asdict(whole)
    content["parts"] = [
        {name: fact for name, fact in part.items() if fact is not None} for part in content["parts"]
    ]
    return content


def _item(item: Item) -> dict[str, Any]:
    levels = [str(level) for level in range(item.top + 1)]
    if item.edges is not None:
        levels = [f"below {item.edges[0]:g}"] if item.edges else ["any"]
        levels += [f"from {edge:g}" for edge in item.edges]
    return {
        "name": item.name,
        "kind": item.kind,
        "top": item.top,
        "edges": None if item.edges is None else list(item.edges),
        "positions": [*levels, "missing"],
    }


def _rank(rank: Rank) -> dict[str, Any]:
    return {"name": rank.name, "top": rank.top, "of": list(rank.of), "place": rank.place}


def _combined(both: Combined) -> dict[str, Any]:
    levels = [f"{one} with {other}" for one, other in both.levels()]
    return {"name": both.name, "of": list(both.of), "positions": [*levels, "missing"]}


def published_from_json(content: dict[str, Any]) -> Published:
    """Rebuild a published model."""
    items = tuple(
        Item(
            each["name"],
            each["kind"],
            each["top"],
            None if each["edges"] is None else tuple(each["edges"]),
        )
        for each in content["items"]
    )
    services = tuple(_service(each) for each in content["services"])
    ranks = tuple(
        Rank(each["name"], NEED, each["top"], of=tuple(each["of"]), place=each["place"])
        for each in content.get("ranks", [])
    )
    least, threshold = content.get("least", 0.0), content.get("threshold")
    return Published(
        items,
        services,
        content["base"],
        ranks,
        least,
        Threshold(_parts(threshold["parts"]), threshold["least"]) if threshold else None,
        tuple(_read_combined(each, items) for each in content.get("combined", [])),
        Taper(**content["taper"]) if content.get("taper") else None,
        Instead(**content["instead"]) if content.get("instead") else None,
        _read_whole(content["whole"]) if content.get("whole") else None,
    )


def _read_combined(content: dict[str, Any], items: tuple[Item, ...]) -> Combined:
    known = {item.name: item for item in items}
    one, other = (known[name] for name in content["of"])
    return replace(combined(one, other), name=content["name"])


def _parts(content: list[dict[str, Any]]) -> tuple[Part, ...]:
    return tuple(
        Part(
            says=part["says"],
            groups=tuple(
                Group(group["area"], _tables(group["needs"]), _tables(group["left"]))
                for group in part["groups"]
            ),
            added=_tables(part["added"]),
            graph=_graph(part["graph"]),
            factors=_tables(part["factors"]),
            doubling=Doubling(**part["doubling"]) if "doubling" in part else None,
        )
        for part in content
    )


def _graph(content: dict[str, Any]) -> Graph:
    x, y, slope = (tuple(content[name]) for name in ("x", "y", "slope"))
    return Graph(x, y, slope, content["per"])


def _read_whole(content: dict[str, Any]) -> Whole:
    service = _service(content["service"])
    return Whole(content["share"], service, content["basket"], content.get("above", 0.0))


def _service(content: dict[str, Any]) -> Service:
    absorbed = tuple(Absorption(**each) for each in content["absorbed"])
    parts = _parts(content["parts"])
    return Service(content["name"], parts, absorbed, content.get("least", 0.0))


def _tables(content: dict[str, list[Any]]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(values) for name, values in content.items()}


def intervals_to_json(intervals: Intervals) -> list[dict[str, Any]]:
    """Lay out intervals; the first band has no lower end."""
    return [
        {"from": None if band.start == float("-inf") else band.start, "errors": list(band.errors)}
        for band in intervals.bands
    ]


def intervals_from_json(content: list[dict[str, Any]]) -> Intervals:
    """Rebuild intervals."""
    return Intervals(
        tuple(
            Band(float("-inf") if each["from"] is None else each["from"], tuple(each["errors"]))
            for each in content
        )
    )


def where_any(**facts: Any) -> dict[str, Any]:
    """Keep the facts that there are: a person reads of nothing that a model does not have."""
    return {name: fact for name, fact in facts.items() if fact}


def learned_from_to_json(known: LearnedFrom | None) -> dict[str, Any] | None:
    """Lay out which cases a model was fitted on."""
    return None if known is None else {"cases": known.cases, "digest": known.digest}


def learned_from_json(content: dict[str, Any] | None, costs: str) -> LearnedFrom | None:
    """Rebuild which cases a model was fitted on, if it says so."""
    return None if content is None else LearnedFrom(**content, costs=costs)
