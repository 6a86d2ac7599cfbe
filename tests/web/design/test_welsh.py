from __future__ import annotations

import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest

from alongside.web.design import translate
from support.axe import assert_accessible, assert_fits

DESIGN = Path(translate.__file__).parent
IN_TEMPLATES = re.compile(r'{%\s*translate\s+"([^"]+)"')
IN_PYTHON = re.compile(r'\b(?:_|gettext_lazy)\(\s*"([^"]+)"', flags=re.DOTALL)


def words_of(catalogue: bytes) -> dict[str, str]:
    return dict(GNUTranslations(BytesIO(catalogue))._catalog)  # type: ignore[attr-defined]


def test_the_compiled_welsh_is_that_of_the_catalogue():
    kept = translate.CATALOGUE.with_suffix(".mo").read_bytes()
    assert words_of(kept) == words_of(translate.compiled()), (
        "Run: python -m alongside.web.design.translate"
    )


def test_every_sentence_of_the_design_system_has_its_welsh():
    welsh = words_of(translate.compiled())
    english = {
        text.replace("%", "%%") if "%" in text and "%(" not in text else text
        for path in (DESIGN / "templates").rglob("*.html")
        for text in IN_TEMPLATES.findall(path.read_text("utf-8"))
    } | {
        text for path in DESIGN.rglob("*.py") for text in IN_PYTHON.findall(path.read_text("utf-8"))
    }
    assert len(english) > 150
    assert sorted(text for text in english if not welsh.get(text)) == []


def test_welsh_keeps_every_placeholder():
    holes = re.compile(r"%\(\w+\)s|%?\{\w+\}")
    for english, welsh in words_of(translate.compiled()).items():
        if english:
            assert sorted(holes.findall(english)) == sorted(holes.findall(welsh)), english


@pytest.mark.parametrize("address", ["/design/states/form-errors/", "/design/states/person/"])
def test_pages_in_welsh_are_accessible_and_fit_a_phone(page, context, gallery, address):
    context.add_cookies([{"name": "django_language", "value": "cy", "url": gallery}])
    page.goto(gallery + address)
    assert page.locator("html").get_attribute("lang") == "cy"
    assert_accessible(page, state=f"{address} in Welsh", themes=("light",))
    assert_fits(page)
