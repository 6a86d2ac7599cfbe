"""The inputs of each kind of question, as GOV.UK markup: each gives the inputs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from alongside.instruments.controls import as_offered
from alongside.instruments.files import accepted_endings
from alongside.instruments.languages import language_of, right_to_left
from alongside.web.conversations.markup import attributes_of, drawn, e, own_id
from alongside.web.conversations.sheets import file_name, is_elsewhere
from alongside.web.conversations.writing import DROP, FILE, PREFIX
from alongside.web.design.components import find

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Protocol

    from alongside.instruments.parts import Choice, Field, Part

    class Words(Protocol):
        """Whoever draws the page: in easy words and with pictures, or in the form's own."""

        def words(self, part: Part) -> str: ...
        def choice_words(self, choice: Choice) -> str: ...
        def choice_label(self, choice: Choice) -> str: ...
        def choice_picture(self, choice: Choice) -> str: ...
        def file_address(self, held: Mapping[str, Any]) -> str: ...


def _name(part: Field, which: str = "") -> str:
    return e(PREFIX + part.names.get(which, part.key))


BESIDE = {"radios": " govuk-radios--inline", "checkboxes": " along-inline"}


def _boxes(part: Field, by: str, writer: Words, *, kind: str) -> str:
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
    beside = BESIDE[css] if part.orientation == "horizontal" else ""
    from_the_right = bool(part.options) and all(
        right_to_left(language_of(choice.label)) for choice in part.options
    )
    side = ' dir="rtl"' if from_the_right else ""
    return f'<div class="govuk-{css}{beside}" data-module="govuk-{css}"{side}>{"".join(found)}</div>{_own_words(part, css)}'


def _own_words(part: Field, css: str) -> str:
    if "other" not in part.names:
        return ""
    own = f"{own_id(part.key)}-other"
    label = part.open_label or _("Or in other words")
    words = [*part.others, ""] if part.repeats else [part.other]
    boxes = f'<input class="govuk-input" id="{own}" name="{_name(part, "other")}" value="{e(words[0])}" dir="auto">'
    boxes += "".join(
        f'<input class="govuk-input" name="{_name(part, "other")}" value="{e(text)}" aria-label="{e(label)} {n}">'
        for n, text in enumerate(words[1:], 2)
    )
    return (
        f'<div class="govuk-form-group along-own-words along-own-words--{css}">'
        f'<label class="govuk-label" for="{own}">{drawn(label)}</label>{boxes}</div>'
    )


def _radios(part: Field, by: str, writer: Words) -> str:
    return _boxes(part, by, writer, kind="radio")


def _checkboxes(part: Field, by: str, writer: Words) -> str:
    return _boxes(part, by, writer, kind="checkbox")


def _yes_no(part: Field, by: str, _writer: Words) -> str:
    if part.repeats:
        return _yes_or_no_again(part, by)
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


def _yes_or_no_again(part: Field, by: str) -> str:
    """Draw a list for each of several answers, and one more; what was typed and is neither stays."""
    wrong = " govuk-select--error" if part.problem else ""
    offered = {"": _("Choose"), "true": _("Yes"), "false": _("No")}
    lists = []
    for number, text in enumerate([*part.values, ""]):
        options = "".join(
            f'<option value="{e(value)}"{" selected" if value == text else ""}>{e(words)}</option>'
            for value, words in {**offered, **({} if text in offered else {text: text})}.items()
        )
        own = f"{own_id(part.key)}{f'-{number}' if number else ''}"
        lists.append(
            f'<select class="govuk-select{wrong}" id="{own}" name="{_name(part)}"{_nth(part, number)}{by}>{options}</select> '
        )
    return "".join(lists)


def _one_box(part: Field, by: str, writer: Words) -> str:
    name = _name(part)
    checked = " checked" if part.values[:1] == ("true",) else ""
    return (
        f'<div class="govuk-checkboxes" data-module="govuk-checkboxes"><input type="hidden" name="{name}" value="">'
        f'<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" id="{own_id(part.key)}" name="{name}" '
        f'type="checkbox" value="true"{checked}{by}><label class="govuk-label govuk-checkboxes__label" for="{own_id(part.key)}">'
        f"{drawn(writer.words(part))}</label></div></div>"
    )


def _select(part: Field, by: str, writer: Words) -> str:
    many = " multiple" if part.repeats else ""
    options = "" if many else f'<option value="">{e(_("Choose"))}</option>'
    options += "".join(
        f'<option value="{e(choice.key)}"{" selected" if choice.chosen else ""}{attributes_of(words)}>{e(words)}</option>'
        for choice, words in ((each, writer.choice_words(each)) for each in part.options)
    )
    cleared = f'<input type="hidden" name="{_name(part)}" value="">' if many else ""
    wrong = " govuk-select--error" if part.problem else ""
    # With a box for words of one's own beside it, the question is the legend of both and labels neither.
    label = f' aria-label="{e(writer.words(part))}"' if "other" in part.names else ""
    return (
        f'{cleared}<select class="govuk-select{wrong}" id="{own_id(part.key)}" name="{_name(part)}"{label}{many}{by}>{options}</select>'
        f"{_own_words(part, 'select')}"
    )


def _autocomplete(part: Field, by: str, writer: Words) -> str:
    """Draw a box to type in with the options beside it: a browser offers those that fit, without a script."""
    del writer
    own = own_id(part.key)
    offered = as_offered({choice.key: choice.label for choice in part.options})
    texts = [offered.get(text, text) for text in part.values]
    if part.repeats or not texts:
        texts.append("")
    wrong = " govuk-input--error" if part.problem else ""
    nth = [f' aria-label="{e(part.label)} {n}"' if n > 1 else "" for n in range(1, len(texts) + 1)]
    first = f' aria-label="{e(part.label)}"' if part.repeats or "other" in part.names else ""
    boxes = "".join(
        f'<input class="govuk-input{wrong}" id="{own}{f"-{n}" if n else ""}" name="{_name(part)}" value="{e(text)}" '
        f'list="{own}-list"{nth[n] or first}{by} autocomplete="off">'
        for n, text in enumerate(texts)
    )
    listed = "".join(
        f'<option value="{e(words)}" data-key="{e(key)}"{attributes_of(words)}></option>'
        for key, words in offered.items()
    )
    return f'{boxes}<datalist id="{own}-list">{listed}</datalist>{_own_words(part, "select")}'


def _textarea(part: Field, by: str, _writer: Words) -> str:
    texts: Sequence[str] = [*part.values, ""] if part.repeats else [_typed(part)]
    wrong = " govuk-textarea--error" if part.problem else ""
    return "".join(
        f'<textarea class="govuk-textarea{wrong}" id="{own_id(part.key)}{f"-{n}" if n else ""}" name="{_name(part)}" rows="3" dir="auto"'
        f"{_nth(part, n)}{by}>\n{e(text)}</textarea>"
        for n, text in enumerate(texts)
    )


def _typed(part: Field, which: str = "") -> str:
    name = part.names.get(which, part.key)
    return part.parts.get(name) or ("".join(part.values[:1]) if not which else "")


def _nth(part: Field, number: int) -> str:
    """Name each of several inputs of one question."""
    return f' aria-label="{e(part.label)} {number + 1}"' if part.repeats else ""


MODES = {"number": "decimal", "slider": "decimal", "url": "url"}
KEYBOARDS = {"phone": "tel", "email": "email", "number": "numeric", "url": "url"}


def typed_in(part: Field, by: str, _writer: Words) -> str:
    """Draw a box to type in; several where a question takes several answers, and one more."""
    texts: Sequence[str] = [*part.values, ""] if part.repeats else [_typed(part)]
    mode = "numeric" if part.type == "integer" else MODES.get(part.control, "")
    mode = KEYBOARDS.get(part.item.looks.keyboard, mode)
    mode = f' inputmode="{mode}"' if mode else ""
    if part.control == "text":
        mode += ' dir="auto"'
    if part.control == "slider":
        # A script puts a slider beside the box, which says the same.
        mode += f' data-slider="{part.minimum} {part.maximum} {part.step or "any"}"'
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
    return f'<div class="govuk-input__wrapper">{box}<div class="govuk-input__suffix">{drawn(part.unit)}</div></div>'


def shows_unit(part: Field) -> bool:
    """Whether a question's unit stands beside its box, or on its list of units."""
    listed = {words for each in part.units for words in (each.key, each.label)}
    return part.unit in listed or (part.control in WITH_UNIT and len(part.names) == 1)


def _quantity(part: Field, by: str, writer: Words) -> str:
    if "unit" not in part.names:
        return typed_in(part, by, writer)
    rows = [*part.rows, {}] if part.repeats or not part.rows else part.rows
    return "".join(_amount(part, n, row, by) for n, row in enumerate(rows))


def _amount(part: Field, number: int, row: Mapping[str, str], by: str) -> str:
    """Draw one amount with its unit: picked from a list, or typed where any may be given."""
    own = f"{own_id(part.key)}{f'-{number}' if number else ''}"
    nth = f" {number + 1}" if number else ""
    unit = row.get("unit", "")
    wrong = " govuk-input--error" if part.problem else ""
    listed = "".join(
        f'<option value="{e(each.key)}"{" selected" if each.key == unit else ""}{attributes_of(each.label)}>{e(each.label)}</option>'
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


def _date(part: Field, by: str, writer: Words) -> str:
    if "year" not in part.names:
        return typed_in(part, by, writer)
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


def _file(part: Field, by: str, writer: Words) -> str:
    """Draw the files that are here, a file to choose, and boxes for the addresses of files elsewhere.

    What stands for each answer goes with the page in the answers' order, so that a page sent as it
    stands changes nothing.
    """
    here = {text: held for text, held in part.files if not is_elsewhere(held)}
    texts = list(part.values)
    if part.repeats or not texts:
        texts.append("")
    files, answers, boxes = [], [], 0
    for place, text in enumerate(texts):
        if text in here:
            files.append(_file_here(here[text], place, writer))
            answers.append(f'<input type="hidden" name="{_name(part)}" value="{e(text)}">')
        else:
            boxes += 1
            answers.append(_address_box(part, text, boxes))
    if not boxes:
        answers.append(_address_box(part, "", 1))
    upload = _upload(part, files, by)
    typed = any(text and text not in here for text in texts)
    words = _("Or give the address of a file")
    return (
        f'{upload}<details class="govuk-details"{" open" if typed else ""}><summary class="govuk-details__summary">'
        f'<span class="govuk-details__summary-text">{e(words)}</span></summary>'
        f'<div class="govuk-details__text">{"".join(answers)}</div></details>'
    )


def _upload(part: Field, files: Sequence[Mapping[str, str]], by: str) -> str:
    if part.repeats:
        label = _("Choose more files") if files else _("Choose files")
    else:
        label = _("Choose another file in its place") if files else _("Choose a file")
    return render_to_string(
        find("file-upload").template_name,
        find("file-upload").context(
            {
                "id": own_id(part.key),
                "name": f"{FILE}{part.key}",
                "label": label,
                "described_by": by.removeprefix(' aria-describedby="').removesuffix('"'),
                "wrong": bool(part.problem),
                "accept": accepted_endings(part.mime_types),
                "multiple": part.repeats,
                "files": files,
                "remove_name": f"{DROP}{part.key}",
            }
        ),
    )


def _file_here(held: Mapping[str, Any], place: int, writer: Words) -> dict[str, str]:
    size = held.get("size")
    return {
        "name": file_name(held),
        "size": "" if size is None else str(filesizeformat(size)),
        "href": writer.file_address(held),
        "remove": str(place),
    }


def _address_box(part: Field, text: str, number: int) -> str:
    own = f"{own_id(part.key)}-address-{number}"
    nth = f" {number}" if part.repeats else ""
    return (
        f'<div class="govuk-form-group"><label class="govuk-label" for="{own}">{e(_("Address of a file"))}{nth}</label>'
        f'<input class="govuk-input" id="{own}" name="{_name(part)}" value="{e(text)}" inputmode="url" autocomplete="off"></div>'
    )


WITH_UNIT = frozenset(
    {"text", "number", "slider", "time", "url", "reference", "quantity", "date", "date-time"}
)
GROUPED = frozenset({"radios", "checkboxes", "yes-no", "date", "date-time", "file"})
REPEATED = frozenset(
    {"text", "textarea", "number", "url", "time", "reference", "slider", "quantity", "autocomplete"}
)
CONTROLS: dict[str, Callable[[Field, str, Words], str]] = {
    "radios": _radios,
    "checkboxes": _checkboxes,
    "yes-no": _yes_no,
    "checkbox": _one_box,
    "select": _select,
    "autocomplete": _autocomplete,
    "textarea": _textarea,
    "quantity": _quantity,
    "date": _date,
    "date-time": _date,
    "file": _file,
}
