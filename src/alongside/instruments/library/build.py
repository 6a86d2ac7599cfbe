"""Makes the shipped forms: reads ``sources/*.yaml``, writes one FHIR Questionnaire each.

Run ``python -m alongside.instruments.library.build`` after a change of wording. The same sources
give the same bytes, so that a review sees only the words that changed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from alongside.instruments.library import fhir
from alongside.instruments.library.fhir import Json, SourceError, Wording

HERE = Path(__file__).parent
SOURCES = HERE / "sources"

#: Shorthand keys of the needs profile, and what comes before the name in its link id.
PROFILE_KEYS = ("need", "unpaid", "circ")
#: A choice of level: its code, and its score, which counts up to life as the person wants it.
RATINGS = (("as-wanted", 3), ("good-enough", 2), ("some-unmet", 1), ("lot-unmet", 0))


@dataclass(frozen=True)
class Form:
    """What every part of one form shares while it is built."""

    name: str
    easy: bool = False
    not_said: bool = False
    shared_levels: Json = field(default_factory=dict)


def sources() -> dict[str, Json]:
    """Read every source file of a form, by name. Files whose names begin with _ are not forms."""
    files = sorted(SOURCES.glob("[!_]*.yaml"))
    return {file.stem: _read(file) for file in files}


def build(source: Json) -> Json:
    """Make one Questionnaire from one source.

    Raises
    ------
    SourceError
        When a text lacks a language, or an entry is of no kind that is known.
    """
    form = Form(
        source["name"],
        bool(source.get("easy")),
        bool(source.get("not_said")),
        source.get("shared_levels", {}),
    )
    made: Json = {
        "resourceType": "Questionnaire",
        "id": form.name,
        "url": f"{fhir.BASE}/Questionnaire/{form.name}",
        "version": source["version"],
        "name": "".join(part.title() for part in form.name.split("-")),
        **fhir.translated("title", Wording.read(source["title"], form.name)),
        "status": "active",
        "experimental": False,
        "language": "en",
        "date": source["date"],
        "publisher": "Alongside",
        "subjectType": [source["subject"]],
        **fhir.translated("description", Wording.read(source["description"], form.name)),
        "item": _items(source["items"], form),
    }
    if "last_rating" in str(source["items"]):
        made = {"resourceType": "Questionnaire", "extension": [fhir.previous()], **made}
    _refuse_repeats(made, form.name)
    return made


def written(form: Json) -> str:
    """Give a form as the text that is kept in its file."""
    return json.dumps(form, ensure_ascii=False, indent=1) + "\n"


def _read(file: Path) -> Json:
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise SourceError(f"{file.name} should be a mapping.")
    return found


def _items(entries: list[Json], form: Form) -> list[Json]:
    made: list[Json] = []
    for entry in entries:
        if "domains" in entry:
            made += _sections(entry, form)
        elif "for_each" in entry:
            made += [_group_of(one, entry["ask"], form) for one in entry["for_each"]]
        else:
            made.append(_item(entry, form))
    return made


def _item(entry: Json, form: Form) -> Json:
    key = next((key for key in PROFILE_KEYS if key in entry), None)
    if key:
        return _profile_item(key, entry, form)
    item = _start(entry["id"], entry, form)
    if "items" in entry:
        item["type"] = "group"
        item["item"] = _help(entry, form) + _items(entry["items"], form)
        return item
    item["type"] = entry.get("type", "choice" if "options" in entry else "text")
    if entry.get("repeats"):
        item["repeats"] = True
    if "options" in entry:
        item["answerOption"] = _options(entry, form)
    if "show_if" in entry:
        item["enableWhen"], item["enableBehavior"] = _conditions(entry["show_if"]), "any"
    if "range" in entry:
        item["extension"] = item.get("extension", []) + _range(entry["range"])
    if "unit" in entry:
        unit = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"}
        coding = {"system": "http://unitsofmeasure.org", **entry["unit"]}
        item["extension"] = [*item.get("extension", []), {**unit, "valueCoding": coding}]
    helps = _help(entry, form)
    return {**item, "item": helps} if helps else item


def _group_of(one: Json, questions: list[Json], form: Form) -> Json:
    asked = []
    for question in questions:
        codes = {**one.get("codes", {}), "aspect": question["id"]}
        own = {**question, "id": f"{one['id']}-{question['id']}", "codes": codes}
        if "show_if" in question:
            own["show_if"] = {f"{one['id']}-{key}": v for key, v in question["show_if"].items()}
        asked.append(own)
    return _item({**one, "items": asked}, form)


def _start(link_id: str, entry: Json, form: Form) -> Json:
    where = f"{form.name}, {link_id}"
    text = Wording.read(entry["text"], where)
    easy = Wording.read(entry["easy"], where) if "easy" in entry else None
    shown = easy if form.easy and easy else text
    item: Json = {"linkId": link_id}
    extensions = fhir.easy_read(easy, entry.get("pic"))
    if extensions:
        item["extension"] = extensions
    codes = [
        {"system": fhir.code_system(system), "code": code}
        for system, code in entry.get("codes", {}).items()
    ]
    if codes:
        item["code"] = codes
    return {**item, **fhir.translated("text", shown)}


def _help(entry: Json, form: Form) -> list[Json]:
    if "help" not in entry:
        return []
    link_id = f"{entry['id']}-help"
    wording = Wording.read(entry["help"], f"{form.name}, {link_id}")
    control = [fhir.control("help")]
    texts = fhir.translated("text", wording)
    return [{"linkId": link_id, "extension": control, **texts, "type": "display"}]


def _options(entry: Json, form: Form) -> list[Json]:
    where = f"{form.name}, {entry['id']}"
    system = fhir.code_system(entry.get("system", f"{form.name}-answers"))
    scores = entry.get("scores", {})
    easy = entry.get("easy_options", {})
    made = []
    for code, text in entry["options"].items():
        short = Wording.read(easy[code], where) if code in easy else None
        option = fhir.option(system, str(code), Wording.read(text, where), scores.get(code), short)
        if code in entry.get("alone", []):
            option["extension"] = [*option.get("extension", []), fhir.alone()]
        made.append(option)
    return made


def _conditions(wanted: Json) -> list[Json]:
    found = []
    for question, codes in wanted.items():
        for code in codes if isinstance(codes, list) else [codes]:
            answer: Json = {"answerBoolean": code}
            if not isinstance(code, bool):
                system, _, name = str(code).rpartition("#")
                answer = {"answerCoding": {"system": fhir.code_system(system), "code": name}}
            found.append({"question": question, "operator": "=", **answer})
    return found


def _range(limits: list[int]) -> list[Json]:
    base = "http://hl7.org/fhir/StructureDefinition"
    low, high = limits
    return [
        {"url": f"{base}/minValue", "valueInteger": low},
        {"url": f"{base}/maxValue", "valueInteger": high},
    ]


def _profile_item(key: str, entry: Json, form: Form) -> Json:
    link_id = f"{key}_{entry[key]}"
    where = f"{form.name}, {link_id}"
    coded = {**entry, "codes": {"needs-profile": link_id}}
    if key == "need":
        coded.setdefault("pic", entry[key])
    levels = entry.get("levels", form.shared_levels.get(key))
    if not levels:
        raise SourceError(f"{where} has no levels: write one sentence for each.")
    system = fhir.code_system("need-level")
    options = [
        fhir.option(system, str(level), Wording.read(text, where), level)
        for level, text in enumerate(levels)
    ]
    return {**_start(link_id, coded, form), "type": "choice", "answerOption": options}


def _sections(entry: Json, form: Form) -> list[Json]:
    domains = _read(SOURCES / f"_{entry['domains']}.yaml")
    aspects = _read(SOURCES / "_aspects.yaml")
    made = []
    for section in domains["sections"]:
        group = _start(section["id"], section, form)
        children = [
            _domain(domain, entry["aspects"], aspects, domains["system"], form)
            for domain in section["domains"]
        ]
        made.append({**group, "type": "group", "item": _help(section, form) + children})
    return made


def _domain(domain: Json, wanted: list[str], aspects: Json, system: str, form: Form) -> Json:
    name = domain["domain"]
    heading = {"text": domain["text"], "pic": domain.get("pic", name), "codes": {system: name}}
    group = _start(name, heading, form)
    group["type"] = "group"
    group["item"] = [
        _aspect(aspect, aspects[aspect], domain, {system: name, "aspect": aspect}, form)
        for aspect in wanted
    ]
    return group


def _aspect(aspect: str, shared: Json, domain: Json, codes: Json, form: Form) -> Json:
    link_id = f"{domain['domain']}-{aspect}"
    own: Json = {"id": link_id, **shared, "codes": codes}
    if aspect == "words":
        own["text"] = domain["ask"]
    if aspect == "rating":
        own["easy"] = domain["easy"]
    item = _start(link_id, own, form)
    item["type"] = shared["type"]
    if "from_last" in shared:
        item["readOnly"] = True
        earlier = f"{domain['domain']}-{shared['from_last']}"
        item["extension"] = [*item.get("extension", []), fhir.from_previous(earlier)]
    if shared.get("rated"):
        item["answerOption"] = _ratings(domain, shared, form)
    elif "options" in shared:
        item["answerOption"] = _options({**shared, "id": link_id}, form)
    return item


def _ratings(domain: Json, shared: Json, form: Form) -> list[Json]:
    where = f"{form.name}, {domain['domain']}-rating"
    system = fhir.code_system("outcome-rating")
    made = []
    earlier = "from_last" in shared
    for (code, score), text, short in zip(RATINGS, domain["rating"], shared["rated"], strict=True):
        wording, easy = Wording.read(text, where), Wording.read(short, where)
        shown = easy if form.easy else wording
        made.append(fhir.option(system, code, shown, None if earlier else score, easy))
    if form.not_said or earlier:
        wording = Wording.read(shared["not_said"], where)
        made.append(fhir.option(system, "not-said", wording, None))
    return made


def _refuse_repeats(form: Json, name: str) -> None:
    seen: set[str] = set()
    for item in walk(form["item"]):
        if item["linkId"] in seen:
            raise SourceError(f"{name}: the link id {item['linkId']!r} is used twice.")
        seen.add(item["linkId"])


def walk(items: list[Json]) -> list[Json]:
    """Give every item of a form, those inside others too, in the order of the form."""
    found: list[Any] = []
    for item in items:
        found += [item, *walk(item.get("item", []))]
    return found


def main() -> None:
    """Write every form beside this file."""
    for name, source in sources().items():
        (HERE / f"{name}.json").write_text(written(build(source)), encoding="utf-8")


if __name__ == "__main__":
    main()
