"""The shipped forms as conversations: what each is for, on whose record, and whose view it asks first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from alongside.instruments import Instrument
from alongside.outcomes import Framework, framework
from alongside.web.conversations.asking_languages import choices
from alongside.web.conversations.models import Conversation, Information, InstrumentVersion, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

Purpose = Conversation.Purpose


@dataclass(frozen=True)
class Form:
    """One form that may be chosen. ``alone`` names its version for filling in by oneself, if any.

    ``rule`` names a rule of eligibility, and ``rule_system`` the codes of its outcomes in the form.
    ``languages`` are those to choose from for its own words; none where the pages have them all.
    """

    name: str
    label: Any
    hint: Any
    purpose: str
    main_role: str
    information: str = Information.CONVERSATION
    alone: str = ""
    rule: str = ""
    rule_system: str = ""
    languages: tuple[str, ...] = ()


FORMS = {
    form.name: form
    for form in (
        Form(
            "outcomes-conversation",
            _("What matters to you"),
            _("The life the person wants, in their own words, and how things are now."),
            Purpose.OUTCOMES,
            Role.PERSON,
            alone="outcomes-conversation-self",
        ),
        Form(
            "needs-profile",
            _("Needs profile"),
            _(
                "What help is needed on a usual day, and what family and friends do. The guide to the money starts here."
            ),
            Purpose.NEEDS_PROFILE,
            Role.PRACTITIONER,
        ),
        Form(
            "carers-conversation",
            _("Carer’s conversation"),
            _("For somebody who looks after another person. It is kept on the carer’s own record."),
            Purpose.CARER,
            Role.CARER,
            Information.CARER,
            "carers-conversation-self",
        ),
        Form(
            "eligibility-adult",
            _("Eligibility: adults, Care Act"),
            _("The ten outcomes of the regulations, with a judgement and its reasons."),
            Purpose.ELIGIBILITY,
            Role.PRACTITIONER,
            rule="care-act-adults",
            rule_system="care-act-adult",
        ),
        Form(
            "eligibility-carer",
            _("Eligibility: carers, Care Act"),
            _("The eight outcomes of the regulations, and the carer’s own health."),
            Purpose.ELIGIBILITY,
            Role.PRACTITIONER,
            Information.CARER,
            rule="care-act-carers",
            rule_system="care-act-carer",
        ),
        Form(
            "eligibility-adult-wales",
            _("Eligibility: adults, Wales"),
            _("The seven outcomes of the Welsh regulations, with a judgement and its reasons."),
            Purpose.ELIGIBILITY,
            Role.PRACTITIONER,
            rule="wales-adults",
            rule_system="wales-adult",
        ),
        Form(
            "eligibility-carer-wales",
            _("Eligibility: carers, Wales"),
            _("The six outcomes of the Welsh regulations for a carer, with a judgement."),
            Purpose.ELIGIBILITY,
            Role.PRACTITIONER,
            Information.CARER,
            rule="wales-carers",
            rule_system="wales-carer",
        ),
        Form(
            "review",
            _("Review"),
            _("The same outcomes again, beside what was said last time."),
            Purpose.REVIEW,
            Role.PERSON,
            alone="review-self",
        ),
        Form(
            "review-carer",
            _("Carer’s review"),
            _("The carer’s outcomes again, beside what was said last time."),
            Purpose.REVIEW,
            Role.CARER,
            Information.CARER,
            "review-carer-self",
        ),
    )
}
ALONE = {form.alone: form for form in FORMS.values() if form.alone}


def form_of(name: str) -> Form | None:
    """Find the form of an instrument's name, or the form that it is the easy version of."""
    return FORMS.get(name) or ALONE.get(name) or _own_form(newest(name))


def newest(name: str) -> InstrumentVersion | None:
    """Give the newest version of a form, without its content."""
    versions = InstrumentVersion.objects.filter(name=name).defer("content")
    return versions.order_by("-id").first()


def own_forms(agency_id: int) -> list[Form]:
    """Give the newest version of each form that an agency has loaded for itself."""
    versions = InstrumentVersion.objects.filter(agency=agency_id).defer("content")
    newest_first = versions.order_by("name", "-id").distinct("name")
    return [form for version in newest_first if (form := _own_form(version))]


def _own_form(version: InstrumentVersion | None) -> Form | None:
    if version is None or version.agency_id is None:
        return None
    held = version.held_as
    by_oneself = held["role"] in {Role.PERSON, Role.CARER}
    return Form(
        version.name,
        version.title_now,
        _("Your agency’s own form."),
        held["purpose"],
        held["role"],
        held["information"],
        alone=version.name if by_oneself else "",
        languages=tuple(choices(version.languages)),
    )


_loaded: dict[str, Instrument] = {}
MOST_LOADED = 40


def is_loaded(version: InstrumentVersion) -> bool:
    """Whether a version was read already, so that its content is not needed any more."""
    return version.digest in _loaded


def loaded(version: InstrumentVersion) -> Instrument:
    """Give a version as an instrument. Versions never change, so each is read once a process."""
    found = _loaded.get(version.digest)
    if found is None:
        found = Instrument.from_fhir(version.content)
        while len(_loaded) >= MOST_LOADED:
            _loaded.pop(next(iter(_loaded)), None)
        _loaded[version.digest] = found
    return found


@lru_cache(maxsize=4)
def outcomes_of(information: str) -> Framework:
    """Give the outcomes that are spoken of on a person's record, or on a carer's own."""
    return framework("carers" if information == Information.CARER else "people")


def for_oneself(agency_id: int) -> list[Form]:
    """Give the forms that somebody may be asked to answer alone: those that ship, then an agency's own."""
    return [form for form in [*FORMS.values(), *own_forms(agency_id)] if form.alone]


def chosen_for(*, is_carer: bool, agency_id: int) -> Iterator[Form]:
    """Give the forms to offer, those of the record's kind first."""
    kind = Information.CARER if is_carer else Information.CONVERSATION
    offered = [*FORMS.values(), *own_forms(agency_id)]
    yield from (form for form in offered if form.information == kind)
    yield from (form for form in offered if form.information != kind)
