"""Reviews: did life get better, is the plan still right, is the money right."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alongside.web.history import keeps_history
from alongside.web.people.models import HeldRecord, Person
from alongside.web.plans.models import Plan, PlanOutcome


@keeps_history
class Review(HeldRecord):
    """One review of a plan: due by a rule, held on a day, with what was found."""

    class State(models.TextChoices):
        DUE = "due", _("Due")
        OPEN = "open", _("Being held")
        HELD = "held", _("Held")
        CALLED_OFF = "called_off", _("Called off")

    class Depth(models.TextChoices):
        LIGHT = "light", _("Light: life is stable")
        FULL = "full", _("Full")

    class StillRight(models.TextChoices):
        YES = "yes", _("Yes")
        MOSTLY = "mostly", _("Mostly: small changes are enough")
        NO = "no", _("No: the plan must be written again")

    class Money(models.TextChoices):
        RIGHT = "right", _("It is about right")
        TOO_LITTLE = "too_little", _("It is too little")
        TOO_MUCH = "too_much", _("It is more than is needed")
        NONE = "none", _("There is no money in this plan")

    class Involved(models.TextChoices):
        VERY = "very", _("Very satisfied")
        FAIRLY = "fairly", _("Fairly satisfied")
        NOT_VERY = "not_very", _("Not very satisfied")
        NOT_AT_ALL = "not_at_all", _("Not at all satisfied")
        NOT_ASKED = "not_asked", _("Not asked, or no answer")

    class Next(models.TextChoices):
        GO_ON = "go_on", _("Go on as it is")
        CHANGE = "change", _("Write a new plan")
        END = "end", _("Support ends")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DUE)
    depth = models.CharField(max_length=10, choices=Depth.choices, default=Depth.FULL)
    due_from = models.DateField()
    due_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    held_on = models.DateField(null=True, blank=True)
    held_with = models.CharField(max_length=500, blank=True)
    # The conversation of the review, where one was held, and the one before it.
    conversation = models.ForeignKey(
        "conversations.Conversation",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    previous_conversation = models.ForeignKey(
        "conversations.Conversation",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    still_right = models.CharField(max_length=10, choices=StillRight.choices, blank=True)
    still_right_words = models.TextField(max_length=4000, blank=True)
    money = models.CharField(max_length=20, choices=Money.choices, blank=True)
    money_words = models.TextField(max_length=4000, blank=True)
    helped = models.TextField(max_length=4000, blank=True)
    in_the_way = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    in_the_way_words = models.TextField(max_length=4000, blank=True)
    agencies = models.TextField(max_length=2000, blank=True)
    together = models.CharField(max_length=20, blank=True)
    together_words = models.TextField(max_length=4000, blank=True)
    involved = models.CharField(max_length=20, choices=Involved.choices, blank=True)
    involved_words = models.TextField(max_length=4000, blank=True)
    summary = models.TextField(max_length=4000, blank=True)
    next = models.CharField(max_length=10, choices=Next.choices, blank=True)
    # Pounds a week of the personal budget now and at the time before, with each part of the change.
    weekly_before = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    weekly_now = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    held_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-due_on"], name="reviews_of_a_person"),
            models.Index(fields=["plan"], name="reviews_of_a_plan"),
            models.Index(
                fields=["held_by", "due_on"],
                condition=Q(state__in=["due", "open"]),
                name="reviews_due_of_an_agency",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state__in=["due", "open"]),
                name="one_review_due_a_plan",
            ),
            models.CheckConstraint(
                condition=~Q(state="held")
                | Q(held_on__isnull=False, closed_at__isnull=False, held_by_user__isnull=False)
                & ~Q(still_right="")
                & ~Q(next=""),
                name="a_held_review_says_what_was_found",
            ),
            models.CheckConstraint(
                condition=Q(due_from__lte=models.F("due_on")), name="review_window_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


@keeps_history
class ReviewOutcome(HeldRecord):
    """One outcome looked at again: how it was, how it is, in words and in ratings."""

    class Change(models.TextChoices):
        BETTER = "better", _("Better")
        SAME = "same", _("The same")
        WORSE = "worse", _("Worse")
        UNKNOWN = "unknown", _("We do not know")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, related_name="outcomes", db_index=False
    )
    plan_outcome = models.ForeignKey(
        PlanOutcome, on_delete=models.PROTECT, null=True, related_name="+"
    )
    aspect = models.CharField(max_length=60, blank=True)
    wanted = models.TextField(max_length=4000)
    words_before = models.TextField(max_length=4000, blank=True)
    words_now = models.TextField(max_length=4000, blank=True)
    # 1 "as I want it" to 4 "a lot unmet"; empty where it was not rated.
    rating_before = models.PositiveSmallIntegerField(null=True, blank=True)
    rating_now = models.PositiveSmallIntegerField(null=True, blank=True)
    change = models.CharField(max_length=10, choices=Change.choices, default=Change.UNKNOWN)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["review", "position", "id"], name="outcomes_of_a_review")]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "plan_outcome"], name="an_outcome_once_a_review"
            ),
            models.CheckConstraint(
                condition=(Q(rating_before__isnull=True) | Q(rating_before__range=(1, 4)))
                & (Q(rating_now__isnull=True) | Q(rating_now__range=(1, 4))),
                name="ratings_are_1_to_4",
            ),
        ]

    def __str__(self) -> str:
        return self.wanted
