"""The acts that bring an agency's own method onto the platform, at the terminal of the server.

They are done as the owner of the database, for nobody is signed in there: each act's event names the
account of the machine. An administrator does the same on pages, with the acts in ``domain``.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date
from typing import Any

from alongside.web.access.models import Agency
from alongside.web.agencies.names import as_read, to_type
from alongside.web.audit.domain import act_at_terminal
from alongside.web.budgets import domain
from alongside.web.budgets.models import AllocationMethod, MethodInUse
from alongside.web.drafts.refusals import Refused

OWNER = "owner"


def add_method(
    *, agency: Agency, name: str, version: str, content: Mapping[str, Any], data_sheet: str
) -> AllocationMethod:
    """Add a version of a method, for every agency to use. It is never changed afterwards.

    Raises
    ------
    Refused
        When it is not a method, has no data sheet, or is there already.
    """
    return domain.add_version(
        act_at_terminal("budgets.publish_method"),
        AllocationMethod.objects.db_manager(OWNER),
        agency_id=agency.pk,
        published_by=None,
        name=name,
        version=version,
        content=content,
        data_sheet=data_sheet,
    )


def use_method(
    *, agency: Agency, method: AllocationMethod, since: date, today: date
) -> MethodInUse:
    """Use a method in an agency from a day on. What was worked out before stays as it was.

    Raises
    ------
    Refused
        When the day has passed or is years ahead, another method starts on it, or there are no prices yet.
    """
    return domain.use_from(
        act_at_terminal("budgets.put_method_in_use"),
        MethodInUse.objects.db_manager(OWNER),
        agency_id=agency.pk,
        decided_by=None,
        method=method,
        since=since,
        today=today,
    )


def methods() -> list[AllocationMethod]:
    """Give every method, by name, the newest version first, without what it works with."""
    found = AllocationMethod.objects.using(OWNER).defer("model", "data_sheet")
    return list(found.order_by("name", "-pk"))


def uses() -> list[MethodInUse]:
    """Give which agency uses which method from which day."""
    found = MethodInUse.objects.using(OWNER).select_related("agency", "method")
    return list(
        found.defer("method__model", "method__data_sheet").order_by("agency__name", "since")
    )


def method_named(name: str, version: str) -> AllocationMethod:
    """Find a method by its name and version: as they are written, or else the only one that is read so.

    Raises
    ------
    Refused
        When there is none, or more than one is read so.
    """
    there = {(each.name, each.version): each.pk for each in methods()}
    wanted = (name.strip(), version.strip())
    read = tuple(map(as_read, wanted))
    fit = (
        [wanted]
        if wanted in there
        else [each for each in there if tuple(map(as_read, each)) == read]
    )
    if len(fit) > 1:
        typed = " or ".join(" ".join(map(to_type, each)) for each in sorted(fit))
        raise Refused(
            f"{' '.join(wanted)!r} fits {len(fit)} methods. Give one exactly as it is written: {typed}."
        )
    if fit:
        return AllocationMethod.objects.using(OWNER).get(pk=there[fit[0]])
    raise Refused(_none_named(" ".join(wanted), [" ".join(each) for each in there]))


def _none_named(wanted: str, there: list[str]) -> str:
    if not there:
        return (
            "There is no method yet but the example that ships. Add one: alongside method add model.json "
            "--name NAME --version VERSION"
        )
    near = difflib.get_close_matches(wanted, there, n=1)
    meant = f"Was {near[0]} meant? " if near else ""
    return f"There is no method {wanted!r}. {meant}See which there are: alongside method list"
