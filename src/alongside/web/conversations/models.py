"""Conversations: what was asked, of whom, how, and what each of those present said, side by side."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alongside.instruments import translated
from alongside.web.access.models import Agency
from alongside.web.history import keeps_history
from alongside.web.people.models import HeldRecord, Person


class InstrumentVersion(models.Model):
    """One version of one form, as FHIR wrote it. It is never changed: other wording is another row."""

    url = models.CharField(max_length=500)
    version = models.CharField(max_length=60, blank=True)
    # The short name that the platform's own forms go by, such as "needs-profile".
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    # The title by language, where the form gives it in others: lists show it without the content.
    titles = models.JSONField(default=dict, blank=True)
    # Every language that it has words in, its own first: a choice of them needs no content. "" is a
    # first wording in a language that it does not name.
    languages = models.JSONField(default=list, blank=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    # Whose own form it is, such as a licensed one; what ships is everybody's.
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # How an agency's own form is held: purpose, role, information, and a value set or a rule of
    # eligibility, by the name under which it ships or as the text of a parameter file.
    held_as = models.JSONField(default=dict, blank=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["name", "-id"], name="newest_of_an_instrument")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}".strip()

    @property
    def title_now(self) -> str:
        """The title in the reader's language, or as it was first written."""
        return translated(self.title, self.titles, get_language())


class Information(models.TextChoices):
    """Which kind of information a row is, and so with whom it may be shared."""

    CONVERSATION = "conversation", _("Conversations")
    CARER = "carer", _("The carer's own record")


class ConversationRecord(HeldRecord):
    """A row that belongs to a conversation about one person."""

    information = models.CharField(
        max_length=20, choices=Information.choices, default=Information.CONVERSATION
    )

    class Meta:
        abstract = True


class How(models.TextChoices):
    """How people spoke with each other."""

    FACE_TO_FACE = "face_to_face", _("Face to face")
    PHONE = "phone", _("By phone")
    VIDEO = "video", _("By video")
    PAPER = "paper", _("On paper")
    ONLINE = "online", _("Online")


@keeps_history
class Conversation(ConversationRecord):
    """One conversation with one person: what for, with which form, how, and where it stands."""

    class Purpose(models.TextChoices):
        OUTCOMES = "outcomes", _("What matters to the person")
        NEEDS_PROFILE = "needs_profile", _("Needs profile")
        CARER = "carer", _("Carer's conversation")
        REVIEW = "review", _("Review")
        ELIGIBILITY = "eligibility", _("Eligibility")

    class State(models.TextChoices):
        DRAFT = "draft", _("Under way")
        COMPLETED = "completed", _("Completed")
        AMENDED = "amended", _("Amended")
        SET_ASIDE = "set_aside", _("Set aside")

    class AskedBy(models.TextChoices):
        PRACTITIONER = "practitioner", _("A practitioner")
        INDEPENDENT = "independent", _("An independent interviewer")
        PEER = "peer", _("Somebody with experience of support")
        NOBODY = "nobody", _("Nobody: filled in without an interviewer")

    class Stage(models.TextChoices):
        BEFORE = "before", _("Before the practical assessment")
        DURING = "during", _("During the practical assessment")
        AFTER = "after", _("After the practical assessment")
        APART = "apart", _("Not part of an assessment")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    held_on = models.DateField()
    how = models.CharField(max_length=20, choices=How.choices, default=How.FACE_TO_FACE)
    language = models.CharField(max_length=100, blank=True)
    aids = models.CharField(max_length=300, blank=True)
    present = models.CharField(max_length=500, blank=True)
    asked_by = models.CharField(
        max_length=20, choices=AskedBy.choices, default=AskedBy.PRACTITIONER
    )
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.BEFORE)
    set_aside_because = models.TextField(max_length=2000, blank=True)
    # The conversation that this one looks at again, or carries answers forward from.
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["person", "purpose", "-held_on"], name="conversations_of_a_person"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_at__isnull=False) | ~Q(state__in=["completed", "amended"]),
                name="completed_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="set_aside") | ~Q(set_aside_because=""),
                name="set_aside_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.held_on}"


class Role(models.TextChoices):
    """Whose view a contribution is."""

    PERSON = "person", _("The person")
    CARER = "carer", _("The carer")
    PRACTITIONER = "practitioner", _("The practitioner")


class PartRequest(ConversationRecord):
    """A practitioner of another agency is asked to contribute their part, under their own name.

    Asking shares nothing: only an agency that sees the conversation already can be asked.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        TAKEN_UP = "taken_up", _("Being written")
        CONTRIBUTED = "contributed", _("Came back")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="requests"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    asked_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    words = models.TextField(max_length=2000)
    due_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.asked_user}, {self.asked_agency}"

    @property
    def state(self) -> str:
        """Where the request stands: each side writes only its own row, so it is worked out."""
        answer = getattr(self, "answer", None)
        if answer is not None:
            return str(answer.outcome)
        if self.withdrawn_at is not None:
            return self.State.WITHDRAWN
        return self.State.TAKEN_UP if self.views.all() else self.State.ASKED

    @property
    def state_words(self) -> str:
        return str(dict(self.State.choices)[self.state])


class PartAnswer(ConversationRecord):
    """What came of a request, written by the agency that was asked. Never changed or removed."""

    class Outcome(models.TextChoices):
        CONTRIBUTED = "contributed", _("Came back")
        DECLINED = "declined", _("Declined")

    request = models.OneToOneField(PartRequest, on_delete=models.PROTECT, related_name="answer")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    because = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="contributed") | ~Q(because=""), name="declined_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Contribution(ConversationRecord):
    """One view in a conversation: a FHIR QuestionnaireResponse of its own, never merged with another.

    ``response`` is what stands; ``draft`` is what is being written, the first time or as an amendment.
    """

    class AnsweredBy(models.TextChoices):
        SELF = "self", _("By themselves")
        WITH_HELP = "with_help", _("With help")
        PROXY_UNPAID = "proxy_unpaid", _("Family or a friend answered for them")
        PROXY_PAID = "proxy_paid", _("A paid supporter answered for them")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="contributions"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=20, choices=Role.choices)
    # The view that the conversation is for: its answers are the ones that later steps read.
    main = models.BooleanField(default=False)
    # What another agency was asked for, where this is its answer.
    request = models.ForeignKey(
        PartRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="views"
    )
    # Whose words these are, as they are to be named: "Amina", "Joan, her sister", "Tom, nurse".
    author_name = models.CharField(max_length=200, blank=True)
    answered_by = models.CharField(
        max_length=20, choices=AnsweredBy.choices, default=AnsweredBy.SELF
    )
    help_given = models.CharField(max_length=300, blank=True)
    response = models.JSONField(null=True, blank=True)
    draft = models.JSONField(null=True, blank=True)
    # By page of the form, as it is being written: {"reason": code, "words": text}.
    skipped = models.JSONField(default=dict, blank=True)
    # The same of what stands: an amendment leaves it alone until it is completed.
    standing_skipped = models.JSONField(default=dict, blank=True)
    # By link id, where an answer was carried forward and stays as it was: {"on": date, "by": name},
    # and "still" once somebody has said that it is still so.
    carried = models.JSONField(default=dict, blank=True)
    # The same of what stands, without what was said to be still so.
    standing_carried = models.JSONField(default=dict, blank=True)
    # What was said last time and could not be carried into this form: [{"label": text, "why": sentence,
    # "kind" and "values": to say it in another language}].
    left_behind = models.JSONField(default=list, blank=True)
    # What was typed and is no answer of what stands: [{"link_id": id, "words": text, "why": sentence,
    # "kind": and "values": to say it in another language}]. Without a why, the question no longer applied.
    kept_aside = models.JSONField(default=list, blank=True)
    # By place in the form, what was typed that could not be an answer, and why: it is shown again.
    rejected = models.JSONField(default=dict, blank=True)
    # By page of the form, how often it was saved: two tabs on one page are told apart from two pages.
    versions = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0)
    # Why the answers that stand are being amended, while they are.
    amending_because = models.TextField(max_length=2000, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["person"], name="contributions_of_a_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(main=True), name="one_main_view"
            ),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(role="person"), name="one_view_of_the_person"
            ),
            models.CheckConstraint(
                condition=Q(response__isnull=True) | Q(completed_at__isnull=False),
                name="a_standing_view_was_completed",
            ),
            models.CheckConstraint(
                condition=Q(response__isnull=False) | Q(draft__isnull=False),
                name="a_view_has_answers_or_a_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.author_name}"

    @property
    def asked_in(self) -> str:
        """The language that was chosen for the form's own words; empty where they follow the page."""
        held: dict[str, Any] = (self.response if self.draft is None else self.draft) or {}
        return str(held.get("language", ""))

    @property
    def being_written(self) -> bool:
        """Whether there are answers that have not been completed."""
        return self.draft is not None

    @property
    def shown(self) -> dict[str, object] | None:
        """What stands; of a conversation that was set aside, what had been said until then."""
        if self.response is None and self.conversation.state == Conversation.State.SET_ASIDE:
            return self.draft
        return self.response

    @property
    def left_out(self) -> dict[str, object]:
        """What was left out of what is :attr:`shown`, with the reasons."""
        left_out: dict[str, object] = (
            self.skipped if self.response is None else self.standing_skipped
        )
        return left_out

    @property
    def marks(self) -> dict[str, dict[str, str]]:
        """What in what is :attr:`shown` was said before: by link id, by whom and when."""
        if self.response is None:
            return unconfirmed(self.carried)
        standing: dict[str, dict[str, str]] = self.standing_carried
        return standing


def unconfirmed(carried: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Give the marks of answers that nobody has said to be still so."""
    return {link_id: mark for link_id, mark in carried.items() if not mark.get("still")}


class Revision(ConversationRecord):
    """What a view said before it was amended, and why it was. Never changed or removed."""

    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="revisions"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    response = models.JSONField()
    skipped = models.JSONField(default=dict, blank=True)
    carried = models.JSONField(default=dict, blank=True)
    kept_aside = models.JSONField(default=list, blank=True)
    because = models.TextField(max_length=2000)
    completed_at = models.DateTimeField()
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contribution", "number"], name="revisions_are_numbered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id}, {self.number}"


class Sitting(ConversationRecord):
    """A further day on which a conversation went on."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="sittings"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    held_on = models.DateField()
    how = models.CharField(max_length=20, choices=How.choices, default=How.FACE_TO_FACE)
    present = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return str(self.held_on)


class Invitation(ConversationRecord):
    """A private link, and a short code, by which one person answers one conversation without an account.

    Only keyed digests of the link and the code are kept: who reads this table cannot use them.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="invitations"
    )
    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="invitations"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    link_digest = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64, unique=True)
    # What the page greets the person with; nothing else of the record is shown there.
    greeting_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="an_invitation_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


class AnswerFile(ConversationRecord):
    """A file that is an answer of one view. The response names it by its key and does not hold it."""

    key = models.UUIDField(unique=True)
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="files")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=200)
    content_type = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    # SHA-1 in base64, as FHIR R4 has it.
    hash = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="files_of_a_person")]
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1), name="a_file_has_something_in_it"),
        ]

    def __str__(self) -> str:
        return self.title
