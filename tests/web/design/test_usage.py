"""How the platform's pages use the design system, read from their templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alongside.web.design.components import COMPONENTS

WEB = Path(__file__).parents[3] / "src/alongside/web"
TEMPLATES = sorted(WEB.glob("*/templates/**/*.html"))
TAG = re.compile(r'{%\s*(component|enclose)\s+"([\w-]+)"(.*?)%}', flags=re.DOTALL)
OPTION = re.compile(r'(?<=\s)(\w+)=(?:"[^"]*"|\S)')


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_pages_use_components_that_exist_with_options_that_they_have(template):
    for tag, name, rest in TAG.findall(template.read_text("utf-8")):
        assert name in COMPONENTS, f'there is no component "{name}"'
        component = COMPONENTS[name]
        assert tag == ("enclose" if component.encloses else "component"), (
            f"{name} is written with the other tag"
        )
        given = set(OPTION.findall(rest))
        assert given <= {*component.required, *component.optional}, f"{name}: {given}"
        assert set(component.required) <= given, f"{name} needs {component.required}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_pages_have_no_scripts_or_styles_inside_them(template):
    text = template.read_text("utf-8")
    # A block of JSON is data, which the policy lets pass.
    inside = re.sub(r'<script[^>]*type="application/json"', "", text)
    assert not re.search(r"\sstyle=|<style\b|<script(?![^>]*\bsrc=)|\son[a-z]+=\"", inside), (
        "the security policy blocks them"
    )
