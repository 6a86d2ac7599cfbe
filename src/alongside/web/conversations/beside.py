"""What stands beside a question or an answer: earlier words, other views, whose they are and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alongside.instruments import InLanguage, Response
from alongside.instruments.checking import problems
from alongside.web.conversations import carrying, faults, judging
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.clashes import REASON_WORDS
from alongside.web.conversations.faults import problem_of
from alongside.web.conversations.models import Contribution, Conversation
from alongside.web.conversations.rendering import Beside, Opens, answer_shown
from alongside.web.conversations.sheets import Sheet, answer_in_words, sheets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from alongside.instruments.parts import Field
    from alongside.web.conversations.models import Revision


def day(text: str | date) -> str:
    """Write a day as people read it."""
    return date_format(date.fromisoformat(text) if isinstance(text, str) else text, "j F Y")


def carried_words(mark: Mapping[str, Any]) -> str:
    """Say whose an answer is that was carried forward, and when it was given."""
    told = {"by": mark.get("by") or _("Somebody"), "day": day(mark["on"])}
    if mark.get("record") and mark.get("still"):
        return _("This came from the record on %(day)s, and it is still so.") % told
    if mark.get("record"):
        return _("This came from the record on %(day)s. Is it still so?") % told
    if mark.get("still"):
        return _("%(by)s said this on %(day)s, and it is still so.") % told
    return _("%(by)s said this on %(day)s. Is it still so?") % told


def said_before(mark: Mapping[str, str] | None, author: str) -> str:
    """Say beside a standing answer when it was said, where it was only carried forward."""
    if mark is None:
        return ""
    told = {"by": mark.get("by") or _("Somebody"), "day": day(mark["on"])}
    if mark.get("record"):
        return _("from the record on %(day)s") % told
    if told["by"] == author:
        return _("said on %(day)s") % told
    return _("said by %(by)s on %(day)s") % told


def to_confirm(view: Contribution, page: Sheet) -> list[dict[str, Any]]:
    """Give the answers of a page that were carried forward, for somebody to say that they are still so."""
    carried = view.carried or {}
    return [
        {
            "key": each.link_id,
            "label": each.easy_label or each.label,
            "words": answer_in_words(each),
            "still": bool(carried[each.link_id].get("still")),
        }
        for each in page.fields()
        if each.shown and each.link_id in carried and each.values and not each.read_only
    ]


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


def opens(view: Contribution) -> Opens:
    """Say at which address a file of a view can be opened."""
    return lambda file: reverse("conversations:file", args=[view.pk, file])


Words = str | SafeString
"""An answer as it is shown: words; of files that are here, links to them."""


@dataclass(frozen=True)
class Row:
    """One question with the answer in each view, in the order of the views."""

    label: str
    cells: tuple[Words, ...]
    names: tuple[str, ...]
    before: tuple[str, ...]

    @property
    def differ(self) -> bool:
        """Whether two views say different things; a view that says nothing does not differ."""
        return len({words for words in self.cells if words}) > 1

    @property
    def named(self) -> list[tuple[Words, str, str]]:
        """Each view's words, whose they are, and when they were said if they were carried forward."""
        return list(zip(self.cells, self.names, self.before, strict=True))


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
    told = [
        _answers(view, view.shown, view.marks, language) for view in views if view.shown is not None
    ]
    names = columns(views)
    found: list[tuple[str, list[Row]]] = []
    for number, title in enumerate(_titles(told)):
        labels = {each.key: each.label for answers in told for each in answers[number][1]}
        by_view = [{each.key: each for each in answers[number][1]} for answers in told]
        rows = []
        for key, label in labels.items():
            said = [answers.get(key) for answers in by_view]
            cells = tuple(each.words if each else "" for each in said)
            if any(cells):
                before = tuple(each.before if each else "" for each in said)
                rows.append(Row(label, cells, names, before))
        if rows:
            found.append((title, rows))
    return found


@dataclass(frozen=True)
class Told:
    """One answer in words; ``before`` says when it was said, where it was only carried forward."""

    key: str
    label: str
    words: Words
    before: str


def _titles(told: Sequence[list[tuple[str, list[Told]]]]) -> list[str]:
    return [title for title, _rows in told[0]] if told else []


def _answers(
    view: Contribution, response: Any, marks: Mapping[str, Any], language: str
) -> list[tuple[str, list[Told]]]:
    read = Response.from_fhir(loaded(view.conversation.instrument), response)
    return [
        (page.title, [_told(f, marks, view) for f in page.fields() if f.shown])
        for page in sheets_of(read, language)
    ]


def _told(asked: Field, marks: Mapping[str, Any], view: Contribution) -> Told:
    before = said_before(marks.get(asked.link_id), view.author_name)
    return Told(asked.key, asked.label, answer_shown(asked, opens(view)), before)


def of_revision(revision: Revision, language: str) -> list[tuple[str, list[Told]]]:
    """Give the answers that an amendment replaced by section, without what was not answered."""
    view = revision.contribution
    found = [
        (title, [each for each in rows if each.words])
        for title, rows in _answers(view, revision.response, revision.carried, language)
    ]
    return [(title, rows) for title, rows in found if rows]


def left_behind(view: Contribution | None) -> list[tuple[str, str]]:
    """Give what was said last time and could not be carried forward: the question, and why."""
    told = view.left_behind if view else []
    return [(each["label"], faults.why_kept(each, each["label"])) for each in told]


def kept_beside(views: Sequence[Contribution], language: str) -> list[tuple[str, ...]]:
    """Give what was typed into the views and is no answer: whose, the question, the words, and why."""
    return [told for view in views for told in kept(view, view.kept_aside, language, named(view))]


def kept(
    view: Contribution, kept_aside: Sequence[Mapping[str, Any]], language: str, name: str = ""
) -> list[tuple[str, ...]]:
    """Put what was kept aside into words: whose it is, the question, what was typed, and why."""
    form = loaded(view.conversation.instrument)
    unasked = _("Another answer made this question not apply.")
    told = [(each, form.text(each["link_id"], language)) for each in kept_aside]
    return [
        (name, label, each["words"], faults.why_kept(each, label) or unasked)
        for each, label in told
    ]


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


def figures_changed(
    view: Contribution, sheets: Sequence[Sheet], language: str
) -> list[dict[str, str]]:
    """Give what is worked out from the answers and is not, in an amendment, what stands on record.

    A figure can change without any answer that does: when the form has learned to work it out otherwise.
    """
    if view.response is None or view.draft is None:
        return []
    standing = Response.from_fhir(loaded(view.conversation.instrument), view.response)
    before = _worked_out(sheets_of(standing, language))
    now = _worked_out(sheets)
    return [
        {"label": label, "was": was, "now": is_now}
        for key, label in {**before, **now}
        if (was := before.get((key, label), "")) != (is_now := now.get((key, label), ""))
    ]


def _worked_out(sheets: Sequence[Sheet]) -> dict[tuple[str, str], str]:
    """Give the words of each figure that is worked out, by its key and label; empty where not shown."""
    return {
        (each.key, each.label): answer_in_words(each) if each.shown else ""
        for page in sheets
        for each in page.fields()
        if each.calculated
    }


def not_understood(
    sheets: Sequence[Sheet], address: Callable[[Sheet], str]
) -> list[dict[str, str]]:
    """Give what was typed and could not be kept as an answer, with the way back to each."""
    return [
        {"text": problem_of(each), "href": address(page)}
        for page in sheets
        for each in page.fields()
        if each.problem
    ]


def rules_broken(response: Response) -> list[str]:
    """Give what the form's own rules say of the answers, in the form's words: it stands in nobody's way."""
    found = [each.sentence for each in problems(response) if each.sort == "rule"]
    own = response.instrument.language.lower()
    return [InLanguage(words, own) for words in dict.fromkeys([*found, *response.warnings()])]


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


def _rows(view: Contribution, page: Sheet) -> Iterator[dict[str, Words]]:
    carried = view.carried or {}
    for each in page.fields():
        words = answer_shown(each, opens(view))
        if not (each.shown and words):
            continue
        yield {
            "label": each.label,
            "words": words,
            "carried": carried_words(carried[each.link_id]) if each.link_id in carried else "",
        }
