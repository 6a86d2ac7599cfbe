"""The acts that give an agency forms of its own: a licensed instrument, or a rule of eligibility.

They are done at the terminal of the server, as the owner of the database: wording that is asked of
people is nothing that a page may change.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from alongside.instruments import Instrument, UnsupportedInstrument
from alongside.instruments.instrument import read_json_text
from alongside.instruments.library.fhir import SourceError
from alongside.outcomes import OutcomesError, Rule
from alongside.parameters import ParameterError, parse
from alongside.web.audit.domain import act_at_terminal
from alongside.web.conversations import figures, ruled_form
from alongside.web.conversations.asking_languages import languages_of
from alongside.web.conversations.models import Conversation, Information, InstrumentVersion, Role
from alongside.web.conversations.shipping import digest_of
from alongside.web.drafts.refusals import Refused

if TYPE_CHECKING:
    from alongside.web.access.models import Agency

OWNER = "owner"
Purpose = Conversation.Purpose


@dataclass(frozen=True)
class HeldAs:
    """How a form is held: what for, whose view it asks, on which record, and what it adds up to.

    ``value_set`` and ``rule`` are the name of one that ships, or the text of a parameter file.
    """

    purpose: str = Purpose.OUTCOMES
    role: str = Role.PERSON
    information: str = Information.CONVERSATION
    value_set: str = ""
    rule: str = ""


def held_as(*, purpose: str, about: str, value_set: str = "") -> HeldAs:
    """Say how a form is held that is about ``"people"`` or ``"carers"``."""
    if about == "carers":
        return HeldAs(purpose, Role.CARER, Information.CARER, value_set)
    return HeldAs(purpose, Role.PERSON, Information.CONVERSATION, value_set)


def load_form(*, agency: Agency, text: str, held_as: HeldAs, name: str = "") -> InstrumentVersion:
    """Store an agency's own Questionnaire, or a Bundle of it with its value sets, to be held as a conversation by that agency alone.

    Loading one of the same name again is its new version; conversations held before keep theirs.

    Raises
    ------
    Refused
        With the element and the reason, or the domain of the value set that is not asked.
    """
    try:
        content = read_json_text(text)
        instrument = Instrument.from_fhir(content)
    except UnsupportedInstrument as refusal:
        raise Refused(f"{refusal.element}: {refusal.reason}") from refusal
    if held_as.value_set:
        try:
            values = figures.read_value_set(held_as.value_set)
        except (ParameterError, OutcomesError) as error:
            raise Refused(str(error)) from error
        figures.check_domains(instrument, values)
    own = instrument.source
    plain = name or own.get("name") or own.get("id") or own.get("title") or "form"
    return _store(agency, str(plain), content, instrument, held_as)


def load_rule(*, agency: Agency, text: str) -> InstrumentVersion:
    """Store another nation's rule of eligibility, with the form that is made from it.

    Raises
    ------
    Refused
        With the sentence that says what is wrong in the file.
    """
    try:
        parameter = parse(text)
        rule = Rule.from_parameter(parameter)
        carer = parameter.latest().value.get("for") == "carer"
        content = ruled_form.form_of_rule(rule, carer=carer, since=parameter.latest().since)
        instrument = Instrument.from_fhir(content)
    except (ParameterError, OutcomesError, SourceError, UnsupportedInstrument) as error:
        raise Refused(str(error)) from error
    held_as = HeldAs(
        Purpose.ELIGIBILITY,
        Role.PRACTITIONER,
        Information.CARER if carer else Information.CONVERSATION,
        rule=text,
    )
    return _store(agency, rule.name, content, instrument, held_as)


def _store(
    agency: Agency, name: str, content: dict[str, Any], instrument: Instrument, held_as: HeldAs
) -> InstrumentVersion:
    slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60] or "form"
    own = {"agency": agency.pk, "content": content, "held_as": asdict(held_as)}
    digest = digest_of(own)
    versions = InstrumentVersion.objects.using(OWNER)
    if versions.filter(digest=digest).exists():
        raise Refused(f"{agency} has this very form already.")
    with act_at_terminal("conversations.load_form") as doing:
        version: InstrumentVersion = versions.create(
            url=instrument.url[:500],
            version=instrument.version[:60],
            name=f"own-{agency.pk}-{slug}",
            title=(instrument.title or name)[:300],
            titles=instrument.titles,
            languages=languages_of(instrument),
            content=content,
            digest=digest,
            agency=agency,
            held_as=asdict(held_as),
        )
        doing.held_by_id = agency.pk
        doing.facts |= {"form": version.name, "instrument": version.pk}
    return version


def forms_of(agency: Agency) -> list[InstrumentVersion]:
    """Give every version of the forms that an agency has loaded, the newest first."""
    versions = InstrumentVersion.objects.using(OWNER).filter(agency=agency)
    return list(versions.defer("content").order_by("name", "-pk"))
