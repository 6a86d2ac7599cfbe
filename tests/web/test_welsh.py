"""Everything that a person or a practitioner reads, in Welsh."""

from __future__ import annotations

import ast
import re
from datetime import date
from gettext import GNUTranslations
from io import BytesIO

import pytest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from alongside.parameters import load
from alongside.web import translate
from alongside.web.budgets.codes import service_words
from alongside.web.people.domain import add_person

HOLES = re.compile(r"%\(\w+\)[sd]|%?\{\w+\}|%[sd](?!\w)")
APPS = [app for app in translate.APPS if translate.to_say(app)]


def words_of(compiled: bytes) -> dict[object, str]:
    """What a compiled catalogue says, and how it counts."""
    kept = GNUTranslations(BytesIO(compiled))
    said = dict(kept._catalog)  # type: ignore[attr-defined]
    said.pop("", None)
    return said | {"counted": "".join(str(kept.plural(n)) for n in range(30))}  # type: ignore[attr-defined]


def holes(text: str) -> list[str]:
    return sorted(HOLES.findall(text))


def test_there_is_something_to_say_in_every_app_that_people_see():
    assert {"design", "accounts", "drafts", "people", "conversations", "budgets", "plans",
            "reviews", "governance", "site"} <= set(APPS)  # fmt: skip
    assert sum(len(translate.to_say(app)) for app in APPS) > 1000


@pytest.mark.parametrize("app", APPS)
def test_every_sentence_of_an_app_has_its_welsh(app):
    welsh = {_english(message): message for message in translate.read(app) if message.id}
    missing = [
        sentence.text
        for sentence in sorted(translate.to_say(app))
        if sentence.text not in welsh
        or welsh[sentence.text].fuzzy
        or not translate.whole(welsh[sentence.text].string)
    ]
    assert not missing, "Write their Welsh, then run: python -m alongside.web.translate"


@pytest.mark.parametrize("app", APPS)
def test_welsh_keeps_every_placeholder(app):
    for message in translate.read(app):
        if not message.id:
            continue
        if isinstance(message.id, str):
            assert holes(message.id) == holes(message.string), message.id
            continue
        none, *some = message.string
        allowed = [holes(form) for form in message.id]
        assert all(holes(form) in allowed for form in some), message.id
        # “You have no passkeys” need not say nought.
        assert set(holes(none)) <= set(allowed[1]), message.id


@pytest.mark.parametrize("app", APPS)
def test_the_catalogue_and_its_compiled_form_are_those_of_the_app(app):
    kept = translate.catalogue_of(app)
    assert kept.read_bytes() == translate.written(app), "Run: python -m alongside.web.translate"
    compiled = kept.with_suffix(".mo").read_bytes()
    assert words_of(compiled) == words_of(translate.compiled(app))


def test_one_english_sentence_has_one_welsh():
    said = [_english(message) for app in APPS for message in translate.read(app) if message.id]
    assert sorted({text for text in said if said.count(text) > 1}) == []


def _english(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_sentences_are_found_in_code_and_in_templates():
    code = 'x = _("A" " b")\nngettext("%(n)s c", "%(n)s cs", n)\nother("D")\n_(name)'
    assert set(translate.in_python(code)) == {
        translate.Sentence("A b"), translate.Sentence("%(n)s c", "%(n)s cs"),
    }  # fmt: skip
    template = (
        '{% load i18n %}{% translate "It’s 5%" as x %}{% blocktranslate count n=n %}{{ n }} d'
        "{% plural %}{{ n }} ds{% endblocktranslate %}{# {% translate 'no' %} #}"
    )
    assert set(translate.in_template(template)) == {
        translate.Sentence("It’s 5%%"), translate.Sentence("%(n)s d", "%(n)s ds"),
    }  # fmt: skip


def test_welsh_counts_in_its_own_six_ways():
    with translation.override("cy"):
        days = [ngettext("%(days)s day", "%(days)s days", n) % {"days": n} for n in (1, 2, 3)]
    assert days == ["1 diwrnod", "2 ddiwrnod", "3 diwrnod"]


LOOSE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|<(script|style)\b.*?</\1>|<[^>]*>|&\w+;", re.DOTALL)
REMARKS = re.compile(
    r"\{#.*?#\}|\{% *comment.*?endcomment *%\}|\{% *blocktrans.*?endblocktrans(?:late)? *%\}",
    re.DOTALL,
)
# The name of the service, the name of a language in itself, and names of styles.
AS_THEY_ARE = {"– Alongside", "Alongside", "English", "along-plain", "along-paper"}


@pytest.mark.parametrize("app", APPS)
def test_no_template_says_anything_that_is_not_marked(app):
    loose = {
        f"{path.name}: {line.strip()}"
        for path in (translate.WEB / app / "templates").rglob("*.html")
        if "gallery" not in str(path)
        for line in LOOSE.sub("\n", REMARKS.sub("", path.read_text("utf-8"))).splitlines()
        if re.search("[A-Za-z]{2}", line) and line.strip() not in AS_THEY_ARE
    }
    assert not loose


@pytest.mark.parametrize("app", APPS)
def test_no_label_of_a_form_goes_unmarked(app):
    said_to_people = {"label", "help_text", "hint", "title", "start_label", "empty_label"}
    loose = [
        f"{path.name}, line {node.lineno}: {node.value.value}"
        for path in (translate.WEB / app).rglob("*.py")
        if path.name not in {"gallery.py", "reference.py", "components.py"}
        and "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.keyword)
        and node.arg in said_to_people
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and " " in node.value.value
    ]
    assert not loose


@pytest.mark.django_db
def test_signing_in_is_in_welsh(client, cast):
    page = client.get("/account/login/", headers={"accept-language": "cy"}).text
    assert 'lang="cy"' in page
    assert "Mewngofnodi" in page
    assert "Rwyf wedi anghofio fy nghyfrinair" in page


@pytest.mark.django_db
def test_my_work_and_a_persons_page_are_in_welsh(signed_in, acting):
    with acting("sam") as sam:
        person = add_person(
            actor=sam,
            details={
                "given_name": "Amina",
                "family_name": "Yusuf",
                "preferred_name": "",
                "born_on": date(1948, 4, 3),
            },
            numbers={},
            address={},
            today=date(2026, 11, 21),
        )
    client = signed_in("sam")
    client.cookies["django_language"] = "cy"
    work = client.get("/").text
    assert 'lang="cy"' in work
    assert "Fy ngwaith" in work
    assert "Dod o hyd i berson" in work
    page = client.get(f"/people/{person.pk}/").text
    assert 'lang="cy"' in page
    assert "3 Ebrill 1948" in page
    assert "Pobl o’i gwmpas" in page
    assert "Cynnal sgwrs" in page
    for english in ("People around them", "Hold a conversation", "My work", "April"):
        assert english not in page


@pytest.mark.django_db
def test_a_second_factor_is_set_up_in_welsh(signed_in):
    client = signed_in("sam")
    client.cookies["django_language"] = "cy"
    assert "Mewngofnodi’n ddiogel" in client.get("/account/2fa/").text


def test_every_service_of_the_rate_card_that_ships_has_its_welsh():
    for dated in load("rates/standard").values:
        for code, service in dated.value.items():
            assert service["cy"] != service["label"], code
    with translation.override("cy"):
        assert service_words("meals", "Meals at home") == "Prydau gartref"
        assert service_words("our_own", "A service of our own") == "A service of our own"


def test_months_are_in_welsh():
    with translation.override("cy"):
        said = [date_format(date(2026, month, 3), "j F Y") for month in (3, 11)]
    assert said == ["3 Mawrth 2026", "3 Tachwedd 2026"]
