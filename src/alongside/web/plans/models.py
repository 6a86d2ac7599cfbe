"""Plans: outcomes in the person's words, what is done about each, what it costs, and who agreed it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DecimalField, F, Q, Value
from django.db.models.functions import Coalesce, Round
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from alongside.web.access.models import Agency
from alongside.web.budgets.models import WAYS_TO_THEM, IndicativeBudget, Way
from alongside.web.budgets.periods import in_words, left_in_words, pays_less_sometimes
from alongside.web.history import keeps_history
from alongside.web.people.models import HeldRecord, Person


@keeps_history
class Plan(HeldRecord):
    """A plan and where it stands. ``weekly`` and ``one_off`` are what the agency would pay for its lines.

    Where the dates of its lines change what it costs, ``weekly`` is the most that any week costs, and
    ``periods`` say when it costs how much, as in a personal budget.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Being written")
        SUBMITTED = "submitted", _("Waiting to be agreed")
        RETURNED = "returned", _("Sent back to change")
        AGREED = "agreed", _("Agreed")
        CHALLENGED = "challenged", _("Challenged")
        ENDED = "ended", _("Ended")

    class Agreement(models.TextChoices):
        SIGNED = "signed", _("They signed it")
        SAID = "said", _("They said or showed that they agree")
        WITH_HELP = "with_help", _("They agreed, with help to decide")
        BEST_INTERESTS = (
            "best_interests",
            _("They cannot decide this: it was decided in their best interests"),
        )
        DISAGREES = "disagrees", _("They do not agree")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="plans", db_index=False
    )
    route = models.CharField(max_length=20, choices=Agency.Route.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    indicative = models.ForeignKey(
        IndicativeBudget, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # The conversation that the outcomes were wanted in.
    conversation = models.ForeignKey(
        "conversations.Conversation",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    since = models.DateField()
    # The last day of a plan that ended, or will when the next one starts; none if it never started.
    until = models.DateField(null=True, blank=True)
    # The plan that starts after that day, where this one ends for it alone.
    followed_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    weekly = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    one_off = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    periods = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    contribution = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    contingency = models.TextField(max_length=4000, blank=True)
    ring_first = models.CharField(max_length=300, blank=True)
    choice_offered_by = models.CharField(max_length=200, blank=True)
    # Why each way of holding the budget that was not taken was not: {"direct_payment": "...", ...}
    why_not = models.JSONField(default=dict, blank=True)
    spend_on = models.TextField(max_length=4000, blank=True)
    not_spend_on = models.TextField(max_length=4000, blank=True)
    agreement = models.CharField(max_length=20, choices=Agreement.choices, blank=True)
    agreement_words = models.TextField(max_length=4000, blank=True)
    agreement_on = models.DateField(null=True, blank=True)
    changed_since_agreed = models.BooleanField(default=False, db_default=False)
    # Why a manager should look closely, as codes; worked out when the plan is sent.
    needs_a_look = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    waits_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # What whoever decided wrote: what to change, or why it was agreed as it is.
    decision_words = models.TextField(max_length=4000, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-created_at"], name="plans_of_a_person"),
            models.Index(
                fields=["waits_for", "submitted_at", "id"],
                condition=Q(state="submitted"),
                name="plans_waiting_for_a_manager",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="one_plan_at_a_time_is_written",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["agreed", "challenged"]),
                name="one_plan_at_a_time_holds",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "challenged"])
                | Q(decided_by__isnull=False, decided_at__isnull=False, submitted_by__isnull=False),
                name="an_agreed_plan_names_who_agreed_it",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "challenged"])
                | (~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("created_by"))),
                name="nobody_agrees_a_plan_they_wrote",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted")
                | Q(waits_for__isnull=False, submitted_at__isnull=False),
                name="a_submitted_plan_waits_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="plan_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(weekly__gte=0, one_off__gte=0), name="plan_cost_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} · £{self.weekly:,.2f} a week"

    @property
    def costs(self) -> bool:
        """Whether the agency would pay for any of it."""
        return bool(self.weekly or self.one_off)

    @property
    def starts_later(self) -> bool:
        """Whether the plan has not started yet."""
        return self.since > timezone.localdate()

    @property
    def ends_later(self) -> bool:
        """Whether the plan still holds, until the end of the day before another follows it."""
        if self.state != self.State.ENDED or self.until is None:
            return False
        today = timezone.localdate()
        return self.until > today or (self.until == today and self.followed_by_id is not None)

    @property
    def is_over(self) -> bool:
        """Whether the plan has ended, and holds no more."""
        return self.state == self.State.ENDED and not self.ends_later

    @property
    def end_in_words(self) -> str:
        """Which day an ended plan's last one is."""
        if self.state != self.State.ENDED:
            return ""
        if self.until is None:
            return _("It never started.")
        says = _("It ends on %(day)s.") if self.ends_later else _("It ended on %(day)s.")
        return says % {"day": date_format(self.until, "j F Y")}

    @property
    def varies(self) -> list[str]:
        """What it costs a week and when, in words; nothing where every week costs the same."""
        return in_words(self.periods, dict(Way.choices))

    @property
    def varies_for_them(self) -> list[str]:
        """The same, as it is said to the person."""
        return in_words(self.periods, WAYS_TO_THEM)

    @property
    def left(self) -> list[str]:
        """What is left of it a week, and when, after what the person pays; nothing where every week is the same."""
        return left_in_words(self.periods, self.contribution)

    @property
    def pays_less_sometimes(self) -> bool:
        """Whether what the person pays is more than some of its weeks cost: then they pay what those cost."""
        return pays_less_sometimes(self.periods, self.contribution)


class PlanMove(HeldRecord):
    """One move of a plan from one state to another: who did which act, when, and in what words."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="moves", db_index=False)
    act = models.CharField(max_length=20)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    at = models.DateTimeField()
    words = models.TextField(max_length=4000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["plan", "at"], name="moves_of_a_plan")]

    def __str__(self) -> str:
        return self.act


class PlanPart(HeldRecord):
    """A part of a plan that is changed on its own; what is left out is kept, and no longer counts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1, db_default=1)
    left_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


@keeps_history
class PlanOutcome(PlanPart):
    """An outcome that the person wants, in their words, with how it was when the plan was written."""

    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="outcomes", db_index=False
    )
    # The outcome of the framework that it speaks to, such as "seeing_people"; empty for one of their own.
    aspect = models.CharField(max_length=60, blank=True)
    words = models.TextField(max_length=4000)
    words_before = models.TextField(max_length=4000, blank=True)
    # 1 "as I want it" to 4 "a lot unmet", as rated in the conversation.
    rating_before = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["plan", "position", "id"], name="outcomes_of_a_plan")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating_before__isnull=True) | Q(rating_before__range=(1, 4)),
                name="rating_before_is_1_to_4",
            ),
        ]

    def __str__(self) -> str:
        return self.words


@keeps_history
class PlanNeed(PlanPart):
    """An eligible need of the plan: met by some line, or unmet with the reason. None is ever lost."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="needs", db_index=False)
    code = models.CharField(max_length=60)
    # Both empty while some line meets the need.
    unmet_reason = models.CharField(max_length=40, blank=True)
    unmet_sentence = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="a_need_once_a_plan")]

    def __str__(self) -> str:
        return self.code


@keeps_history
class PlanLine(PlanPart):
    """One thing that is done: for which outcome, by whom, how often, what it costs and who pays.

    ``amount`` is quantity times price, rounded once, here, to the penny (halves away from zero):
    pounds a week, or pounds once for a one-off.
    """

    class Who(models.TextChoices):
        SELF = "self", _("The person themselves")
        FAMILY = "family", _("Family or friends")
        COMMUNITY = "community", _("A group or place in the community")
        AGENCY = "agency", _("Another agency")
        PAID = "paid", _("Paid support")

    class Often(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        ONE_OFF = "one_off", _("Once")

    class Pays(models.TextChoices):
        NOBODY = "nobody", _("Nobody: it costs nothing")
        BUDGET = "budget", _("The personal budget")
        PERSON = "person", _("The person, from their own money")
        NHS = "nhs", _("The NHS")
        OTHER = "other", _("Somebody else")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="lines", db_index=False)
    outcome = models.ForeignKey(
        PlanOutcome, on_delete=models.PROTECT, null=True, blank=True, related_name="lines"
    )
    position = models.PositiveSmallIntegerField(default=0)
    action = models.CharField(max_length=500)
    who = models.CharField(max_length=20, choices=Who.choices)
    who_name = models.CharField(max_length=200, blank=True)
    # A service of the rate card, or empty.
    service = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    often = models.CharField(max_length=10, choices=Often.choices, default=Often.WEEKLY)
    quantity = models.DecimalField(max_digits=9, decimal_places=3, default=0)
    standard_rate = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    actual_price = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    price_reason = models.TextField(max_length=2000, blank=True)
    amount = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    pays = models.CharField(max_length=10, choices=Pays.choices, default=Pays.NOBODY)
    way = models.CharField(max_length=20, choices=Way.choices, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    how_we_know = models.CharField(max_length=500, blank=True)
    # The eligible needs, by code, that this meets.
    meets = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["plan", "position", "id"], name="lines_of_a_plan")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount=Round(
                        F("quantity")
                        * Coalesce(
                            F("actual_price"),
                            F("standard_rate"),
                            0,
                            output_field=DecimalField(max_digits=9, decimal_places=2),
                        ),
                        precision=2,
                    )
                ),
                name="a_line_is_quantity_times_price",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0)
                & (Q(standard_rate__isnull=True) | Q(standard_rate__gte=0))
                & (Q(actual_price__isnull=True) | Q(actual_price__gte=0)),
                name="quantities_and_prices_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(actual_price__isnull=True) | ~Q(price_reason=""),
                name="an_actual_price_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(pays="budget") | ~Q(way=""), name="budget_money_is_held_in_a_way"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="a_line_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.action


@keeps_history
class PlanRisk(PlanPart):
    """A risk worth taking: why it matters to the person, what makes it safer, and who agreed."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="risks", db_index=False)
    risk = models.CharField(max_length=500)
    matters = models.TextField(max_length=2000, blank=True)
    safer = models.TextField(max_length=2000, blank=True)
    agreed_by = models.CharField(max_length=200, blank=True)
    look_again_on = models.DateField(null=True, blank=True)
    high = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["plan", "id"], name="risks_of_a_plan")]

    def __str__(self) -> str:
        return self.risk


@keeps_history
class PlanChallenge(HeldRecord):
    """The person disagrees with what was decided: their words, a clock, and somebody else to decide."""

    class Finding(models.TextChoices):
        UPHELD = "upheld", _("They are right: the plan will be changed")
        STANDS = "stands", _("The decision stands")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="challenges", db_index=False
    )
    words = models.TextField(max_length=4000)
    raised_on = models.DateField()
    answer_by = models.DateField()
    first_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    finding = models.CharField(max_length=10, choices=Finding.choices, blank=True)
    finding_words = models.TextField(max_length=4000, blank=True)
    found_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["plan", "-raised_on"], name="challenges_of_a_plan")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decider=F("first_decided_by")), name="a_challenge_has_another_decider"
            ),
            models.CheckConstraint(
                condition=Q(finding="", found_at__isnull=True)
                | (~Q(finding="") & Q(found_at__isnull=False) & ~Q(finding_words="")),
                name="a_finding_has_its_time_and_words",
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(finding=""), name="one_open_challenge_a_plan"
            ),
        ]

    def __str__(self) -> str:
        return self.words


class PlanCopy(HeldRecord):
    """The person's printed copy of an agreed plan, made in the background and kept as it was given."""

    class Size(models.TextChoices):
        STANDARD = "standard", _("Standard print")
        LARGE = "large", _("Large print")

    class Language(models.TextChoices):
        # Each by its own name, for whoever reads it.
        ENGLISH = "en", "English"
        WELSH = "cy", "Cymraeg"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="copies", db_index=False)
    size = models.CharField(max_length=10, choices=Size.choices)
    language = models.CharField(
        max_length=2,
        choices=Language.choices,
        default=Language.ENGLISH,
        db_default=Language.ENGLISH,
    )
    version = models.PositiveIntegerField()
    pdf = models.BinaryField(null=True)
    made_at = models.DateTimeField(null=True, blank=True)
    failed = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "plan copies"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "version", "size", "language"],
                name="one_copy_a_version_size_and_language",
            ),
            models.CheckConstraint(
                condition=Q(pdf__isnull=True, made_at__isnull=True)
                | Q(pdf__isnull=False, made_at__isnull=False),
                name="a_copy_has_the_time_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return self.get_size_display()


# What each part of a plan is called in addresses and in what is remembered.
KINDS: dict[type[PlanPart], str] = {PlanOutcome: "outcome", PlanLine: "line", PlanRisk: "risk"}
