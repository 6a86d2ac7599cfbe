from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import get_template, render_to_string

from alongside.web.design import reference
from alongside.web.design.components import COMPONENTS, ComponentError
from alongside.web.design.gallery import STATES
from alongside.web.design.templatetags.design import money

pytestmark = pytest.mark.urls("design_urls")

TEMPLATES = Path(reference.__file__).parent / "templates"


def drawn(text: str, /, **context: object) -> str:
    return Template("{% load design %}" + text).render(Context(context))


def test_every_component_has_a_template_and_every_template_a_component():
    files = {path.stem for path in (TEMPLATES / "design/components").glob("*.html")}
    assert files == set(COMPONENTS)


def test_the_gallery_or_a_layout_shows_every_component():
    text = "".join(path.read_text("utf-8") for path in (TEMPLATES / "design").rglob("*.html"))
    used = set(re.findall(r'{% (?:component|enclose) "([\w-]+)"', text))
    assert set(COMPONENTS) - used == set()


# What a reader cannot see: how a control is called, where it sends, and what a script is told.
UNSEEN = {
    "id", "name", "value", "type", "form", "formaction", "novalidate", "fields", "hidden",
    "prevent_double_click", "remember",
}  # fmt: skip
TAG = re.compile(r'{%\s*(?:component|enclose)\s+"([\w-]+)"(.*?)%}', flags=re.DOTALL)
GIVEN = re.compile(r'(?<=\s)(\w+)=(?:"[^"]*"|\S)')


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_the_gallery_or_a_layout_shows_every_option_of_a_component(name):
    text = "".join(path.read_text("utf-8") for path in (TEMPLATES / "design").rglob("*.html"))
    shown = {
        option for used, rest in TAG.findall(text) if used == name for option in GIVEN.findall(rest)
    }
    assert set(COMPONENTS[name].optional) - UNSEEN - shown == set()


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_a_component_s_template_draws_every_option_that_it_takes(name):
    template = (TEMPLATES / f"design/components/{name}.html").read_text("utf-8")
    options = {*COMPONENTS[name].required, *COMPONENTS[name].optional}
    assert {each for each in options if not re.search(rf"\b{each}\b", template)} == set()


def test_the_reference_page_lists_the_components_as_they_are():
    page = reference.PAGE.read_text("utf-8")
    assert reference.written(page) == page, "Run: python -m alongside.web.design.reference"


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_values_given_to_a_component_are_escaped(name):
    component = COMPONENTS[name]
    hostile = {option: "<script>x</script>" for option in component.required if option not in LISTS}
    given = {option: () for option in component.required if option in LISTS} | hostile
    arguments = " ".join(f"{option}={option}" for option in given)
    tag = "enclose" if component.encloses else "component"
    end = "{% endenclose %}" if component.encloses else ""
    html = drawn(f'{{% {tag} "{name}" {arguments} %}}{end}', **given)
    assert "<script>" not in html


LISTS = {"items", "sections", "columns", "rows", "lines", "tasks", "fields", "timeout"}


def test_a_component_sees_nothing_that_it_is_not_given():
    html = drawn('{% component "tag" text="Agreed" %}', colour="red", hidden="secret")
    assert "govuk-tag--grey" in html


def test_a_wrong_name_or_option_says_what_was_meant():
    with pytest.raises(
        ComponentError, match=r'There is no component "buton". Did you mean "button"\?'
    ):
        drawn('{% component "buton" text="Save" %}')
    with pytest.raises(ComponentError, match=r'has no option "color". Did you mean "colour"\?'):
        drawn('{% component "tag" text="Agreed" color="green" %}')
    with pytest.raises(ComponentError, match='The component "link" needs href'):
        drawn('{% component "link" text="Here" %}')


def test_what_is_not_recorded_says_so_and_nought_is_recorded():
    assert "Not recorded" in drawn('{% enclose "summary-row" key="Age" value="" %}{% endenclose %}')
    assert "Not recorded" not in drawn(
        '{% enclose "summary-row" key="Age" value=0 %}{% endenclose %}'
    )


def test_cells_of_a_table_name_their_column_for_phones():
    html = drawn(
        '{% component "table" caption="Costs" columns=columns rows=rows %}',
        columns=["What", {"label": "A week", "money": True}],
        rows=[["Help at home", Decimal("1234.5")]],
    )
    assert 'data-label="A week">£1,234.50' in html
    assert '<th scope="row"' in html


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal(0), "£0.00"),
        (Decimal(-3), "−£3.00"),
        (Decimal("1234567.8"), "£1,234,567.80"),
        (None, ""),
    ],
)
def test_money_is_written_in_pounds_and_pence(amount, words):
    assert money(amount) == words


def test_a_chart_is_escaped_unless_the_page_vouches_for_it():
    html = drawn(
        '{% enclose "figure" title="Chart" svg=svg %}{% endenclose %}', svg="<svg onload=x>"
    )
    assert "<svg onload" not in html


ERRORS = sorted(path.stem for path in TEMPLATES.glob("*.html"))


def test_the_reference_page_lists_every_page_of_errors():
    listed = re.findall(r"`(\w+)\.html`", reference.PAGE.read_text("utf-8"))
    assert set(ERRORS) <= set(listed)


@pytest.mark.parametrize("name", ERRORS)
def test_pages_of_errors_need_nothing_from_anybody(name):
    html = render_to_string(f"{name}.html")
    assert "<h1" in html
    assert "Alongside" in html


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_state_of_the_gallery_is_drawn(state, rf):
    found = STATES[state]
    html = get_template(found.template_name).render(found.context(), rf.get("/design/"))
    assert "</html>" in html
    assert not re.search(r"\sstyle=|<script(?![^>]*\bsrc=)|\son\w+=", html), (
        "the security policy forbids it"
    )
