"""Agencies, their teams, who belongs to them in which role, and what one agency lets another see."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alongside.web.history import keeps_history


class Agency(models.Model):
    """A council, an NHS body or a voluntary organisation that holds records of its own."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("Council")
        NHS = "nhs", _("NHS")
        VOLUNTARY = "voluntary", _("Voluntary organisation")

    class Route(models.TextChoices):
        BUDGET_FIRST = "budget_first", _("Budget first")
        PLAN_FIRST = "plan_first", _("Plan first")

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    route = models.CharField(max_length=20, choices=Route.choices, default=Route.BUDGET_FIRST)
    telephone = models.CharField(max_length=40, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A team within an agency."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="team_name_once_an_agency"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What somebody is in an agency."""

    PRACTITIONER = "practitioner", _("Practitioner")
    MANAGER = "manager", _("Manager")
    ANALYST = "analyst", _("Analyst")
    INVOLVEMENT_LEAD = "involvement_lead", _("Involvement lead")
    GOVERNANCE = "governance", _("Information governance")
    ADMINISTRATOR = "administrator", _("Administrator")


@keeps_history
class Membership(models.Model):
    """A user's place in an agency: role, team, and whether they may only read."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    read_only = models.BooleanField(default=False)
    may_agree_up_to = models.DecimalField(
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Pounds a week, gross. Empty: this member agrees no budgets."),
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                condition=Q(ended_at__isnull=True),
                name="one_current_membership_a_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.agency}"


class Kind(models.TextChoices):
    """The kinds of information in a record, each shared on its own."""

    IDENTITY = "identity", _("Identity and contact")
    CONVERSATION = "conversation", _("Conversations")
    HEALTH = "health", _("Health")
    MONEY = "money", _("Money")
    PLAN = "plan", _("Plan")
    SAFEGUARDING = "safeguarding", _("Safeguarding")
    CARER = "carer", _("The carer's own record")


@keeps_history
class Share(models.Model):
    """One kind of information about one person that another agency may see, from when to when, and why."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="shares")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="shares")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    because = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "kind", "agency"], name="share_of_a_person"),
            models.Index(fields=["agency", "kind", "-since"], name="shared_with_an_agency"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="share_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.agency}"


@keeps_history
class NamedAccess(models.Model):
    """A user who may open one restricted record."""

    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="named_access"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "user"], name="named_once_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.user} → record {self.person_id}"
