"""What is looked at before a method is added or comes into use."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Manager
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.budgets.method import Method, read_model
from alongside.web.budgets.models import AllocationMethod, MethodInUse
from alongside.web.budgets.profile_words import question
from alongside.web.drafts.refusals import Refused

LARGEST = 5_000_000
LONGEST = {"name": 200, "version": 40, "data_sheet": 100_000}


class Problem(NamedTuple):
    """What is wrong with one thing that was given: the name of its field, and a sentence."""

    field: str
    sentence: str


def read_method(file: bytes) -> dict[str, Any]:
    """Read the file of a method, as ``alongside allocation fit`` or ``publish`` wrote it.

    Raises
    ------
    Refused
        When it is no method, was altered, or asks what the needs profile does not.
    """
    if len(file) > LARGEST:
        raise Refused(_("This file is larger than any method: it has more than 5 MB."), "model")
    try:
        content = json.loads(file.decode("utf-8-sig"), parse_constant=_no_number)
        problem = problem_of_file(content)
    except (ValueError, RecursionError):
        # What cannot be read as JSON, and what nests deeper than anybody can follow.
        problem = _(
            "This is not a method: it cannot be read as JSON. Choose the model.json that “alongside "
            "allocation publish” wrote."
        )
    if problem:
        raise Refused(problem, "model")
    return dict(content)


def problem_of_file(content: Any) -> str:
    """Say why the content of a file is no method that works here; empty where it is one."""
    from alongside.allocation.model import store

    if not isinstance(content, Mapping) or content.get("kind") != store.KIND:
        return _(
            "This is not a package model. Choose the model.json that “alongside allocation publish” wrote."
        )
    if content.get("version") != store.VERSION:
        return _(
            "This method was saved by another version of the program, which cannot be read here. Fit it "
            "anew, or bring the platform up to date."
        )
    if content.get("digest") != store.digest(dict(content)):
        return _(
            "This file was altered after it was saved: its digest does not fit its content. Choose the "
            "original. To change a method, fit and publish it anew."
        )
    return _problem_of_model(content)


def _problem_of_model(content: Mapping[str, Any]) -> str:
    from alongside.allocation import AllocationInputError

    try:
        model = read_model(content)
        items = [item.name for item in model.published_.items]
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return _("This method is not whole, so it cannot be read. Fit and publish it anew.")
    try:
        model.prices()
    except AllocationInputError:
        return _(
            "This method has no price for each of its services. Fit it with a rate card that has one."
        )
    unknown = [name for name in items if not _is_asked(name)]
    if unknown:
        return _(
            "This method asks what the needs profile here does not: %(names)s. Nobody would have an answer "
            "to that. Fit it on the questions of the needs profile that ships."
        ) % {"names": ", ".join(unknown[:10])}
    return ""


def _is_asked(name: str) -> bool:
    return not name.endswith("-help") and question(name) is not None


def problems_of_new(
    methods: Manager[AllocationMethod],
    *,
    name: str,
    version: str,
    digest: str,
    data_sheet: str,
) -> list[Problem]:
    """Give all that stands against a new version of a method whose file was read, and has this digest, if any."""
    given = {"name": name, "version": version, "data_sheet": data_sheet}
    found = [*_problems_of_words(given)]
    there = methods.filter(digest=digest).only("name", "version").first()
    if there is not None:
        words = _("This version is published already: it is %(method)s.") % {"method": there}
        found.append(Problem("model", words))
    sound = not {"name", "version"} & {each.field for each in found}
    if sound and methods.filter(name__iexact=name, version__iexact=version).exists():
        found.append(Problem("version", taken(name, version)))
    return found


def taken(name: str, version: str) -> str:
    """Say that there is a method of this name and version."""
    return _(
        "There is a version %(version)s of %(name)s already, and a version is never changed. Give this "
        "one another version."
    ) % {"version": version, "name": name}


def _problems_of_words(given: Mapping[str, str]) -> Iterator[Problem]:
    for field in ("name", "version"):
        if not given[field].strip():
            yield Problem(field, _("A method has a name and a version."))
        elif any(unicodedata.category(each) in ("Cc", "Cs", "Co", "Cn") for each in given[field]):
            words = _("A name and a version hold no signs that cannot be shown.")
            yield Problem(field, words)
    if not given["data_sheet"].strip():
        words = _("Say what the method was fitted on and what it must not be used for.")
        yield Problem("data_sheet", words)
    elif "\x00" in given["data_sheet"]:
        yield Problem("data_sheet", _("What it was fitted on must be text."))
    for field, most in LONGEST.items():
        if len(given[field]) > most:
            words = _("This has %(number)s characters. It can have %(most)s at most.")
            yield Problem(field, words % {"number": len(given[field]), "most": most})


def check_new(
    methods: Manager[AllocationMethod], *, content: Mapping[str, Any], **words: str
) -> None:
    """Let through a new version of a method against which nothing stands.

    Raises
    ------
    Refused
        With the first thing that does.
    """
    if problem := problem_of_file(content):
        raise Refused(problem, "model")
    for stands in problems_of_new(methods, digest=content["digest"], **words):
        raise Refused(stands.sentence, stands.field)


def check_kept_whole(methods: Manager[AllocationMethod], pk: int) -> None:
    """Look whether the database gave a method back as it was: it must give the same figures for ever.

    Raises
    ------
    Refused
        When it did not.
    """
    if problem_of_file(methods.values_list("model", flat=True).get(pk=pk)):
        words = _(
            "This method holds a number that cannot be kept exactly. Fit and publish it anew."
        )
        raise Refused(words, "model")


def check_start(
    uses: Manager[MethodInUse],
    *,
    agency_id: int,
    method: AllocationMethod,
    since: date,
    today: date,
) -> None:
    """Let through a day from which a method may be used in an agency.

    Raises
    ------
    Refused
        When it has passed, is years ahead, another method starts on it, or there are no prices yet.
    """
    from alongside.allocation import AllocationInputError

    if since < today:
        raise Refused(_("A method comes into use today or later, never in the past."), "since")
    latest = latest_start(today)
    if since > latest:
        words = _("This day is more than two years ahead. Check the year: %(day)s is the latest.")
        raise Refused(words % {"day": date_format(latest, "j F Y")}, "since")
    if uses.filter(agency=agency_id, since=since).exists():
        raise Refused(another_starts(), "since")
    whole = Method(method.name, method.version, method.digest, method.model)
    try:
        whole.model(since).prices()
    except AllocationInputError as problem:
        words = _(
            "The method has no price for each of its services on that day. Choose a later one."
        )
        raise Refused(words, "since") from problem


def latest_start(today: date) -> date:
    """Give the same day two years later; of 29 February, the day before.

    A later day is a slip of the keyboard: nobody knows the prices of a year that far ahead.
    """
    leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year + 2, day=28 if leap_day else today.day)


def another_starts() -> str:
    """Say that a day is taken."""
    return _("A method comes into use on that day already. Choose another day.")


def _no_number(name: str) -> float:
    raise ValueError(name)
