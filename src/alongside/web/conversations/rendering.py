"""A form's parts as GOV.UK markup.

Written by hand rather than with templates, since a form may have hundreds of questions on a page and
each has to cost microseconds. Every text goes through :func:`e`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from alongside.instruments.parts import Choice, Field, Part, Section, Text, html_id
from alongside.web.conversations.sheets import Sheet, answer_in_words
from alongside.web.conversations.writing import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

UNSAFE = re.compile(r"[&<>\"']")
INSTRUCTIONS = frozenset({"help", "prompt", "instructions", "flyover", "security", "legal"})
# Groups of questions that share their choices: all of them stand in lines.
TABLES = dict.fromkeys(("table", "htable", "atable"), " along-table")


@dataclass(frozen=True)
class Beside:
    """What stands beside a question: where its answer comes from, and words that speak to it."""

    carried: str = ""
    quotes: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Manner:
    """How to show: in easy words with pictures, and with what beside each question, by its link id.

    ``under`` is the heading that the parts stand under: it is not said again.
    """

    easy: bool = False
    under: str = ""
    beside: Mapping[str, Beside] = field(default_factory=dict)


def e(text: object) -> str:
    """Make a text safe to stand in HTML and in attributes."""
    plain = text if type(text) is str else str(text)
    return escape(plain, quote=True) if UNSAFE.search(plain) else plain


@lru_cache(maxsize=20_000)
def own_id(part: str) -> str:
    """Give the id of a part by its key: asked for often, and the same for every reader."""
    return html_id(part)


def render(parts: Iterable[Part], manner: Manner | None = None) -> SafeString:
    """Draw the parts of a page."""
    writer = _Writer(manner or Manner())
    return mark_safe("".join(writer.part(part, 2) for part in parts))  # noqa: S308 - every text is escaped


class _Writer:
    def __init__(self, manner: Manner) -> None:
        self.manner = manner

    def part(self, part: Part, level: int) -> str:
        if isinstance(part, Field):
            return self.field(part, level)
        return self.section(part, level) if isinstance(part, Section) else self.text(part)

    # --- what is around a part --------------------------------------------------------------------

    def _wrapped(self, part: Part, inner: str, css: str = "") -> str:
        """Put a part into a block that a script may show and hide as its condition says."""
        if part.condition is None and part.shown:
            return f'<div class="{css}">{inner}</div>' if css else inner
        when = f' data-when="{e(json.dumps(part.condition))}"' if part.condition else ""
        name = f' data-part="{e(part.key)}"'
        hidden = "" if part.shown else " hidden"
        return f'<div class="{css or "along-when"}"{name}{when}{hidden}>{inner}</div>'

    def words(self, part: Part) -> str:
        plain = part.text if isinstance(part, Text) else part.label
        return (part.easy_label or plain) if self.manner.easy else plain

    def _picture(self, part: Part) -> str:
        return pictogram(part.pictogram) if self.manner.easy else ""

    def text(self, part: Text) -> str:
        css = "govuk-hint" if part.control in INSTRUCTIONS else "govuk-body"
        lines = e(self.words(part)).replace("\n", "<br>")
        return self._wrapped(part, f'{self._picture(part)}<p class="{css}">{lines}</p>')

    def section(self, part: Section, level: int, *, is_row: bool = False) -> str:
        title = e(self.words(part))
        if part.repeats:
            title += f" {part.number + 1}"
        elif self.manner.under in {part.label, self.words(part)}:
            title = ""
        below = min(level + 1, 6) if title else level
        inside = "".join(
            self.section(each, below, is_row=True)
            if part.control == "grid" and isinstance(each, Section)
            else self.part(each, below)
            for each in part.contents
        )
        if is_row or part.control == "gtable":
            inside = f'<div class="along-cells">{inside}</div>'
        size = "m" if level <= 2 else "s"
        heading = (
            f'<h{level} class="govuk-heading-{size}" id="{own_id(part.key)}">{title}</h{level}>'
            if title
            else ""
        )
        helped = "".join(f'<p class="govuk-hint">{e(words)}</p>' for words in part.help)
        if links := _more(part.item.looks.support_links):
            helped += f'<p class="govuk-body">{links}</p>'
        buttons = ""
        if part.can_remove:
            buttons += _act_button(
                "remove", part.key, _("Remove"), f"{part.label} {part.number + 1}"
            )
        if part.can_add:
            buttons += _act_button("add", part.key, _("Add another"), part.label)
        if buttons:
            buttons = f'<div class="govuk-button-group">{buttons}</div>'
        whole = f"{self._picture(part)}{heading}{helped}{inside}{buttons}"
        return self._wrapped(part, whole, f"along-part{TABLES.get(part.control, '')}")

    # --- questions --------------------------------------------------------------------------------

    def field(self, part: Field, level: int) -> str:
        if part.read_only:
            inner = self._shown_only(part)
        else:
            draw = CONTROLS.get(part.control, _input)
            inner = self._question(part, draw)
        beneath = "".join(self.part(each, level) for answer in part.below for each in answer)
        if beneath:
            beneath = f'<div class="along-beneath">{beneath}</div>'
        if not inner and not beneath:
            return ""
        error = " govuk-form-group--error" if part.problem else ""
        return self._wrapped(
            part, f"{self._picture(part)}{inner}{beneath}", f"govuk-form-group{error}"
        )

    def _shown_only(self, part: Field) -> str:
        answer = answer_in_words(part)
        if not answer and not part.calculated:
            return ""
        shown = (
            e(answer)
            if answer
            else f'<span class="along-missing">{e(_("Worked out when the answers are there"))}</span>'
        )
        return f'<p class="govuk-label govuk-label--s">{e(self.words(part))}</p><p class="govuk-body">{shown} {e(part.unit)}</p>'

    def _question(self, part: Field, draw: Callable[[Field, str, _Writer], str]) -> str:
        hints, described = self._hints(part)
        error = ""
        if part.problem:
            error = (
                f'<p id="{own_id(part.key)}-error" class="govuk-error-message"><span class="govuk-visually-hidden">'
                f"{e(_('Error:'))}</span> {e(part.problem)}</p>"
            )
            described.append(f"{own_id(part.key)}-error")
        by = f' aria-describedby="{" ".join(described)}"' if described else ""
        beside = self._beside(part)
        label = e(f"{part.prefix} {self.words(part)}".strip()) or e(part.link_id)
        control = draw(part, by, self)
        if (
            part.control in GROUPED
            or len(part.names) > 1
            or (part.repeats and part.control in REPEATED)
        ):
            role = ' role="group"' if "year" in part.names else ""
            return (
                f'<fieldset class="govuk-fieldset"{by}{role}><legend class="govuk-fieldset__legend '
                f'govuk-fieldset__legend--s">{label}</legend>{hints}{beside}{error}{control}</fieldset>'
            )
        if part.control == "checkbox":
            return f"{hints}{beside}{error}{control}"
        return (
            f'<label class="govuk-label govuk-label--s" for="{own_id(part.key)}">{label}</label>'
            f"{hints}{beside}{error}{control}"
        )

    def _hints(self, part: Field) -> tuple[str, list[str]]:
        texts = [*part.help, *([part.hint] if part.hint else [])]
        if (
            part.minimum is not None
            and part.maximum is not None
            and part.control in {"slider", "number"}
        ):
            ends = f" {part.lower} – {part.upper}" if part.lower or part.upper else ""
            texts.append(
                _("From %(least)s to %(most)s.") % {"least": part.minimum, "most": part.maximum}
                + ends
            )
        links = _more(part.support_links)
        if not texts and not links:
            return "", []
        hint_id = f"{own_id(part.key)}-hint"
        return f'<div id="{hint_id}" class="govuk-hint">{e(" ".join(texts))}{links}</div>', [
            hint_id
        ]

    def _beside(self, part: Field) -> str:
        beside = self.manner.beside.get(part.link_id)
        if beside is None:
            return ""
        found = [
            f'<p class="govuk-hint along-said">{e(label)} <q>{e(words)}</q></p>'
            for label, words in beside.quotes
        ]
        found += [f'<p class="govuk-hint along-said">{e(note)}</p>' for note in beside.notes]
        found += [
            f'<p class="govuk-hint along-said"><a class="govuk-link" href="{e(href)}">{e(words)}</a></p>'
            for words, href in beside.links
        ]
        if beside.carried and part.values:
            found.append(
                f'<p class="along-carried"><strong class="govuk-tag govuk-tag--yellow">{e(_("Carried forward"))}</strong> '
                f"{e(beside.carried)}</p>"
            )
        return "".join(found)

    def choice_label(self, choice: Choice) -> str:
        words = (choice.easy_label or choice.label) if self.manner.easy else choice.label
        return e(f"{choice.prefix} {words}".strip())

    def choice_picture(self, choice: Choice) -> str:
        return pictogram(choice.pictogram) if self.manner.easy else ""


def _more(addresses: Sequence[str]) -> str:
    """Lead to pages that say more; only to such as a browser opens as a page."""
    words, several = _("More about this question"), len(addresses) > 1
    return "".join(
        f' <a class="govuk-link" href="{e(address)}" rel="noreferrer noopener">{e(words)}{f" ({n})" if several else ""}</a>'
        for n, address in enumerate(addresses, 1)
        if address.startswith(("https://", "http://"))
    )


def pictogram(name: str) -> str:
    """Draw an item's picture beside its words, which say the same."""
    if not name or not name.replace("_", "").replace("-", "").isalnum():
        return ""
    return f'<img class="along-pictogram" src="{e(static(f"pictograms/{name}.svg"))}" alt="" width="72" height="72">'


def _act_button(verb: str, key: str, words: str, what: str) -> str:
    return (
        f'<button type="submit" class="govuk-button govuk-button--secondary" data-module="govuk-button" name="act" '
        f'value="{verb} {e(key)}">{e(words)}<span class="govuk-visually-hidden"> {e(what)}</span></button>'
    )


# --- controls: each gives the inputs alone --------------------------------------------------------


def _name(part: Field, which: str = "") -> str:
    return e(PREFIX + part.names.get(which, part.key))


def _boxes(part: Field, by: str, writer: _Writer, *, kind: str) -> str:
    """Draw radios or check boxes, with a box for words of one's own where they are open."""
    del by
    many = kind == "checkbox"
    css = "checkboxes" if many else "radios"
    name, found = _name(part), []
    if many:
        found.append(f'<input type="hidden" name="{name}" value="">')
    for number, choice in enumerate(part.options):
        own = f"{own_id(part.key)}-{number}" if number else own_id(part.key)
        checked = " checked" if choice.chosen else ""
        alone = ' data-behaviour="exclusive"' if choice.exclusive and many else ""
        found.append(
            f'<div class="govuk-{css}__item"><input class="govuk-{css}__input" id="{own}" name="{name}" type="{kind}" '
            f'value="{e(choice.key)}"{checked}{alone}><label class="govuk-label govuk-{css}__label" for="{own}">'
            f"{writer.choice_picture(choice)}{writer.choice_label(choice)}</label></div>"
        )
    # An answer that is none of the options any more is shown and kept, not dropped unseen.
    return f'<div class="govuk-{css}" data-module="govuk-{css}">{"".join(found)}</div>{_own_words(part, css)}'


def _own_words(part: Field, css: str) -> str:
    if "other" not in part.names:
        return ""
    own = f"{own_id(part.key)}-other"
    label = part.open_label or _("Or in other words")
    words = [*part.others, ""] if part.repeats else [part.other]
    boxes = f'<input class="govuk-input" id="{own}" name="{_name(part, "other")}" value="{e(words[0])}">'
    boxes += "".join(
        f'<input class="govuk-input" name="{_name(part, "other")}" value="{e(text)}" aria-label="{e(label)} {n}">'
        for n, text in enumerate(words[1:], 2)
    )
    return (
        f'<div class="govuk-form-group along-own-words along-own-words--{css}">'
        f'<label class="govuk-label" for="{own}">{e(label)}</label>{boxes}</div>'
    )


def _radios(part: Field, by: str, writer: _Writer) -> str:
    return _boxes(part, by, writer, kind="radio")


def _checkboxes(part: Field, by: str, writer: _Writer) -> str:
    return _boxes(part, by, writer, kind="checkbox")


def _yes_no(part: Field, _by: str, _writer: _Writer) -> str:
    name, chosen = _name(part), "".join(part.values[:1])
    items = "".join(
        f'<div class="govuk-radios__item"><input class="govuk-radios__input" id="{own_id(part.key)}{end}" name="{name}" type="radio" '
        f'value="{value}"{" checked" if chosen == value else ""}><label class="govuk-label govuk-radios__label" '
        f'for="{own_id(part.key)}{end}">{e(words)}</label></div>'
        for value, end, words in (("true", "", _("Yes")), ("false", "-no", _("No")))
    )
    return (
        f'<div class="govuk-radios govuk-radios--inline" data-module="govuk-radios">{items}</div>'
    )


def _one_box(part: Field, by: str, writer: _Writer) -> str:
    name = _name(part)
    checked = " checked" if part.values[:1] == ("true",) else ""
    return (
        f'<div class="govuk-checkboxes" data-module="govuk-checkboxes"><input type="hidden" name="{name}" value="">'
        f'<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" id="{own_id(part.key)}" name="{name}" '
        f'type="checkbox" value="true"{checked}{by}><label class="govuk-label govuk-checkboxes__label" for="{own_id(part.key)}">'
        f"{e(writer.words(part))}</label></div></div>"
    )


def _select(part: Field, by: str, writer: _Writer) -> str:
    many = " multiple" if part.repeats else ""
    options = "" if many else f'<option value="">{e(_("Choose"))}</option>'
    options += "".join(
        f'<option value="{e(choice.key)}"{" selected" if choice.chosen else ""}>{writer.choice_label(choice)}</option>'
        for choice in part.options
    )
    cleared = f'<input type="hidden" name="{_name(part)}" value="">' if many else ""
    wrong = " govuk-select--error" if part.problem else ""
    # With a box for words of one's own beside it, the question is the legend of both and labels neither.
    label = f' aria-label="{e(writer.words(part))}"' if "other" in part.names else ""
    return (
        f'{cleared}<select class="govuk-select{wrong}" id="{own_id(part.key)}" name="{_name(part)}"{label}{many}{by}>{options}</select>'
        f"{_own_words(part, 'select')}"
    )


def _textarea(part: Field, by: str, _writer: _Writer) -> str:
    texts: Sequence[str] = [*part.values, ""] if part.repeats else [_typed(part)]
    wrong = " govuk-textarea--error" if part.problem else ""
    return "".join(
        f'<textarea class="govuk-textarea{wrong}" id="{own_id(part.key)}{f"-{n}" if n else ""}" name="{_name(part)}" rows="3"'
        f"{_nth(part, n)}{by}>\n{e(text)}</textarea>"
        for n, text in enumerate(texts)
    )


def _typed(part: Field, which: str = "") -> str:
    name = part.names.get(which, part.key)
    return part.parts.get(name) or ("".join(part.values[:1]) if not which else "")


def _nth(part: Field, number: int) -> str:
    """Name each of several inputs of one question."""
    return f' aria-label="{e(part.label)} {number + 1}"' if part.repeats else ""


def _input(part: Field, by: str, _writer: _Writer) -> str:
    texts: Sequence[str] = [*part.values, ""] if part.repeats else [_typed(part)]
    mode = {"number": "decimal", "slider": "decimal", "url": "url"}.get(part.control, "")
    if part.type == "integer":
        mode = "numeric"
    mode = f' inputmode="{mode}"' if mode else ""
    narrow = (
        " govuk-input--width-5" if part.control in {"number", "slider", "time", "quantity"} else ""
    )
    wrong = " govuk-input--error" if part.problem else ""
    return "".join(
        _with_unit(
            part,
            text,
            f'<input class="govuk-input{narrow}{wrong}" id="{own_id(part.key)}{f"-{n}" if n else ""}" name="{_name(part)}" '
            f'value="{e(text)}"{mode}{_nth(part, n)}{by} autocomplete="off">',
        )
        for n, text in enumerate(texts)
    )


def _with_unit(part: Field, text: str, box: str) -> str:
    """Put the question's unit after a box, unless the amount in it says another."""
    if not part.unit or (part.type == "quantity" and any(map(str.isalpha, text))):
        return box
    return f'<div class="govuk-input__wrapper">{box}<div class="govuk-input__suffix">{e(part.unit)}</div></div>'


def _quantity(part: Field, by: str, writer: _Writer) -> str:
    if "unit" not in part.names:
        return _input(part, by, writer)
    rows = [*part.rows, {}] if part.repeats or not part.rows else part.rows
    return "".join(_amount(part, n, row, by) for n, row in enumerate(rows))


def _amount(part: Field, number: int, row: Mapping[str, str], by: str) -> str:
    """Draw one amount with its unit: picked from a list, or typed where any may be given."""
    own = f"{own_id(part.key)}{f'-{number}' if number else ''}"
    nth = f" {number + 1}" if number else ""
    unit = row.get("unit", "")
    wrong = " govuk-input--error" if part.problem else ""
    listed = "".join(
        f'<option value="{e(each.key)}"{" selected" if each.key == unit else ""}>{e(each.label)}</option>'
        for each in part.units
    )
    named = f'id="{own}-unit" name="{_name(part, "unit")}"'
    if part.item.looks.open_units:
        typed = unit or (part.units[0].key if part.units else "")
        units = (
            f'<input class="govuk-input govuk-input--width-5" {named} value="{e(typed)}" list="{own}-units" '
            f'autocomplete="off"><datalist id="{own}-units">{listed}</datalist>'
        )
    else:
        units = f'<select class="govuk-select" {named}>{listed}</select>'
    return (
        f'<div class="along-amount"><label class="govuk-visually-hidden" for="{own}">{e(_("Amount"))}{nth}</label>'
        f'<input class="govuk-input govuk-input--width-5{wrong}" id="{own}" name="{_name(part)}" value="{e(row.get("", ""))}" '
        f'inputmode="decimal"{by} autocomplete="off"> <label class="govuk-visually-hidden" for="{own}-unit">{e(_("Unit"))}{nth}</label>'
        f"{units}</div>"
    )


def _date(part: Field, by: str, writer: _Writer) -> str:
    if "year" not in part.names:
        return _input(part, by, writer)
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year"), "time": _("Time")}
    wrong = " govuk-input--error" if part.problem else ""
    boxes = "".join(
        f'<div class="govuk-date-input__item"><div class="govuk-form-group"><label class="govuk-label govuk-date-input__label" '
        f'for="{own_id(part.key)}{"" if which == "day" else f"-{which}"}">{e(labels[which])}</label>'
        f'<input class="govuk-input govuk-date-input__input govuk-input--width-{4 if which in ("year", "time") else 2}{wrong}" '
        f'id="{own_id(part.key)}{"" if which == "day" else f"-{which}"}" name="{e(PREFIX + name)}" value="{e(part.parts.get(name, ""))}" '
        f'inputmode="{"text" if which == "time" else "numeric"}" autocomplete="off"></div></div>'
        for which, name in part.names.items()
    )
    return f'<div class="govuk-date-input">{boxes}</div>'


GROUPED = frozenset({"radios", "checkboxes", "yes-no", "date", "date-time"})
REPEATED = frozenset(
    {"text", "textarea", "number", "url", "time", "reference", "file", "slider", "quantity"}
)
CONTROLS: dict[str, Callable[[Field, str, _Writer], str]] = {
    "radios": _radios,
    "checkboxes": _checkboxes,
    "yes-no": _yes_no,
    "checkbox": _one_box,
    "select": _select,
    "autocomplete": _select,
    "textarea": _textarea,
    "quantity": _quantity,
    "date": _date,
    "date-time": _date,
}


def part_keys(parts: Iterable[Part]) -> list[str]:
    """Give the keys of those conditional parts that are shown: so that a page knows which are new."""
    found: list[str] = []
    for part in parts:
        if part.shown and (part.condition is not None or getattr(part, "server_side", False)):
            found.append(part.key)
        inner: Any = part.contents if isinstance(part, Section) else ()
        if isinstance(part, Field):
            inner = [each for answer in part.below for each in answer]
        found += part_keys(inner)
    return found


def posted_answers(posted: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Give what was posted under the names of questions, without their prefix."""
    return {
        name.removeprefix(PREFIX): [text.replace("\x00", "") for text in texts]
        for name, texts in posted.items()
        if name.startswith(PREFIX)
    }


CHOICE = "choose_"


def chosen_versions(posted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Give, by input, whose version was chosen after a clash."""
    return {
        name.removeprefix(CHOICE): "".join(texts[-1:])
        for name, texts in posted.items()
        if name.startswith(CHOICE)
    }


def pictogram_of(page: Sheet) -> SafeString:
    """Draw the picture of what a page is about."""
    return mark_safe(pictogram(page.pictogram))  # noqa: S308 - escaped above
