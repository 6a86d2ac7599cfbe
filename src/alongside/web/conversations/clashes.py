"""Two write one page of a conversation: whose answers stand, and what the second is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.instruments.parts import Section, Text, fields_of
from alongside.instruments.posting import make_room
from alongside.web.conversations.asking_languages import asked_in
from alongside.web.conversations.markup import own_words
from alongside.web.conversations.sheets import in_words, sheet, sheets_of
from alongside.web.drafts.conflicts import ASKED, CHOICE
from alongside.web.drafts.merging import Merged, three_way
from alongside.web.drafts.shown import as_shown, likeness, shown_of, written_down

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from alongside.instruments import Response
    from alongside.instruments.parts import Field, Part
    from alongside.web.conversations.models import Contribution
    from alongside.web.conversations.sheets import Sheet

Entry = tuple[str, ...]
"""The answers of one entry of a list, by the ids of their inputs."""
ACT = "act"
SKIPPED = "skip-"
SKIPPED_WORDS = "skipped-words-"
REASON_WORDS = [
    ("too_unwell", gettext_lazy("Too unwell")),
    ("not_now", gettext_lazy("Not now")),
    ("does_not_apply", gettext_lazy("Does not apply")),
    ("rather_not", gettext_lazy("Would rather not talk about it")),
    ("other", gettext_lazy("Another reason")),
]
MOST_WORDS = 500
# The carried answers that the page asked about, and those of them that were ticked as still so.
ASKED_STILL = "still-asked"
STILL = "still"


class Clash(Exception):
    """A page was saved by somebody else, or in another tab, after it was opened, and says otherwise.

    Attributes
    ----------
    fields
        Both versions of what both changed.
    page
        The page as it is stored.
    response
        All answers as they are stored.
    leave
        The names under which what only somebody else changed was posted.
    """

    def __init__(
        self, fields: list[dict[str, str]], now: Stored, response: Response, leave: frozenset[str]
    ) -> None:
        super().__init__(_("Somebody else saved this page after you opened it."))
        self.fields, self.now = fields, now
        self.response, self.leave = response, leave

    def beside_typed(self, given: Mapping[str, Sequence[str]]) -> Response:
        """Give the answers to show: those that were typed, and what only somebody else changed as it stands."""
        typed = {name: texts for name, texts in given.items() if name not in self.leave}
        self.response.accept(typed)
        return self.response


@dataclass(frozen=True)
class Stored:
    """One page as it is stored when somebody sends it, with its version and who saved it when."""

    page: Sheet
    version: int
    skipped: Mapping[str, str]
    ticks: Mapping[str, bool]
    by: str = ""
    at: datetime | None = None

    @classmethod
    def of(cls, view: Contribution, page: Sheet) -> Stored:
        """Read a page of a view."""
        version = int((view.versions or {}).get(page.key, 0))
        by = str(view.saved_by) if view.saved_by_id and view.saved_by else ""
        skipped, carried = (view.skipped or {}).get(page.key, {}), view.carried or {}
        marked = {each.link_id for each in page.fields()} & carried.keys()
        ticks = {link_id: bool(carried[link_id].get("still")) for link_id in marked}
        return cls(page, version, skipped, ticks, by, view.saved_at)

    def answers(self) -> dict[str, Any]:
        """Give each answer as it stands in its inputs, and why the page is left out."""
        answers: dict[str, Any] = {each.html_id: _in_inputs(each) for each in self.page.fields()}
        return answers | {SKIPPED + self.page.key: dict(self.skipped)}

    def shown(self) -> str:
        """Write down what the page shows, for it to carry."""
        return written_down(self.answers() | {_tick(key): on for key, on in self.ticks.items()})


@dataclass(frozen=True)
class SentPage:
    """One page as it was sent: its answers by the keys of their questions, the names of its files, and all else."""

    given: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence[str]]
    posted: Mapping[str, Sequence[str]]

    def answers(self, page: Sheet) -> dict[str, Any]:
        """Give each answer that was sent, as :meth:`Stored.answers` gives what is stored."""
        answers: dict[str, Any] = {}
        for each in page.fields():
            inputs = {name: plain(texts) for name, texts in each.typed(self.given).items()}
            if names := self.files.get(each.key):
                inputs[each.key] = sorted([*inputs.get(each.key, ()), *names])
            if inputs:
                answers[each.html_id] = _in_inputs(each) | inputs
        if SKIPPED + page.key in self.posted:
            answers[SKIPPED + page.key] = left_out(self.posted, page.key)
        return answers

    def finds_all(self, page: Sheet) -> bool:
        """Whether all that was said is said of questions that are on the page still."""
        known = {name for each in page.fields() for name in each.names.values()}
        gone = self.given.keys() - known
        return not any(text.strip() for name in gone for text in self.given[name])

    @property
    def removes(self) -> bool:
        """Whether a button to take something away was pressed."""
        return "".join(self.posted.get(ACT, [])[-1:]).startswith("remove ")


def while_open(posted: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Give what a page sends to be saved while it stays open: no button is pressed, and a choice may change yet."""
    return {
        name: texts for name, texts in posted.items() if name != ACT and not name.startswith(CHOICE)
    }


def told_while_open(posted: Mapping[str, Sequence[str]], otherwise: str) -> str:
    """Say why a page was not saved while it stays open: it asks for a choice, or for another reason."""
    return _("Choose for each whether to keep yours or theirs.") if ASKED in posted else otherwise


def with_room(sent: SentPage, page: Sheet, response: Response) -> Sheet:
    """Give a page with empty places for what was sent of such as are not there any more."""
    make_room(response, sent.given)
    return sheet(sheets_of(response, asked_in(response)), page.number) or page


def merge_page(
    now: Stored, sent: SentPage, seen_version: int | None, chosen: Mapping[str, str]
) -> Merged:
    """Sort the answers of a page by who changed them since the reader saw it."""
    stored, typed, shown = now.answers(), sent.answers(now.page), shown_of(sent.posted)
    seen: dict[str, Any] = stored if seen_version in (None, now.version) else {}
    if shown:
        # Over nothing, nothing is lost: such as a place that the page itself added.
        empty = {name: said for name, said in stored.items() if not any(said.values())}
        seen = empty | as_shown(shown, stored, typed)
    if sent.removes or not sent.finds_all(now.page):
        # Places may have moved: what only somebody else changed is asked about too.
        seen = {name: said for name, said in seen.items() if stored.get(name) == said}
    asked = dict.fromkeys(sent.posted.get(ASKED, ()), "")
    lists = [*_lists(now.page.parts)]
    one_thing = [set(entry) for entries in lists for entry in entries]
    merged = three_way(seen, stored, typed, asked | dict(chosen), one_thing)
    moves = [move for entries in lists for move in _moves(entries, stored, shown)]
    return _asked_where_it_was(merged, typed, moves)


def _asked_where_it_was(
    merged: Merged, typed: Mapping[str, Any], moves: Iterable[tuple[Entry, Entry]]
) -> Merged:
    """Ask about an entry that moved where the reader has it too, if they may write over it where it is now.

    What they see on their page and left alone is not lost then, whichever side they choose.
    """
    at_odds = dict(merged.at_odds)
    for now_at, was_at in moves:
        if at_odds.keys() & set(now_at):
            at_odds |= {name: typed[name] for name in was_at if name in merged.theirs}
    return merged._replace(theirs=merged.theirs - at_odds.keys(), at_odds=at_odds)


def _moves(
    entries: Sequence[Entry], stored: Mapping[str, Any], shown: Mapping[str, str]
) -> Iterator[tuple[Entry, Entry]]:
    """Give the place of each entry that moved, and the place where the page showed it: another was taken away."""
    for here in entries:
        empty = not any(any(stored[name].values()) for name in here)
        places = [there for there in entries if _shown_at(there, here, stored, shown)]
        if places and not empty and here not in places:
            yield here, places[0]


def _shown_at(
    there: Entry, here: Entry, stored: Mapping[str, Any], shown: Mapping[str, str]
) -> bool:
    """Whether the page showed in one place what is stored in another, whose inputs have other names."""
    return len(there) == len(here) and all(
        likeness(dict(zip(stored[name], stored[other].values(), strict=False))) == shown.get(name)
        for name, other in zip(there, here, strict=True)
    )


def _lists(parts: Sequence[Part]) -> Iterator[list[Entry]]:
    """Give each list of a page, as the answers of each of its entries.

    When an entry is taken away the next moves to its place: what is said of one must not go to another.
    """
    told = [part for part in parts if not isinstance(part, Text)]
    for _link_id, alike in groupby(told, lambda part: part.link_id):
        several = [*alike]
        if several[0].repeats:
            yield [tuple(each.html_id for each in fields_of([part])) for part in several]
            continue
        for part in several:
            below = [part.contents] if isinstance(part, Section) else part.below
            for beneath in below:
                yield from _lists(beneath)


def still_shown(sent: SentPage, now: Stored, left: frozenset[str]) -> dict[str, str]:
    """Give what a page shows that is saved while it stays open.

    What only somebody else changed, it does not show; nor what it did not send, such as a choice
    that is not made on it.
    """
    before, answers = shown_of(sent.posted), now.answers()
    held = answers.keys() & sent.answers(now.page).keys() - left
    holds = {name: answers[name] for name in held}
    holds |= {_tick(key): on for key, on in _ticked(sent.posted).items()}
    return {name: likeness(holds[name]) if name in holds else was for name, was in before.items()}


def changed_ticks(posted: Mapping[str, Sequence[str]]) -> dict[str, bool]:
    """Give which carried answers are said to be still so or not, of those of which the page had shown otherwise."""
    shown = shown_of(posted)
    return {key: on for key, on in _ticked(posted).items() if shown.get(_tick(key)) != likeness(on)}


def _ticked(posted: Mapping[str, Sequence[str]]) -> dict[str, bool]:
    on = posted.get(STILL, ())
    return {link_id: link_id in on for link_id in posted.get(ASKED_STILL, ())}


def _tick(link_id: str) -> str:
    """Give the name by which a page says how it showed the tick of a carried answer."""
    return f"{STILL}-{link_id}"


def differing(now: Stored, sent: SentPage, at_odds: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give both versions of each answer that both changed, in the words of the form."""
    told = [
        {
            "name": each.html_id,
            "label": own_words(each.label),
            "mine": own_words(in_words(each, each.typed(sent.given))),
            "theirs": own_words(in_words(each, each.typed())),
        }
        for each in now.page.fields()
        if each.html_id in at_odds
    ]
    name = SKIPPED + now.page.key
    if name in at_odds:
        sides = {"mine": _reason_in_words(at_odds[name]), "theirs": _reason_in_words(now.skipped)}
        told.append({"name": name, "label": _("Leave this part out"), **sides})
    return told


def names_of(page: Sheet, answers: Collection[str]) -> frozenset[str]:
    """Give the names under which these answers of a page are posted."""
    fields = [each for each in page.fields() if each.html_id in answers]
    names = {name for each in fields for name in each.names.values()}
    return frozenset(names | ({SKIPPED + page.key} & {*answers}))


def _in_inputs(each: Field) -> dict[str, list[str]]:
    stands = each.typed()
    return {name: plain(stands.get(name, ())) for name in each.names.values()}


def plain(texts: Sequence[str]) -> list[str]:
    """Give what inputs hold without what browsers make of it."""
    return sorted(text.replace("\r\n", "\n").strip() for text in texts)


def left_out(posted: Mapping[str, Sequence[str]], key: str) -> dict[str, str]:
    """Give why a page is left out, as it was typed; nothing where it is not."""
    reason = "".join(posted.get(SKIPPED + key, [])[-1:])
    words = "".join(posted.get(SKIPPED_WORDS + key, [])[-1:])[:MOST_WORDS].replace("\x00", "")
    return {"reason": reason, "words": words} if reason in dict(REASON_WORDS) else {}


def _reason_in_words(mark: Mapping[str, str]) -> str:
    reason = str(dict(REASON_WORDS).get(mark.get("reason", ""), _("It is not left out")))
    return ": ".join(filter(None, [reason, mark.get("words", "")]))
