"""What goes on paper: a person's own words to keep, and forms to fill in by hand, as tagged PDFs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from alongside.instruments import InLanguage, Response, language_of, right_to_left
from alongside.instruments.languages import REGION, joined
from alongside.outcomes.answers import ASPECT
from alongside.web.conversations.beside import day, said_before
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.markup import attributes_of
from alongside.web.conversations.sheets import Sheet, answer_in_words, sheets_of
from alongside.web.design.paper import typeset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alongside.instruments import Instrument
    from alongside.instruments.parts import Field
    from alongside.web.conversations.models import Contribution

STYLES = ("standard", "large-print", "easy-read")
FOLDER = Path(__file__).parent / "print"
LINES = {"textarea": 3, "text": 1}
# These answers stand without their question: words about an outcome, and choices in whole sentences.
WHOLE_SENTENCES = frozenset({"rating", "importance"})
OWN = WHOLE_SENTENCES | {"words"}
LANGUAGE = (2, 3)  # letters that the typesetter takes for a language
Words = str | dict[str, Any]


def said_pdf(view: Contribution, style: str, language: str) -> bytes:
    """Typeset what somebody said, for them to keep; the form's words in the language that it was asked in.

    ``style`` is one of :data:`STYLES`. It is made to fit one sheet: see the decision on one page.
    """
    return typeset(FOLDER / "said.typ", _said(view, style, language))


def paper_pdf(instrument: Instrument, style: str, language: str, asked_in: str = "") -> bytes:
    """Typeset a blank form to be filled in by hand, its own words in the language it is asked in."""
    easy = style == "easy-read"
    sheets = sheets_of(instrument.begin(), asked_in or language)
    title = instrument.title_in(asked_in or language) or _("Questions")
    return typeset(
        FOLDER / "paper.typ",
        {
            "style": style,
            "language": language,
            "title": own(title),
            "opening": [
                _(
                    "Answer what you like, in any order. Leave out what you do not want to talk about."
                ),
                _("If you need more room, write on the back."),
            ],
            "name_label": _("My name:"),
            "date_label": _("The day I filled this in:"),
            "footer": own(title),
            "parts": [_questions(each, easy=easy) for each in sheets],
        },
    )


def _said(view: Contribution, style: str, language: str) -> dict[str, Any]:
    held = view.conversation
    instrument = loaded(held.instrument)
    response = Response.from_fhir(instrument, view.shown or {})
    words_in = response.language or language
    sheets = [each for each in sheets_of(response, words_in) if each.answered]
    said = _Said(view, style)
    parts = [part for each in sheets if (part := said.part(each))]
    return {
        "style": style,
        "language": language,
        "title": own(instrument.title_in(words_in) or held.instrument.title_now),
        "opening": [
            _("What %(name)s said on %(day)s.")
            % {"name": view.author_name, "day": day(held.held_on)}
        ],
        "parts": parts,
        "closing": [] if parts else [_("Nothing was answered.")],
        "footer": _("%(agency)s · If something here is wrong, tell us and we will put it right.")
        % {"agency": held.held_by.name},
        "continued": _("Goes on overleaf"),
        "large": _("This sheet is A3: fold it in half."),
    }


@dataclass(frozen=True)
class _Said:
    """Puts the answers of a view as they are printed in one style."""

    view: Contribution
    style: str

    def part(self, each: Sheet) -> dict[str, Any] | None:
        easy = self.style == "easy-read"
        answered = [f for f in each.fields() if f.shown and f.values and f.item.asked]
        lines = [self.easy_line(f) for f in answered] if easy else self.lines(answered)
        if not lines:
            return None
        picture = _svg(each.pictogram) if easy else ""
        return {"title": own(each.title), "lines": lines, "picture": picture}

    def lines(self, answered: Iterable[Field]) -> list[dict[str, Any]]:
        """Give the answers as they are printed: a rating and how much it matters share a line."""
        lines: list[dict[str, Any]] = []
        before = ""
        for each in answered:
            aspect, words = _aspect(each), answer_in_words(each)
            if aspect in WHOLE_SENTENCES and not words.endswith("."):
                words = InLanguage(f"{words}.", language_of(words))
            said = self.with_day(each, words)
            if aspect == "importance" and before == "rating":
                lines[-1]["words"] += [" ", *said]
            else:
                label = _short(aspect) or own(each.label)
                lines.append({"label": "" if aspect in OWN else label, "words": said})
            before = aspect
        return lines

    def easy_line(self, asked: Field) -> dict[str, Any]:
        chosen = [c.easy_label or c.label for c in asked.options if c.chosen]
        return {
            "label": "" if _aspect(asked) == "words" else own(_label(asked, easy=True)),
            "words": self.with_day(asked, joined(", ", chosen) or answer_in_words(asked)),
        }

    def with_day(self, asked: Field, words: str) -> list[Words]:
        """Say behind an answer when it was said, where it was only carried forward."""
        before = said_before(self.view.marks.get(asked.link_id), self.view.author_name)
        return [own(words), f" ({before})"] if before else [own(words)]


def own(words: str) -> Words:
    """Give a form's own words to the typesetter, with their language where it is not the page's."""
    tag = language_of(words)
    if not attributes_of(words):
        return words
    first, *rest = tag.split("-")
    return {
        "words": words,
        "lang": first if len(first) in LANGUAGE else "",
        "region": next((each for each in rest if len(each) == REGION), ""),
        "rtl": right_to_left(tag),
    }


def _aspect(asked: Field) -> str:
    """Say what an answer is about its outcome; empty where the question speaks to none."""
    return next((coding.code or "" for coding in asked.item.codes if coding.system == ASPECT), "")


def _short(aspect: str) -> str:
    """Put a question about an outcome in as few words as a line of large print leaves."""
    return {
        "helps": _("What helps?"),
        "hinders": _("In the way?"),
        "next": _("What next?"),
        "changed": _("What changed?"),
    }.get(aspect, "")


def _label(asked: Field, *, easy: bool) -> str:
    return (asked.easy_label or asked.label) if easy else asked.label


def _questions(each: Sheet, *, easy: bool) -> dict[str, Any]:
    return {
        "title": own(each.title),
        "picture": _svg(each.pictogram) if easy else "",
        "questions": [
            {
                "label": own(_label(f, easy=easy)),
                "help": [own(said) for said in (*f.help, f.hint, f.lower, f.upper, f.unit) if said],
                "options": [own((c.easy_label or c.label) if easy else c.label) for c in f.options]
                or ([_("Yes"), _("No")] if f.type == "boolean" else []),
                "lines": 0 if f.options or f.type == "boolean" else LINES.get(f.control, 1),
            }
            for f in each.fields()
            if f.item.asked
        ],
    }


@lru_cache(maxsize=200)
def _svg(name: str) -> str:
    """Read a picture; nothing where there is none of that name."""
    if not name or not name.replace("_", "").isalnum():
        return ""
    found = finders.find(f"pictograms/{name}.svg")
    return Path(found).read_text("utf-8") if isinstance(found, str) else ""
