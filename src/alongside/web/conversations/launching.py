"""What the record knows already, as the Patient that a form of an agency's own may begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.instruments.library.fhir import BASE
from alongside.web.people.models import Address, Identifier, Person

if TYPE_CHECKING:
    from alongside.instruments import Instrument

NUMBERS = {
    Identifier.Scheme.NHS: "https://fhir.nhs.uk/Id/nhs-number",
    Identifier.Scheme.COUNCIL: f"{BASE}/NamingSystem/council-number",
}
GENDERS = {Person.Sex.FEMALE: "female", Person.Sex.MALE: "male"}


def context_for(instrument: Instrument, person: Person) -> dict[str, Any]:
    """Give what a form that fills in answers beforehand may read; nothing where it fills in none."""
    fills_in = any(item.initial_expression or item.calculated for item in instrument)
    return {"patient": patient(person)} if fills_in else {}


def patient(person: Person) -> dict[str, Any]:
    """Give a person as a FHIR Patient: only what the reader's database shows, and no hidden address."""
    numbers = Identifier.objects.filter(person=person.pk, taken_out_at=None).order_by("pk")
    lived = Address.objects.filter(person=person.pk, until__isnull=True, hidden=False)
    found = {
        "identifier": [
            {"system": NUMBERS[Identifier.Scheme(each.scheme)], "value": each.value}
            for each in numbers
        ],
        "name": _names(person),
        "telecom": [
            {"system": system, "value": value}
            for system, value in (("phone", person.telephone), ("email", person.email))
            if value
        ],
        "gender": GENDERS.get(Person.Sex(person.sex)),
        "birthDate": _born(person),
        "address": [_address(each) for each in lived],
    }
    return {"resourceType": "Patient", **{key: value for key, value in found.items() if value}}


def _names(person: Person) -> list[dict[str, Any]]:
    """Give the name that the person likes first, then the one on letters where it is another."""
    official = _name("official", person.full_name, person.given_name, person.family_name)
    if not person.legal_name:
        return [official]
    return [
        _name("usual", person.known_as_full, person.known_as, person.family_name),
        official,
    ]


def _name(use: str, text: str, given: str, family: str) -> dict[str, Any]:
    found = {"use": use, "text": text, "given": [given] if given else [], "family": family}
    return {key: value for key, value in found.items() if value}


def _born(person: Person) -> str:
    """Give the date of birth where it is known to the day: a guess is nothing to fill in."""
    exact = person.born_on is not None and person.born_precision == Person.Precision.DAY
    return person.born_on.isoformat() if exact and person.born_on else ""


def _address(lived: Address) -> dict[str, Any]:
    lines = [line.strip() for line in lived.lines.splitlines() if line.strip()]
    found = {"use": "home", "text": str(lived), "line": lines, "postalCode": lived.postcode}
    return {key: value for key, value in found.items() if value}
