"""What stands beside a question or an answer: earlier words, other views, whose they are and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.instruments import Response
from alongside.web.conversations import carrying, judging
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.models import Contribution, Conversation
from alongside.web.conversations.rendering import Beside
from alongside.web.conversations.sheets import Sheet, answer_in_words, sheets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


REASON_WORDS = [
    ("too_unwell", gettext_lazy("Too unwell")),
    ("not_now", gettext_lazy("Not now")),
    ("does_not_apply", gettext_lazy("Does not apply")),
    ("rather_not", gettext_lazy("Would rather not talk about it")),
    ("other", gettext_lazy("Another reason")),
]


def day(text: str | date) -> str:
    """Write a day as people read it."""
    return date_format(date.fromisoformat(text) if isinstance(text, str) else text, "j F Y")


def carried_words(mark: Mapping[str, str]) -> str:
    """Say whose an answer is that was carried forward, and when it was given."""
    return _("%(by)s said this on %(day)s. Is it still so?") % {
        "by": mark.get("by") or _("Somebody"),
        "day": day(mark["on"]),
    }


def beside(view: Contribution) -> dict[str, Beside]:
    """Give what stands beside each question of a view, by link id."""
    found: dict[str, Beside] = {}
    quotes, links = _quotes(view), _links(view)
    notes = judging.notes(view) if view.conversation.purpose == "eligibility" else {}
    carried = {key: carried_words(mark) for key, mark in (view.carried or {}).items()}
    for key in {*quotes, *carried, *notes, *links}:
        found[key] = Beside(
            carried=carried.get(key, ""),
            quotes=quotes.get(key, ()),
            notes=notes.get(key, ()),
            links=links.get(key, ()),
        )
    return found


def _links(view: Contribution) -> dict[str, tuple[tuple[str, str], ...]]:
    if view.conversation.purpose != Conversation.Purpose.NEEDS_PROFILE:
        return {}
    return {
        key: tuple(
            (
                _("%(name)s spoke of this in their own conversation on %(day)s.")
                % {"name": told.author_name, "day": day(told.conversation.held_on)},
                reverse("conversations:show", args=[told.conversation_id]),
            )
            for told in views
        )
        for key, views in carrying.told_by_carers(view.person_id).items()
    }


def _quotes(view: Contribution) -> dict[str, tuple[tuple[str, str], ...]]:
    if view.conversation.purpose != Conversation.Purpose.NEEDS_PROFILE:
        return {}
    return {
        key: tuple(
            (_("%(by)s on %(day)s:") % {"by": quote.by, "day": day(quote.on)}, quote.words)
            for quote in suggestion.quotes[:3]
        )
        for key, suggestion in carrying.suggestions(view.person_id).items()
        if suggestion.quotes
    }


@dataclass(frozen=True)
class Row:
    """One question with the answer in each view, in the order of the views."""

    label: str
    cells: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def differ(self) -> bool:
        """Whether two views say different things; a view that says nothing does not differ."""
        return len({words for words in self.cells if words}) > 1

    @property
    def named(self) -> list[tuple[str, str]]:
        return list(zip(self.cells, self.names, strict=True))


def columns(views: Sequence[Contribution]) -> tuple[str, ...]:
    """Name the views that stand, as columns."""
    return tuple(named(view) for view in views if view.shown is not None)


def named(view: Contribution) -> str:
    """Say whose view it is, with the agency where that is not the one that holds the conversation."""
    name = view.author_name or str(view.get_role_display())
    return name if view.held_by_id == view.conversation.held_by_id else f"{name}, {view.held_by}"


def left_out(views: Sequence[Contribution], language: str) -> list[tuple[str, str, str, str]]:
    """Give what was left out of each view that stands: the part, whose view, the reason, their words."""
    return [
        (title, named(view), reason, words)
        for view in views
        if view.shown is not None
        for title, reason, words in reasons_of(view, view.left_out, language)
    ]


def reasons_of(
    view: Contribution, marks: Mapping[str, Any], language: str
) -> list[tuple[str, str, str]]:
    """Put marks of what was left out into words, in the order of the form."""
    if not marks:
        return []
    said = dict(REASON_WORDS)
    form = loaded(view.conversation.instrument)
    return [
        (page.title, str(said.get(mark.get("reason", ""), "")), str(mark.get("words", "")))
        for page in sheets_of(form.begin(), language)
        if (mark := marks.get(page.key))
    ]


def side_by_side(views: Sequence[Contribution], language: str) -> list[tuple[str, list[Row]]]:
    """Put the views of a conversation side by side, section by section: none is merged with another.

    Questions that nobody answered are left out; so are views that are still being written, unless
    the conversation was set aside: then what had been said is shown.
    """
    told = [_answers(view, view.shown, language) for view in views if view.shown is not None]
    names = columns(views)
    found: list[tuple[str, list[Row]]] = []
    for number, title in enumerate(_titles(told)):
        labels = {key: label for answers in told for key, label, _words in answers[number][1]}
        by_view = [{key: words for key, _label, words in answers[number][1]} for answers in told]
        rows = []
        for key, label in labels.items():
            cells = tuple(words.get(key, "") for words in by_view)
            if any(cells):
                rows.append(Row(label, cells, names))
        if rows:
            found.append((title, rows))
    return found


def _titles(told: Sequence[list[tuple[str, list[tuple[str, str, str]]]]]) -> list[str]:
    return [title for title, _rows in told[0]] if told else []


def _answers(
    view: Contribution, response: Any, language: str
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    read = Response.from_fhir(loaded(view.conversation.instrument), response)
    return [
        (each.title, [(f.key, f.label, answer_in_words(f)) for f in each.fields() if f.shown])
        for each in sheets_of(read, language)
    ]


def of_response(
    view: Contribution, response: Any, language: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the answers of one response by section, without what was not answered."""
    found = [
        (title, [(label, words) for _key, label, words in rows if words])
        for title, rows in _answers(view, response, language)
    ]
    return [(title, rows) for title, rows in found if rows]


def to_check(view: Contribution, sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    """Give what was said, by page, for a look before completing; and how many questions were not answered."""
    return [
        {
            "title": each.title,
            "href": reverse("conversations:sheet", args=[view.pk, each.number]),
            "skipped": (view.skipped or {}).get(each.key),
            "rows": list(_rows(view, each)),
            "left": each.asked - each.answered,
        }
        for each in sheets
        if each.shown
    ]


def answers_by_page(
    sheets: Sequence[Sheet], address: Callable[[Sheet], str]
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Give the title, the address and the answers of each page that is shown."""
    return [
        (
            each.title,
            address(each),
            [
                (f.easy_label or f.label, words)
                for f in each.fields()
                if f.shown and (words := answer_in_words(f))
            ],
        )
        for each in sheets
        if each.shown
    ]


def _rows(view: Contribution, page: Sheet) -> Iterator[dict[str, str]]:
    carried = view.carried or {}
    for each in page.fields():
        words = answer_in_words(each)
        if not (each.shown and words):
            continue
        yield {
            "label": each.label,
            "words": words,
            "carried": carried_words(carried[each.key]) if each.key in carried else "",
        }
