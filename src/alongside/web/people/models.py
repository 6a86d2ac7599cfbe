"""People, as they wish to be known. A carer is a person with a record of their own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.web.access.models import Agency
from alongside.web.design.fields import ApproximateDate, format_nhs_number, nhs_number_problem
from alongside.web.history import keeps_history
from alongside.web.people.names import not_of_a_number, number_key


class HeldRecord(models.Model):
    """A row about a person, held by one agency, that row security protects."""

    held_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        abstract = True


@keeps_history
class Person(HeldRecord):
    """Somebody whose life the platform is there for: a person with needs, a carer, or both."""

    class Precision(models.TextChoices):
        DAY = "day", _("Exact")
        MONTH = "month", _("Month and year only")
        YEAR = "year", _("Year only")
        ESTIMATED = "estimated", _("Estimated")

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        NOT_KNOWN = "not_known", _("Not known")
        NOT_SPECIFIED = "not_specified", _("Not specified")

    class CareGroup(models.TextChoices):
        OLDER = "older", _("Older person")
        PHYSICAL = "physical", _("Physical or sensory disability")
        LEARNING = "learning", _("Learning disability")
        MENTAL_HEALTH = "mental_health", _("Mental health")
        MEMORY = "memory", _("Memory and cognition")
        CARER = "carer", _("Carer")

    given_name = models.CharField(max_length=200)
    family_name = models.CharField(max_length=200, blank=True)
    preferred_name = models.CharField(max_length=200, blank=True)
    pronouns = models.CharField(max_length=60, blank=True)
    born_on = models.DateField(null=True, blank=True)
    born_precision = models.CharField(
        max_length=10, choices=Precision.choices, default=Precision.DAY
    )
    sex = models.CharField(max_length=20, choices=Sex.choices, default=Sex.NOT_KNOWN)
    ethnicity = models.CharField(max_length=40, blank=True)
    care_group = models.CharField(max_length=20, choices=CareGroup.choices, blank=True)
    languages = models.CharField(max_length=200, blank=True)
    interpreter = models.CharField(max_length=200, blank=True)
    communication = models.TextField(max_length=2000, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    safe_contact = models.TextField(max_length=2000, blank=True)
    died_on = models.DateField(null=True, blank=True)
    restricted = models.BooleanField(default=False)
    is_example = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "people"
        indexes = [
            models.Index(fields=["id"], condition=Q(restricted=True), name="restricted_people"),
            models.Index(fields=["held_by", "-id"], name="newest_people_of_an_agency"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(died_on__isnull=True)
                | Q(born_on__isnull=True)
                | Q(died_on__gte=F("born_on")),
                name="died_after_birth",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name on letters: given and family name."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def known_as_full(self) -> str:
        """The name at the head of pages: as the person likes to be called, with the family name."""
        return f"{self.known_as} {self.family_name}".strip()

    @property
    def legal_name(self) -> str:
        """The name on letters where it differs from the one the person likes; else nothing."""
        return self.full_name if self.full_name != self.known_as_full else ""

    @property
    def born(self) -> ApproximateDate | None:
        """The date of birth, no more exact than it is known."""
        if self.born_on is None:
            return None
        exact = self.born_precision == self.Precision.DAY
        by_month = exact or self.born_precision == self.Precision.MONTH
        month = self.born_on.month if by_month else None
        return ApproximateDate(self.born_on.year, month, self.born_on.day if exact else None)

    @property
    def born_is_estimated(self) -> bool:
        """Whether nobody knows the date of birth, and a year was estimated."""
        return self.born_precision == self.Precision.ESTIMATED

    @property
    def born_in_words(self) -> str:
        """The date of birth in words, no more exact than it is known."""
        return str(self.born or "")

    @property
    def known_as(self) -> str:
        """The name to use when speaking to or of the person."""
        return self.preferred_name or self.given_name


def number_in_words(scheme: str, value: str) -> str:
    """Write a number as people read it: ``485 777 3456``."""
    return format_nhs_number(value) if scheme == Identifier.Scheme.NHS else value


def number_problem(scheme: str, typed: str) -> str:
    """What is wrong with a number of a kind as somebody typed it: a sentence, or nothing."""
    key = number_key(typed)
    if scheme == Identifier.Scheme.NHS and nhs_number_problem(key):
        return gettext("This is not a real NHS number. Check each number against a letter.")
    if not key:
        return gettext("A number must have letters from A to Z or numbers in it.")
    strange = not_of_a_number(typed)
    return (
        gettext("A number cannot have %(signs)s in it. Take that out, or put it right.")
        % {"signs": " ".join(strange)}
        if strange
        else ""
    )


@keeps_history
class Identifier(HeldRecord):
    """A number by which some body knows the person."""

    class Scheme(models.TextChoices):
        NHS = "nhs", _("NHS number")
        COUNCIL = "council", _("Council number")

    class Because(models.TextChoices):
        """Why a number was corrected or taken out."""

        MISTYPED = "mistyped", _("It was typed wrongly")
        ANOTHERS = "anothers", _("It is somebody else’s number")
        CHANGED = "changed", _("They were given a new number")
        UNUSED = "unused", _("It is not used any more")
        # Only of what was recorded before there was one of each kind.
        SECOND = "second", _("There were two of this kind")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=20, choices=Scheme.choices)
    value = models.CharField(max_length=60)
    because = models.CharField(max_length=20, choices=Because.choices, blank=True, default="")
    taken_out_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["held_by", "scheme", "value"],
                condition=Q(taken_out_at__isnull=True),
                name="a_number_is_one_persons",
            ),
            models.UniqueConstraint(
                fields=["person", "held_by", "scheme"],
                condition=Q(taken_out_at__isnull=True),
                name="one_number_of_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["person"], name="identifiers_of_a_person")]

    def __str__(self) -> str:
        return self.value

    @property
    def in_words(self) -> str:
        """The number as people read it."""
        return number_in_words(self.scheme, self.value)


@keeps_history
class Address(HeldRecord):
    """Where a person lives or lived, from when to when."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses")
    lines = models.TextField(max_length=1000)
    postcode = models.CharField(max_length=12, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    # Not shown to carers, to other agencies, or on letters: somebody may be looking for this person.
    hidden = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until__isnull=True), name="one_current_address"
            ),
        ]
        indexes = [models.Index(fields=["person", "-since"], name="addresses_of_a_person")]

    def __str__(self) -> str:
        return ", ".join([*self.lines.splitlines(), self.postcode]).strip(", ")


@keeps_history
class Relationship(HeldRecord):
    """How somebody stands to this person: somebody with a record here, or a name to be in touch with.

    A carer always has a record of their own.
    """

    class Role(models.TextChoices):
        """What they may do or are there for, beyond being close."""

        EMERGENCY = "emergency", _("Emergency contact")
        ADVOCATE = "advocate", _("Advocate")
        ATTORNEY_HEALTH = "attorney_health", _("Attorney for health and welfare")
        ATTORNEY_MONEY = "attorney_money", _("Attorney for property and money")
        DEPUTY_HEALTH = "deputy_health", _("Deputy for health and welfare")
        DEPUTY_MONEY = "deputy_money", _("Deputy for property and money")
        APPOINTEE = "appointee", _("Appointee for benefits")
        GP = "gp", _("GP")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relationships")
    other = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="related_to"
    )
    # Only of somebody who has no record here.
    name = models.CharField(max_length=200, blank=True, default="")
    telephone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    kind = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True, default="")
    is_carer = models.BooleanField(default=False)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    # Not shown to other agencies, by the database itself.
    hidden = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("other")), name="nobody_is_their_own_relation"
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=False, name="")
                | (Q(other__isnull=True, is_carer=False) & ~Q(name="")),
                name="a_record_or_a_name",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="a_relationship_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="relationships_of_a_person"),
            models.Index(fields=["other"], name="relationships_to_a_person"),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def may_be_shown(self) -> bool:
        """Whether the reader may see the record of the other, where there is one."""
        return self.other_id is None or self.other is not None

    @property
    def who(self) -> str:
        """The name of whoever stands in this relationship to the person."""
        return self.other.full_name if self.other else self.name


@keeps_history
class Alert(HeldRecord):
    """Something whoever opens the record must know before they ring or visit."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="alerts")
    text = models.CharField(max_length=300)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="alerts_of_a_person")]

    def __str__(self) -> str:
        return self.text


class LookupEntry(models.Model):
    """One way in which a person may be looked for: a name in either order, a birthday, a number.

    Text is compared byte by byte (collation C), so that a prefix is a range of one index.
    """

    class Kind(models.TextChoices):
        NAME = "name"
        BORN = "born"
        NUMBER = "number"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lookup_entries")
    held_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=420, db_collation="C")
    # Only of a name: the year of birth, so that a common name with a year is one range of an index too.
    year = models.SmallIntegerField(null=True)

    class Meta:
        verbose_name_plural = "lookup entries"
        indexes = [
            models.Index(fields=["held_by", "kind", "key", "person"], name="lookup_by_key"),
            models.Index(
                fields=["held_by", "year", "key", "person"],
                condition=Q(year__isnull=False),
                name="lookup_by_year_and_name",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Worker(HeldRecord):
    """A practitioner who works with a person, from when to when."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="workers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["user", "-since", "-id"],
                condition=Q(until__isnull=True),
                name="people_of_a_worker",
            ),
            models.Index(fields=["person"], name="workers_of_a_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "user"], condition=Q(until__isnull=True), name="works_with_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class WorkItem(HeldRecord):
    """Something that waits for a person's practitioner, or for a manager: what my work shows."""

    class Kind(models.TextChoices):
        DUE = "due", _("Due")
        CAME_BACK = "came_back", _("Came back")
        NEW = "new", _("New")
        TO_AGREE = "to_agree", _("To agree")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="work_items")
    for_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    # What it is about, as a code that pages translate, and the row that it leads to.
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    # Done only because the person died: it waits again if that turns out to be a mistake.
    stopped_by_death = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["for_user", "kind", "due_on", "id"],
                condition=Q(done_at__isnull=True),
                name="open_work_of_a_user",
            ),
            models.Index(fields=["person"], name="work_about_a_person"),
            models.Index(fields=["subject", "subject_id"], name="work_by_subject"),
        ]

    def __str__(self) -> str:
        return self.subject
