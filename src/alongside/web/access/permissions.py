"""Who may: named predicates over an actor. Each app adds its own; these are shared."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor


class NobodyMay(PermissionDenied):
    """What no account may do, because of how the record stands: asking for another account helps nobody.

    ``instead`` is the address at which the record can be read.
    """

    def __init__(self, sentence: str, instead: str) -> None:
        super().__init__(sentence)
        self.instead = instead


class AnotherAgencys(PermissionDenied):
    """What no account of the reader's own agency may do: the record is another agency's, and only read here."""


def check_may_write(actor: Actor, agency_id: int) -> None:
    """Let through whoever may add to the records of an agency.

    Raises
    ------
    PermissionDenied
        With a sentence saying why not.
    """
    if actor.writes(agency_id):
        return
    if actor.works_in(agency_id):
        raise PermissionDenied(
            _(
                "You can read this record but not change it. Ask an administrator of your agency if "
                "you should be able to."
            )
        )
    raise AnotherAgencys(
        _(
            "This is another agency’s record. You can read it but not change it. Ask that agency if "
            "something in it should change."
        )
    )
