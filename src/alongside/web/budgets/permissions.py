"""Who may do what with budgets and methods."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alongside.web.access.actor import Actor
from alongside.web.access.models import Agency, Role

PENNY = Decimal("0.01")
WEEKS_A_YEAR = 52


def may_administer(actor: Actor, agency_id: int) -> bool:
    """Whether the actor administers the agency, and so may choose its method."""
    return any(
        membership.agency_id == agency_id
        and membership.role == Role.ADMINISTRATOR
        and not membership.read_only
        for membership in actor.memberships
    )


def administers(actor: Actor) -> list[Agency]:
    """Give the agencies that the actor administers, or whose methods they may only read about."""
    found = {
        membership.agency_id: membership.agency
        for membership in actor.memberships
        if membership.role == Role.ADMINISTRATOR
    }
    return sorted(found.values(), key=lambda agency: agency.name)


def may_change(actor: Actor) -> list[Agency]:
    """Give the agencies whose method the actor may choose."""
    return [agency for agency in administers(actor) if may_administer(actor, agency.pk)]


def check_may_administer(actor: Actor, agency_id: int) -> None:
    """Let through an administrator of the agency.

    Raises
    ------
    PermissionDenied
        For anybody else.
    """
    if not may_administer(actor, agency_id):
        raise PermissionDenied(_("Only an administrator of the agency chooses its method."))


def once_a_week(one_off: Decimal) -> Decimal:
    """Give how many pounds a week for a year money is that is paid once, to the penny."""
    return (one_off / WEEKS_A_YEAR).quantize(PENNY, rounding=ROUND_HALF_UP)


def against_a_limit(weekly: Decimal, one_off: Decimal) -> Decimal:
    """Give the pounds a week that a manager's limit must reach: what is paid once is spread over a year."""
    return weekly + once_a_week(one_off)


def check_may_agree(actor: Actor, agency_id: int, weekly: Decimal, one_off: Decimal) -> None:
    """Let through a manager whose limit is as high as this budget, with what it pays once.

    Raises
    ------
    PermissionDenied
        For anybody else, saying whom to ask.
    """
    if not actor.manages(agency_id):
        raise PermissionDenied(
            _("Only a manager of the agency that holds the record agrees budgets.")
        )
    limit = actor.may_agree_up_to(agency_id)
    needed = against_a_limit(weekly, one_off)
    if limit is not None and weekly <= limit < needed:
        raise PermissionDenied(
            _(
                "This plan pays £%(one_off)s once, which is as much as £%(spread)s a week for a year. With that "
                "it comes to £%(needed)s a week, and you may agree up to £%(limit)s. Ask a manager with a "
                "higher limit."
            )
            % {
                "one_off": f"{one_off:,.2f}",
                "spread": f"{once_a_week(one_off):,.2f}",
                "needed": f"{needed:,.2f}",
                "limit": f"{limit:,.2f}",
            }
        )
    if limit is None or weekly > limit:
        raise PermissionDenied(
            _(
                "This plan costs £%(weekly)s a week, and you may agree up to £%(limit)s. Ask a manager "
                "with a higher limit."
            )
            % {"weekly": f"{weekly:,.2f}", "limit": f"{limit or 0:,.2f}"}
        )
