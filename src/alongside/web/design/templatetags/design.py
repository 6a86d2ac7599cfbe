"""The tags that pages use: components, fields, error summaries and the parts of a layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from alongside.web.design import words
from alongside.web.design.components import find

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.forms.boundfield import BoundField
    from django.template.context import Context

register = template.Library()

HEADER = '<th scope="row" role="rowheader" class="govuk-table__header">'
_CARRIED = ("request", "csrf_token", "LANGUAGE_CODE", "display")


def _render(
    context: Context, component_name: str, given: dict[str, Any], content: SafeString
) -> SafeString:
    found = find(component_name)
    inside = {key: context[key] for key in _CARRIED if key in context}
    inside |= found.context(given)
    if found.encloses:
        inside["content"] = content
    template_ = get_template(found.template_name).template  # type: ignore[attr-defined]
    html = template_.render(context.new(inside)).strip()
    return SafeString(html)


@register.simple_tag(takes_context=True)
def component(context: Context, component_name: str, **given: Any) -> SafeString:
    """Draw a component: ``{% component "tag" text="Agreed" colour="green" %}``.

    Values are escaped. A component sees only what it is given, never the page's own variables.
    """
    return _render(context, component_name, given, SafeString(""))


@register.simple_block_tag(takes_context=True)
def enclose(context: Context, content: SafeString, component_name: str, **given: Any) -> SafeString:
    """Draw a component around content: ``{% enclose "details" summary="Why" %}...{% endenclose %}``."""
    return _render(context, component_name, given, content)


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """Draw one field of a form, with its label, hint, errors and control.

    Options: ``label_size`` (s, m, l, xl), ``heading=True`` (the label is the page's h1),
    ``label`` (other words for it), ``hide_label=True``, ``group_class``.
    """
    html: SafeString = bound.render(context={"field": bound, **options})
    return html


@register.filter
def outer_fields(form: BaseForm) -> list[BoundField]:
    """The visible fields of a form without those that another field reveals."""
    revealed = {
        name
        for owner in form.fields.values()
        for names in getattr(owner, "reveals", {}).values()
        for name in names
    }
    return [bound for bound in form.visible_fields() if bound.name not in revealed]


def _form_problems(form: BaseForm) -> Iterable[dict[str, str]]:
    for message in form.non_field_errors():
        yield {"text": str(message), "href": ""}
    for bound in form:
        for message in bound.errors:
            href = (
                "" if bound.is_hidden else f"#{getattr(bound, 'first_control_id', bound.auto_id)}"
            )
            yield {"text": str(message), "href": href}


def problems(*sources: Any) -> list[dict[str, str]]:
    """Every error of forms, formsets, or ready sentences, as text and the place to mend it."""
    found: list[dict[str, str]] = []
    for source in sources:
        if isinstance(source, BaseForm):
            found += _form_problems(source)
        elif isinstance(source, BaseFormSet):
            found += [{"text": str(message), "href": ""} for message in source.non_form_errors()]
            found += problems(*source.forms)
        elif isinstance(source, dict):
            found.append({"text": source["text"], "href": source.get("href", "")})
        elif isinstance(source, str):
            if source:
                found.append({"text": source, "href": ""})
        elif source is not None:
            found += problems(*source)
    return found


@register.simple_tag
def error_summary(*sources: Any, intro: str = "") -> SafeString:
    """List every error of some forms at the top of the page, each a link to its control."""
    context = {"errors": problems(*sources), "intro": intro}
    return mark_safe(  # noqa: S308 - a template's own output, escaped there
        get_template("design/forms/error_summary.html").render(context).strip()
    )


@register.simple_tag
def error_prefix(*sources: Any) -> str:
    """`Error: ` for the page title when any of the forms has errors."""
    return _("Error: ") if problems(*sources) else ""


@register.simple_tag
def optional_mark(bound: BoundField) -> str:
    """Say that a field may be left empty; the others are all needed."""
    quiet = getattr(bound.field, "quiet_optional", False)
    return "" if bound.field.required or quiet else _(" (optional)")


def _data_texts(texts: dict[str, str]) -> SafeString:
    return format_html_join("", ' data-i18n.{}="{}"', texts.items())


@register.simple_tag
def password_texts() -> SafeString:
    """The words of the show and hide button of a password."""
    return _data_texts(
        {
            "show-password": _("Show"),
            "hide-password": _("Hide"),
            "show-password-aria-label": _("Show password"),
            "hide-password-aria-label": _("Hide password"),
            "password-shown-announcement": _("Your password is visible"),
            "password-hidden-announcement": _("Your password is hidden"),
        }
    )


@register.simple_tag
def count_texts() -> SafeString:
    """The words of the character count; Welsh has more plural forms than English."""
    under, over = _("You have %{count} characters left"), _("You have %{count} characters too many")
    forms = ("zero", "one", "two", "few", "many", "other")
    texts = {f"characters-under-limit.{form}": under for form in forms}
    texts |= {f"characters-over-limit.{form}": over for form in forms}
    texts["characters-under-limit.one"] = _("You have %{count} character left")
    texts["characters-over-limit.one"] = _("You have %{count} character too many")
    texts["characters-at-limit"] = _("You have 0 characters left")
    return _data_texts(texts)


@register.filter(expects_localtime=True)
def day(when: date | None) -> str:
    """A day as people read it: ``3 April 1948``. Empty for None."""
    return words.day(when) if when else ""


@register.filter
def money(amount: Any) -> str:
    """Pounds and pence: ``£1,234.50``, ``-£3.00``. Empty for None. Rounds nothing it is not asked to.

    Amounts are whole pence already; a finer one is shown to the penny.
    """
    if amount is None or isinstance(amount, str):
        return amount or ""
    sign = "−" if amount < 0 else ""
    return f"{sign}£{abs(amount):,.2f}"


@register.simple_tag
def table_rows(rows: Iterable[Any], columns: Iterable[Any], first_is_header: bool) -> SafeString:
    """The rows of a table, each cell with what its column says of it.

    A cell is a value, or a mapping with ``text`` and any of ``href``, ``tag``, ``colour``, ``detail``.
    """
    # Written here and not in a template: a table has hundreds of cells.
    shapes = [_shape(column) for column in columns]
    return mark_safe("".join(_row(row, shapes, first_is_header=first_is_header) for row in rows))  # noqa: S308 - each cell is escaped


@register.simple_tag
def total_row(row: Iterable[Any], columns: Iterable[Any]) -> SafeString:
    """The row of a table that adds the others up."""
    shapes = [_shape(column) for column in columns]
    return mark_safe(_row(row, shapes, first_is_header=True, css=" along-total"))  # noqa: S308 - each cell is escaped


def _shape(column: Any) -> tuple[bool, str]:
    """Whether a column holds money, and how each cell of it begins."""
    about = column if isinstance(column, dict) else {"label": column}
    numeric = " govuk-table__cell--numeric" if about.get("numeric") or about.get("money") else ""
    label = conditional_escape(about["label"])
    opening = f'<td role="cell" class="govuk-table__cell{numeric}" data-label="{label}">'
    return bool(about.get("money")), opening


def _row(
    row: Iterable[Any], shapes: list[tuple[bool, str]], *, first_is_header: bool, css: str = ""
) -> str:
    shown = ""
    for place, ((is_money, opening), value) in enumerate(zip(shapes, row, strict=False)):
        html = _cell(value, is_money=is_money)
        is_header = first_is_header and place == 0
        shown += f"{HEADER}{html}</th>" if is_header else f"{opening}{html}</td>"
    return f'<tr class="govuk-table__row{css}" role="row">{shown}</tr>'


def _cell(value: Any, *, is_money: bool) -> str:
    cell = value if isinstance(value, dict) else {"text": value}
    text = money(cell["text"]) if is_money else cell["text"]
    html = "" if text is None else conditional_escape(text)
    if cell.get("tag"):
        colour = conditional_escape(cell.get("colour") or "grey")
        html = f'<strong class="govuk-tag govuk-tag--{colour}">{html}</strong>'
    elif cell.get("href"):
        html = f'<a class="govuk-link" href="{conditional_escape(cell["href"])}">{html}</a>'
    if cell.get("detail"):
        html = f'{html}<span class="along-detail">{conditional_escape(cell["detail"])}</span>'
    return html


@register.filter
def sides(fields: Iterable[Any]) -> list[dict[str, Any]]:
    """The two versions of each field: from mappings, or triples of label, mine and theirs."""
    names = ("label", "mine", "theirs")
    return [
        item if isinstance(item, dict) else dict(zip(names, item, strict=True)) for item in fields
    ]


@register.simple_tag
def attributes(given: dict[str, Any] | None) -> SafeString:
    """HTML attributes from a mapping, escaped."""
    pairs = ((key, value) for key, value in (given or {}).items() if value not in (None, False))
    return format_html_join("", ' {}="{}"', pairs)


@register.simple_tag
def heading(level: int, text: str, css: str = "") -> SafeString:
    """A heading whose level the page decides."""
    tag = f"h{min(max(int(level), 1), 6)}"
    return format_html('<{tag} class="{css}">{text}</{tag}>', tag=tag, css=css, text=text)


@register.simple_tag
def mark() -> SafeString:
    """The mark of Alongside, drawn in the colours of the theme."""
    return mark_safe(get_template("design/mark.html").render().strip())  # noqa: S308 - fixed markup


__all__ = ["component", "enclose", "error_summary", "field", "problems"]
