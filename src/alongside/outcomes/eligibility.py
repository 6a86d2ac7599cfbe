"""Whether needs are eligible, by a rule that is a file, with the reasons as sentences.

The rule adds up what a practitioner has judged. It does not decide: a named person does, and may
decide otherwise and say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from alongside.outcomes.errors import OutcomesError
from alongside.parameters import Parameter, Source, load

if TYPE_CHECKING:
    from datetime import date

    from alongside.outcomes.answers import Answer

LANGUAGES = ("en", "cy")
_TEXTS = ("met", "not_met", "unknown")
_SAID = ("able", "unable", "not-relevant", "unsure")

_WAYS = {
    "needs-help": {"en": "cannot without help", "cy": "ni all heb help"},
    "distress": {
        "en": "only with much pain, distress or anxiety",
        "cy": "dim ond gyda llawer o boen, gofid neu bryder",
    },
    "danger": {
        "en": "only with danger to somebody's health or safety",
        "cy": "dim ond gyda pherygl i iechyd neu ddiogelwch rhywun",
    },
    "much-longer": {
        "en": "only in far longer than usual",
        "cy": "dim ond mewn llawer mwy o amser na'r arfer",
    },
}
_SENTENCES = {
    "unable": {
        "en": "{count} of the outcomes cannot be achieved, and the rule asks for at least {needed}: {names}.",
        "cy": "Ni ellir cyflawni {count} o'r canlyniadau, ac mae'r rheol yn gofyn am o leiaf {needed}: {names}.",
    },
    "unable_none": {
        "en": "None of the outcomes is known to be out of reach, and the rule asks for at least {needed}.",
        "cy": "Nid yw'n hysbys bod yr un canlyniad y tu hwnt i gyrraedd, ac mae'r rheol yn gofyn am o leiaf {needed}.",
    },
    "unsure": {"en": "Not yet known: {names}.", "cy": "Ddim yn hysbys eto: {names}."},
    "no_way": {
        "en": "It is not yet said in what way there is difficulty with {names}.",
        "cy": "Ni ddywedwyd eto ym mha ffordd y mae anhawster gyda {names}.",
    },
}


class Standing(StrEnum):
    """What a rule makes of what is known so far."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not-eligible"
    NOT_YET = "not-yet"


@dataclass(frozen=True)
class Rule:
    """One nation's rule for people or for carers, as it stood from a date."""

    name: str
    label: str
    outcomes: Mapping[str, Mapping[str, Any]]
    ways: tuple[str, ...]
    conditions: tuple[Mapping[str, Any], ...]
    source: Source

    @classmethod
    def from_parameter(cls, parameter: Parameter, on: date | None = None) -> Rule:
        """Read a rule from a parameter, as it stood on a day or as it stands last.

        Raises
        ------
        OutcomesError
            When the parameter is not a rule, or has a condition of no known kind.
        """
        dated = parameter.on(on) if on else parameter.latest()
        value = dated.value
        lacks = [key for key in ("outcomes", "ways", "conditions") if not _get(value, key)]
        if lacks:
            raise OutcomesError(f"{parameter.id} is not an eligibility rule: it lacks {lacks[0]}.")
        for condition in value["conditions"]:
            _check(condition, parameter.id, len(value["outcomes"]))
        strange = [way for way in value["ways"] if way not in _WAYS]
        if strange:
            raise OutcomesError(
                f"{parameter.id} has a way called {strange[0]!r}. Known ones are {', '.join(_WAYS)}."
            )
        return cls(
            parameter.id.rpartition("/")[2],
            parameter.label,
            value["outcomes"],
            tuple(value["ways"]),
            tuple(value["conditions"]),
            dated.source,
        )

    def judgements(self) -> list[str]:
        """Name every yes-or-no judgement that the rule asks for."""
        return [name for condition in self.conditions for name in _judgements(condition)]


@dataclass(frozen=True)
class Judged:
    """What a practitioner has judged so far.

    ``outcomes`` gives, for each outcome, ``"able"``, ``"unable"``, ``"not-relevant"`` or
    ``"unsure"``; ``ways`` the ways in which it is not achieved; ``judgements`` yes, no or, as None,
    not known. What is left out is not known.
    """

    outcomes: Mapping[str, str] = field(default_factory=dict)
    ways: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    judgements: Mapping[str, bool | None] = field(default_factory=dict)

    @classmethod
    def from_answers(
        cls, answers: list[Answer], judgements: Mapping[str, list[Any]] | None = None
    ) -> Judged:
        """Gather the answers of an eligibility form.

        ``answers`` come from `read_answers` with the form's own system; ``judgements`` from
        `coded_answers` with ``"eligibility"``.
        """
        ways: dict[str, tuple[str, ...]] = {}
        for answer in answers:
            if answer.aspect == "ways":
                ways[answer.outcome] = (*ways.get(answer.outcome, ()), answer.value)
        outcomes = {a.outcome: a.value for a in answers if a.aspect == "able"}
        said = {"yes": True, "no": False}
        found = {name: said.get(v[0]) if v else None for name, v in (judgements or {}).items()}
        return cls(outcomes, ways, found)


@dataclass(frozen=True)
class Finding:
    """What the rule makes of it, why, and which outcomes cannot be achieved."""

    standing: Standing
    reasons: tuple[str, ...]
    unable: tuple[str, ...]
    still_to_find_out: tuple[str, ...]
    rule: Rule


def rule(name: str = "care-act-adults", on: date | None = None) -> Rule:
    """Give a shipped rule by name, as it stood on a day."""
    return Rule.from_parameter(load(f"eligibility/{name}"), on)


def eligibility(judged: Judged, rule: Rule, language: str = "en") -> Finding:
    """Apply a rule to what has been judged, with a sentence for every condition.

    What is not known stays not known: the standing is "not yet" only where the answer could still
    go either way.

    Raises
    ------
    OutcomesError
        When an outcome or a judgement is not one of the rule's, or the language is not known.
    """
    if language not in LANGUAGES:
        raise OutcomesError(f"Reasons come in {' and '.join(LANGUAGES)}, not in {language!r}.")
    _refuse_strangers(judged, rule)
    hearing = _Hearing(judged, rule, language)
    met = _all([hearing.apply(condition) for condition in rule.conditions])
    standing = {True: Standing.ELIGIBLE, False: Standing.NOT_ELIGIBLE, None: Standing.NOT_YET}[met]
    unable, _, _ = _sorted_out(judged, rule)
    pending = () if met is not None else tuple(hearing.pending)
    return Finding(standing, tuple(hearing.reasons), tuple(unable), pending, rule)


def spoken_to(rule: Rule, profile: Mapping[str, int | None]) -> dict[str, tuple[str, ...]]:
    """Show which of a rule's outcomes the needs profile speaks to, and through which answers.

    It is where to look, not a judgement: only answers above 0 are given.
    """
    found = {}
    for outcome, about in rule.outcomes.items():
        needs = tuple(need for need in about.get("needs", []) if (profile.get(need) or 0) > 0)
        if needs:
            found[outcome] = needs
    return found


@dataclass
class _Hearing:
    """Applies the conditions of one rule, gathering a sentence for each."""

    judged: Judged
    rule: Rule
    language: str
    reasons: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)

    def apply(self, condition: Mapping[str, Any]) -> bool | None:
        """Say whether a condition is met: yes, no, or None where it could still go either way."""
        if "any" in condition:
            return _any([self.apply(part) for part in condition["any"]])
        if "outcomes_at_least" in condition:
            return self._enough(condition["outcomes_at_least"])
        known = self.judged.judgements.get(condition["judgement"])
        sentence = condition[{True: "met", False: "not_met", None: "unknown"}[known]][self.language]
        self.reasons.append(sentence)
        if known is None:
            self.pending.append(sentence)
        return known

    def _enough(self, needed: int) -> bool | None:
        unable, unsure, no_way = _sorted_out(self.judged, self.rule)
        names = "; ".join(self._with_ways(outcome) for outcome in unable)
        kind = "unable" if unable else "unable_none"
        self.reasons.append(self._say(kind, count=len(unable), needed=needed, names=names))
        if len(unable) >= needed:
            return True
        if len(unable) + len(unsure) + len(no_way) < needed:
            return False
        for kind, outcomes in (("unsure", unsure), ("no_way", no_way)):
            if outcomes:
                sentence = self._say(kind, names=", ".join(self._name(o) for o in outcomes))
                self.pending.append(sentence)
                self.reasons.append(sentence)
        return None

    def _say(self, kind: str, **values: Any) -> str:
        return _SENTENCES[kind][self.language].format(**values)

    def _name(self, outcome: str) -> str:
        return str(self.rule.outcomes[outcome][self.language])

    def _with_ways(self, outcome: str) -> str:
        ways = [way for way in self.judged.ways[outcome] if way in self.rule.ways]
        return f"{self._name(outcome)} ({', '.join(_WAYS[way][self.language] for way in ways)})"


def _sorted_out(judged: Judged, rule: Rule) -> tuple[list[str], list[str], list[str]]:
    """Sort outcomes into unable, not known, and unable but not yet said in what way."""
    unable, unsure, no_way = [], [], []
    for outcome in rule.outcomes:
        said = judged.outcomes.get(outcome, "unsure")
        ways = judged.ways.get(outcome, ())
        if said == "unsure":
            unsure.append(outcome)
        elif said == "unable" and not ways:
            no_way.append(outcome)
        elif said == "unable" and any(way in rule.ways for way in ways):
            unable.append(outcome)
    return unable, unsure, no_way


def _refuse_strangers(judged: Judged, rule: Rule) -> None:
    ways = [way for found in judged.ways.values() for way in found]
    outcomes = [*judged.outcomes, *judged.ways]
    _refuse(outcomes, rule.outcomes, f"{rule.label} has no outcome called")
    _refuse(judged.outcomes.values(), _SAID, "There is no judgement called")
    _refuse(ways, _WAYS, "There is no way of being unable called")
    _refuse(judged.judgements, rule.judgements(), f"{rule.label} asks for no judgement called")


def _refuse(given: Iterable[str], known: Iterable[str], complaint: str) -> None:
    names = list(known)
    for name in given:
        if name not in names:
            raise OutcomesError(f"{complaint} {name!r}. Known ones are {', '.join(names)}.")


def _all(results: list[bool | None]) -> bool | None:
    if False in results:
        return False
    return None if None in results else True


def _any(results: list[bool | None]) -> bool | None:
    if True in results:
        return True
    return None if None in results else False


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _judgements(condition: Mapping[str, Any]) -> list[str]:
    if "any" in condition:
        return [name for part in condition["any"] for name in _judgements(part)]
    return [condition["judgement"]] if "judgement" in condition else []


def _check(condition: Any, where: str, outcomes: int) -> None:
    if _get(condition, "any"):
        for part in condition["any"]:
            _check(part, where, outcomes)
        return
    at_least = _get(condition, "outcomes_at_least")
    if isinstance(at_least, int) and 0 < at_least <= outcomes:
        return
    texts = [_get(_get(condition, key), language) for key in _TEXTS for language in LANGUAGES]
    if not _get(condition, "judgement") or not all(texts):
        raise OutcomesError(
            f"{where} has a condition that cannot be applied: {condition!r}. A condition is any "
            f"(a list of conditions), outcomes_at_least (1 to {outcomes}), or a judgement with "
            "met, not_met and unknown in English and Welsh."
        )
