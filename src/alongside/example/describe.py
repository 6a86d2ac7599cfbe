"""What a record says of a person: name, numbers, where they live, how to reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.example.assumptions import NAMES, Assumptions
from alongside.example.carers import RELATIONS, Ties
from alongside.example.draws import (
    Days,
    Draws,
    Flags,
    Ints,
    dated,
    days_before,
    labelled,
    pick,
    pick_by,
    taken,
    within,
)
from alongside.example.folk import CARE_GROUPS, HOME, SETTINGS, SEXES, Folk, is_older
from alongside.example.journey import NEVER, STAGES, Journey
from alongside.example.names import NameLists, family_names
from alongside.example.numbers import reserved_nhs_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alongside.example.staff import Staff

PRECISIONS = ("day", "month", "year", "estimated")
PRONOUNS = ("she/her", "he/him", "they/them")
RELATION_WORDS = {
    "spouse": "Husband, wife or partner",
    "child": "Son or daughter",
    "parent": "Mother or father",
    "sibling": "Brother or sister",
    "friend": "Friend or neighbour",
}
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def people_frame(
    assume: Assumptions,
    draws: Draws,
    *,
    folk: Folk,
    ties: Ties,
    journey: Journey,
    staff: Staff,
    lists: NameLists,
) -> pl.DataFrame:
    """Everybody, those who draw on support first and carers after them, one row each."""
    rng = draws.stream("describe")
    size = folk.size
    born, precision = _birthdays(rng, assume, folk)
    added = np.full(size, 0, dtype=np.int64)
    added[: journey.added.size] = journey.added
    later = assume["spans"]["carers"]["added_after"]
    added[ties.carer] = np.maximum(journey.added[ties.person] - later, 0)
    died = _deaths(rng, assume, folk, journey)
    frame = pl.DataFrame(
        {
            "id": np.arange(1, size + 1, dtype=np.int64),
            "care_group": labelled(folk.group, CARE_GROUPS),
            "agency_id": folk.agency + 1,
            "team_id": staff.team,
            "worker_id": staff.worker,
            "manager_id": staff.manager,
            "stage": labelled(
                np.append(journey.stage, np.zeros(size - journey.stage.size, np.int64)), STAGES
            ),
            **_names(assume, draws, folk, ties, lists),
            "born_on": dated(born),
            "age": folk.age,
            "born_precision": labelled(precision, PRECISIONS),
            "sex": labelled(folk.sex, SEXES),
            "ethnicity": labelled(folk.ethnicity, list(assume["ethnicity"]["labels"])),
            "setting": labelled(folk.setting, SETTINGS),
            "lives_alone": folk.alone,
            "rural": folk.rural,
            "died_on": dated(died),
            "restricted": rng.random(size) < assume["contact"]["restricted"],
            "added_on": dated(days_before(np.datetime64(assume.today, "D"), added)),
            **_languages(rng, assume, folk),
            **_reach(rng, assume, folk),
        }
    )
    return _emails(assume, frame).with_columns(is_example=pl.lit(value=True))


def _birthdays(rng: np.random.Generator, assume: Assumptions, folk: Folk) -> tuple[Days, Ints]:
    told = assume["contact"]["birth_precision"]
    precision = pick(rng, folk.size, [told[name] for name in PRECISIONS])
    month = folk.born.astype("datetime64[M]").astype("datetime64[D]")
    year = folk.born.astype("datetime64[Y]").astype("datetime64[D]")
    return np.select([precision == 0, precision == 1], [folk.born, month], year), precision


def _deaths(rng: np.random.Generator, assume: Assumptions, folk: Folk, journey: Journey) -> Days:
    """Most of those whose record has been closed have died; nobody else has."""
    closed = np.full(folk.size, NEVER, dtype=np.int64)
    ended = journey.ended
    closed[: ended.size] = np.where(
        rng.random(ended.size) < assume["chances"]["people"]["closed_because_they_died"],
        ended,
        NEVER,
    )
    return days_before(np.datetime64(assume.today, "D"), closed)


def _names(
    assume: Assumptions, draws: Draws, folk: Folk, ties: Ties, lists: NameLists
) -> dict[str, pl.Series]:
    rng = draws.stream("names")
    young = folk.age < assume["spans"]["people"]["hyphenated_below_age"]
    short = assume["contact"]["preferred_name"]
    given = lists.draw_given(rng, folk.heritage, folk.names_as, folk.born_in)
    first = lists.draw_family(rng, folk.heritage)
    second = lists.draw_family(rng, folk.heritage)
    hyphenated = (rng.random(folk.size) < assume["heritage"]["hyphenated"]) & young
    alike = ties.same_name
    for column in (first, second, hyphenated):
        column[ties.carer[alike]] = column[ties.person[alike]]
    preferred = taken(lists.given, given).str.head(short["most_letters"]).str.strip_chars("-'")
    enough = (preferred.str.len_chars() >= short["fewest_letters"]).to_numpy()
    some = (rng.random(folk.size) < short["share"]) & enough
    return {
        "given_name": taken(lists.given, given),
        "family_name": family_names(lists, first, second, hyphenated),
        "preferred_name": pl.select(
            pl.when(pl.Series(some)).then(preferred).otherwise(pl.lit(""))
        ).to_series(),
    }


def _languages(rng: np.random.Generator, assume: Assumptions, folk: Folk) -> dict[str, pl.Series]:
    told = assume["heritage"]
    spoken = [told["languages"].get(name, {}) for name in NAMES]
    labels = sorted({language for row in spoken for language in row})
    table = np.array([[row.get(name, 0.0) for name in labels] for row in spoken])
    table = np.column_stack([table, 1 - table.sum(axis=1)])
    drawn = pick_by(rng, folk.heritage, table)
    other = drawn < len(labels)
    language = np.where(other, drawn, -1)
    of_age = folk.age > assume["spans"]["people"]["interpreter_above_age"]
    interprets = other & (rng.random(folk.size) < told["interpreter"]) & of_age
    interprets &= folk.heritage != NAMES.index("welsh")
    return {
        "languages": taken([f"{name}, English" for name in labels], language),
        "interpreter": taken(labels, np.where(interprets, drawn, -1)),
    }


def _reach(rng: np.random.Generator, assume: Assumptions, folk: Folk) -> dict[str, Any]:
    told = assume["contact"]
    old = is_older(assume, folk.age)
    mobile = rng.random(folk.size) < np.where(
        old, told["has_mobile"]["over_65"], told["has_mobile"]["under_65"]
    )
    reachable = rng.random(folk.size) < told["has_telephone"]
    each = told["numbers_of_each"]
    last = [str(number).zfill(len(str(each - 1))) for number in range(each)]
    numbers = [f"{told[kind]}{digits}" for kind in ("landline", "mobile") for digits in last]
    number = rng.integers(0, each, folk.size) + each * mobile
    adults = folk.group != CARE_GROUPS.index("carer")
    has_email = rng.random(folk.size) < np.where(
        old, told["has_email"]["over_65"], told["has_email"]["under_65"]
    )
    return {
        "telephone": taken(numbers, np.where(reachable, number, -1)),
        "email": pl.Series(has_email),
        "pronouns": _some(
            rng,
            PRONOUNS,
            told["pronouns"],
            np.ones(folk.size, np.bool_),
            (folk.names_as, assume["chances"]["people"]["usual_words"]),
        ),
        "communication": _some(rng, assume.words["communication"], told["communication"], adults),
        "safe_contact": _some(rng, assume.words["safe_contact"], told["safe_contact"], adults),
    }


def _some(
    rng: np.random.Generator,
    texts: Sequence[str],
    share: float,
    among: Flags,
    usually: tuple[Ints, float] | None = None,
) -> pl.Series:
    """Give a share of some people one of the texts, and everybody else none."""
    which = rng.integers(0, len(texts), among.size)
    if usually is not None:
        most, this_often = usually
        which = np.where(rng.random(among.size) < this_often, most, len(texts) - 1)
    chosen = among & (rng.random(among.size) < share)
    return taken(texts, np.where(chosen, which, -1))


def _emails(assume: Assumptions, frame: pl.DataFrame) -> pl.DataFrame:
    domain = assume["contact"]["email_domain"]
    plain = (
        pl.concat_str(pl.col("given_name"), pl.lit("."), pl.col("family_name"))
        .str.normalize("NFKD")
        .str.to_lowercase()
        .str.replace_all("ł", "l")
        .str.replace_all(r"[^a-z.]", "")
    )
    address = pl.concat_str(plain, pl.lit("."), pl.col("id").cast(pl.String), pl.lit(f"@{domain}"))
    return frame.with_columns(email=pl.when("email").then(address).otherwise(pl.lit("")))


def identifier_frame(assume: Assumptions, draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    """The NHS number of nearly everybody, and a council number of those whose record a council holds."""
    rng = draws.stream("identifiers")
    told = assume["contact"]
    everybody = people["id"].to_numpy()
    agency = people["agency_id"].to_numpy()
    known = rng.random(everybody.size) < told["has_nhs_number"]
    numbers = reserved_nhs_numbers(
        rng, int(known.sum()), int(told["nhs_number_from"]), int(told["nhs_number_to"])
    )
    if numbers.size < known.sum():
        known[rng.permutation(np.flatnonzero(known))[numbers.size :]] = False
    council = agency == 1
    return (
        pl.DataFrame(
            {
                "person_id": np.concatenate([everybody[known], everybody[council]]),
                "agency_id": np.concatenate([agency[known], agency[council]]),
                "scheme": ["nhs"] * int(known.sum()) + ["council"] * int(council.sum()),
                "value": np.concatenate(
                    [numbers, int(told["council_number_from"]) + everybody[council]]
                ),
            }
        )
        .with_columns(pl.col("value").cast(pl.String))
        .with_row_index("id", offset=1)
    )


def address_frame(
    assume: Assumptions, draws: Draws, folk: Folk, ties: Ties, people: pl.DataFrame
) -> pl.DataFrame:
    """Where everybody lives, and where some lived before; carers who live with the person, the same place."""
    rng = draws.stream("addresses")
    told = assume["contact"]
    now = _dwellings(rng, assume, folk.rural, folk.setting)
    shared = np.arange(folk.size)
    shared[ties.carer[ties.lives_with]] = ties.person[ties.lives_with]
    now = {name: column.gather(shared) for name, column in now.items()}
    moved = (rng.random(folk.size) < told["moved_in_last_five_years"]) | (folk.setting != HOME)
    span = assume["spans"]["people"]
    lately, long_ago = (within(rng, folk.size, span[key]) for key in ("moved_ago", "settled_ago"))
    ago = np.where(moved, lately, long_ago)
    before = _dwellings(rng, assume, folk.rural, np.zeros(folk.size, np.int64))
    today = np.datetime64(assume.today, "D")
    since = np.maximum(days_before(today, ago), folk.born)
    frames = [
        pl.DataFrame(
            {
                "person_id": people["id"],
                "agency_id": people["agency_id"],
                **now,
                "since": dated(since),
                "until": pl.Series([None] * folk.size, dtype=pl.Date),
                "hidden": rng.random(folk.size) < told["hidden_address"],
            }
        ),
        pl.DataFrame(
            {
                "person_id": people["id"],
                "agency_id": people["agency_id"],
                **before,
                "since": dated(
                    np.maximum(
                        since
                        - within(rng, folk.size, span["lived_before"]).astype("timedelta64[D]"),
                        folk.born,
                    )
                ),
                "until": dated(since),
                "hidden": np.zeros(folk.size, np.bool_),
            }
        ).filter(pl.Series(moved & (since > folk.born))),
    ]
    return pl.concat(frames).with_row_index("id", offset=1)


def _dwellings(
    rng: np.random.Generator, assume: Assumptions, rural: Flags, setting: Ints
) -> dict[str, pl.Series]:
    """Draw a house or a care home for everybody, in a place that does not exist."""
    places, told, size = assume["places"], assume["contact"], rural.size
    streets = [
        f"{a} {b}" for a in places["street_first"].split() for b in places["street_last"].split()
    ]
    towns = [
        name.replace("-", " ") for key in ("towns", "villages") for name in places[key].split()
    ]
    split = len(places["towns"].split())
    homes = [f"The {name}" for name in places["care_homes"].split()]
    town = np.where(
        rural,
        rng.integers(split, len(towns), size),
        np.minimum(rng.geometric(assume["chances"]["people"]["next_town"], size) - 1, split - 1),
    )
    number = within(rng, size, places["house_numbers"])
    sectors = told["postcode_sectors"]
    postcodes = [
        f"{told['postcode_area']}{district} {inward}"
        for district in range(1, int(told["postcode_districts"]) + 1)
        for inward in range(1, sectors + 1)
    ]
    ends = [a + b for a in LETTERS for b in LETTERS]
    parts = pl.DataFrame(
        {
            "home": taken(homes, np.where(setting == HOME, -1, rng.integers(0, len(homes), size))),
            "number": number,
            "street": taken(streets, rng.integers(0, len(streets), size)),
            "town": taken(towns, town),
            "start": taken(
                postcodes, (town * sectors + rng.integers(0, sectors, size)) % len(postcodes)
            ),
            "end": taken(ends, rng.integers(0, len(ends), size)),
        }
    )
    house = pl.concat_str("number", pl.lit(" "), "street", pl.lit("\n"), "town")
    written = parts.select(
        pl.when(pl.col("home") == "")
        .then(house)
        .otherwise(pl.concat_str("home", pl.lit("\n"), house))
        .alias("lines"),
        pl.concat_str("start", "end").alias("postcode"),
    )
    return {"lines": written["lines"], "postcode": written["postcode"]}


def relationship_frame(
    assume: Assumptions, draws: Draws, ties: Ties, people: pl.DataFrame
) -> pl.DataFrame:
    """How each carer stands to the person they care for."""
    rng = draws.stream("relationships")
    ago = within(rng, ties.person.size, assume["spans"]["carers"]["knows_the_person_since"])
    labels = [RELATION_WORDS[name] for name in RELATIONS]
    return pl.DataFrame(
        {
            "id": np.arange(1, ties.person.size + 1, dtype=np.int64),
            "person_id": ties.person + 1,
            "other_id": ties.carer + 1,
            "agency_id": people["agency_id"].to_numpy()[ties.person],
            "kind": taken(labels, ties.relation),
            "relation": labelled(ties.relation, RELATIONS),
            "is_carer": np.ones(ties.person.size, np.bool_),
            "hours_a_week": ties.hours.astype(np.int64),
            "lives_with": ties.lives_with,
            "since": dated(days_before(np.datetime64(assume.today, "D"), ago)),
        }
    )


def alert_frame(assume: Assumptions, draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    """What whoever opens some records must know first."""
    rng = draws.stream("alerts")
    texts = assume.words["alert"]
    size = people.height
    chosen = np.flatnonzero(rng.random(size) < assume["contact"]["alert"])
    return pl.DataFrame(
        {
            "id": np.arange(1, chosen.size + 1, dtype=np.int64),
            "person_id": chosen + 1,
            "agency_id": people["agency_id"].to_numpy()[chosen],
            "text": taken(texts, rng.integers(0, len(texts), chosen.size)),
            "since": people["added_on"].gather(chosen),
        }
    )
