"""Indicative budgets as they were worked out, personal budgets as they were agreed, and the methods."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from alongside.web.access.models import Agency
from alongside.web.budgets.periods import in_words, left_in_words, most_by_way
from alongside.web.people.models import HeldRecord, Person


class Way(models.TextChoices):
    """The ways to hold a personal budget; a mix is common."""

    DIRECT_PAYMENT = "direct_payment", _("Direct payment to the person")
    SUITABLE_PERSON = "suitable_person", _("Direct payment to somebody who acts for the person")
    THIRD_PARTY = "third_party", _("Held by another organisation")
    COUNCIL_MANAGED = "council_managed", _("Managed by the council")
    COMMISSIONED = "commissioned", _("A service that the council has arranged")


# As they are said to the person.
WAYS_TO_THEM = {
    **dict(Way.choices),
    Way.DIRECT_PAYMENT.value: _("Direct payment to you"),
    Way.SUITABLE_PERSON.value: _("Direct payment to somebody who acts for you"),
}


class AllocationMethod(models.Model):
    """One published version of a method: everything that it works with, and its digest."""

    name = models.CharField(max_length=200)
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    model = models.JSONField()
    data_sheet = models.TextField(max_length=100_000)
    published_at = models.DateTimeField(auto_now_add=True)
    # Nobody, where it was added at the server's terminal.
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), Lower("version"), name="one_method_a_name_and_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class MethodInUse(models.Model):
    """The method that an agency uses from a day on, until it puts another in use."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    method = models.ForeignKey(AllocationMethod, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    # Nobody, where it was decided at the server's terminal.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "methods in use"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "since"], name="one_method_an_agency_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} → {self.agency}"


class IndicativeBudget(HeldRecord):
    """What a person's needs are expected to take, told before the plan: a guide, never a ceiling.

    Worked out once and never changed; new answers make a new one. ``lines`` are
    ``[{"code", "label", "amount"}]`` with amounts as text, such as ``"12.30"``; the database checks
    that they add up to ``weekly``.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="indicative_budgets", db_index=False
    )
    # The conversation whose needs profile this was worked out from.
    conversation = models.ForeignKey(
        "conversations.Conversation",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    route = models.CharField(max_length=20, choices=Agency.Route.choices)
    method = models.CharField(max_length=200)
    method_version = models.CharField(max_length=40)
    method_digest = models.CharField(max_length=64)
    rates_on = models.DateField()
    weekly = models.DecimalField(max_digits=9, decimal_places=2)
    lower = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    upper = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    lines = models.JSONField()
    answers = models.JSONField(default=dict)
    # What the figure cannot tell, as ``{"unanswered": 2}``: put into words for each reader.
    problems = models.JSONField(default=list)
    worked_out_at = models.DateTimeField()
    # On the plan-first route the figure may be worked out without being told.
    shown = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-worked_out_at"], name="indicative_of_a_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(weekly__gte=0), name="indicative_is_not_negative"),
            models.CheckConstraint(
                condition=Q(lower__isnull=True, upper__isnull=True)
                | Q(lower__lte=F("weekly"), upper__gte=F("weekly")),
                name="indicative_is_within_its_range",
            ),
        ]

    def __str__(self) -> str:
        return f"£{self.weekly:,.2f} a week"

    @property
    def given(self) -> dict[str, int]:
        """The answers that there are, by the link ids of their questions."""
        return {name: level for name, level in self.answers.items() if level is not None}

    @cached_property
    def published_method(self) -> AllocationMethod | None:
        """The published method that the figure comes from; none where it is the one that ships."""
        return AllocationMethod.objects.filter(digest=self.method_digest).first()


class PersonalBudget(HeldRecord):
    """A personal budget as agreed, from a day on. A change is a new version; none is altered in place.

    Weekly figures are gross: what the person pays towards it (``contribution``) is beside, not inside.
    The five ways of holding add up to ``weekly``; ``one_off`` is paid once, whatever the way. Where it is
    not the same every week, ``weekly`` is the most and the ways are of that week; ``periods`` are such as
    ``{"since": "2027-02-01", "until": "2027-02-28", "weekly": "605.60", "ways": {"direct_payment": "605.60"}}``.
    The last has no end. The ways of a period add up to it; what was agreed before they were kept has none.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="personal_budgets", db_index=False
    )
    version = models.PositiveIntegerField()
    since = models.DateField()
    # The plan whose costs this is: a number, as plans are built on budgets and not the other way.
    plan_id = models.BigIntegerField(null=True)
    route = models.CharField(max_length=20, choices=Agency.Route.choices)
    indicative = models.ForeignKey(
        IndicativeBudget, on_delete=models.PROTECT, null=True, related_name="+"
    )
    indicative_weekly = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    weekly = models.DecimalField(max_digits=9, decimal_places=2)
    one_off = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    periods = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    contribution = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    direct_payment = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    suitable_person = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    third_party = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    council_managed = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    commissioned = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    difference_reason = models.CharField(max_length=40, blank=True)
    difference_sentence = models.TextField(max_length=2000, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["held_by", "since"], name="personal_budgets_of_an_agency"),
            models.Index(fields=["plan_id"], name="personal_budget_of_a_plan"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "version"], name="personal_budget_versions"),
            models.CheckConstraint(
                condition=Q(weekly__gte=0, one_off__gte=0), name="personal_budget_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(contribution__isnull=True) | Q(contribution__gte=0),
                name="contribution_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    weekly=F("direct_payment")
                    + F("suitable_person")
                    + F("third_party")
                    + F("council_managed")
                    + F("commissioned")
                ),
                name="ways_of_holding_add_up",
            ),
            models.CheckConstraint(
                condition=Q(indicative_weekly__isnull=True)
                | Q(weekly=F("indicative_weekly"))
                | (~Q(difference_reason="") & ~Q(difference_sentence="")),
                name="a_difference_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(written_by=F("decided_by")), name="nobody_agrees_a_budget_they_wrote"
            ),
        ]

    def __str__(self) -> str:
        return f"£{self.weekly:,.2f} a week"

    @property
    def varies(self) -> list[str]:
        """What it is a week and when, in words; nothing where every week is the same."""
        return in_words(self.periods, dict(Way.choices))

    @property
    def left(self) -> list[str]:
        """What is left of it a week, and when, after what the person pays; nothing where every week is the same."""
        return left_in_words(self.periods, self.contribution)

    @property
    def ways(self) -> list[tuple[str, object]]:
        """The ways in which the money is held, each with its pounds a week; those of nothing left out."""
        return [(way.label, getattr(self, way.value)) for way in Way if getattr(self, way.value)]

    @property
    def most_by_way(self) -> list[tuple[str, object]]:
        """The most that is held in each way, in whichever week; as the ways where no more was kept."""
        most = most_by_way(self.periods)
        return [(way.label, most[way.value]) for way in Way if way.value in most] or self.ways
