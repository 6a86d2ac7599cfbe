"""Taking in one page of answers: what is good is kept, what is not is kept as typed, nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from alongside.instruments import AnswerError, Fault, Response, Sent, attach
from alongside.instruments.controls import as_typed
from alongside.instruments.posting import Rejected
from alongside.web.conversations.asking_languages import asked_in
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.clashes import (
    ACT,
    SKIPPED,
    Clash,
    SentPage,
    Stored,
    changed_ticks,
    differing,
    left_out,
    merge_page,
    names_of,
    still_shown,
    with_room,
)
from alongside.web.conversations.faults import in_words as said
from alongside.web.conversations.faults import problem_of
from alongside.web.conversations.sheets import Sheet, sheet, sheets_of
from alongside.web.conversations.uploads import MOST_MB, OURS
from alongside.web.drafts.refusals import Refused
from alongside.web.numerals import whole_number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from django.core.files.uploadedfile import UploadedFile
    from django.utils.datastructures import MultiValueDict

    from alongside.instruments.files import Keep
    from alongside.instruments.parts import Field, Page
    from alongside.web.conversations.models import Contribution

# Names of inputs are made from link ids, which may be anything: a prefix keeps them from our own names.
PREFIX = "q-"
# Acts after which the same page is shown again.
STAY = ("add ", "remove ", "language ")
# Files come under names of their own, and so do the places of those to remove.
FILE = "file-"
DROP = "drop-"


def _keep_nothing(_attachment: Mapping[str, Any], _content: bytes) -> str:
    return ""


@dataclass(frozen=True)
class Uploads:
    """The files that came with a page, by the key of their question, and who keeps them."""

    files: Mapping[str, Sequence[Sent]] = field(default_factory=dict)
    keep: Keep = _keep_nothing


def sent_files(files: MultiValueDict[str, UploadedFile]) -> dict[str, list[Sent]]:
    """Give the files that a browser sent, by the key of their question."""
    return {
        name.removeprefix(FILE): [Sent(each.name or "", each.size or 0, each.read) for each in sent]
        for name, sent in files.lists()
        if name.startswith(FILE)
    }


@dataclass(frozen=True)
class Saved:
    """What became of a page: its version, the response as it is now, its pages, and whether it changed.

    ``shown`` is what the page shows that was saved while it stays open.
    """

    version: int
    response: Response
    sheets: tuple[Sheet, ...]
    number: int
    changed: bool = True
    shown: Mapping[str, str] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        return self.sheets[self.number - 1]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What could not be kept as an answer: the id of its input and the sentence."""
        return [(each.html_id, problem_of(each)) for each in self.sheet.fields() if each.problem]


def response_of(view: Contribution, now: str | None = None) -> Response:
    """Read what is being written, with what was typed and could not be an answer; or what stands."""
    instrument = loaded(view.conversation.instrument)
    if view.draft is None:
        return Response.from_fhir(instrument, view.response or {}, now=now)
    draft = {"response": view.draft, "rejected": view.rejected or {}}
    return Response.from_draft(instrument, draft, now=now)


def write_page(
    view: Contribution,
    page: str,
    posted: Mapping[str, Sequence[str]],
    seen_version: int | None,
    chosen: Mapping[str, str],
    *,
    now: str,
    uploads: Uploads | None = None,
) -> Saved:
    """Put one page's answers into a view, which the caller then saves.

    ``page`` is its number; ``chosen`` says for each input that clashed whose version to keep,
    ``mine`` or ``theirs``.

    Raises
    ------
    Clash
        When the page was saved after ``seen_version`` and something on it differs.
    Refused
        When the form has no such page.
    """
    response = response_of(view, now)
    sheets = sheets_of(response, asked_in(response))
    found = sheet(sheets, whole_number(page) or 0)
    if found is None:
        raise Refused(_("This form has no such page."))
    there = _kept(view)
    names = {
        key: [each.name for each in sent] for key, sent in (uploads or Uploads()).files.items()
    }
    sent = SentPage(_answers(found, posted), names, posted)
    if not sent.finds_all(found):
        found = with_room(sent, found, response_of(view, now))
    stored = Stored.of(view, found)
    merged = merge_page(stored, sent, seen_version, chosen)
    leave = names_of(found, merged.theirs)
    if merged.at_odds:
        raise Clash(differing(stored, sent, merged.at_odds), stored, response, leave)
    given = {name: texts for name, texts in sent.given.items() if name not in leave}
    version = stored.version
    marked = {each.link_id for each in found.fields()} & (view.carried or {}).keys()
    before = _said(response, marked)
    response.accept(given)
    add_or_remove(response, posted)
    choose_language(response, posted)
    refused = take_files(response, found, uploads or Uploads())
    draft = response.to_draft()
    view.draft, view.rejected = draft["response"], draft["rejected"]
    response.rejected |= refused
    view.skipped = _skips(view.skipped or {}, posted, merged.theirs)
    changed = {key for key, said in _said(response, marked).items() if said != before[key]}
    view.carried = _marks(view.carried or {}, changed, posted)
    # Whoever chose between two versions has settled it, also where what is there stays.
    saved = _kept(view) != there or bool(chosen)
    version += saved
    view.versions = {**(view.versions or {}), found.key: version}
    sheets = sheets_of(response, asked_in(response))
    shown = still_shown(sent, Stored.of(view, sheets[found.number - 1]), merged.theirs)
    return Saved(version, response, sheets, found.number, saved, shown)


def show_beside(
    view: Contribution, posted: Mapping[str, Sequence[str]], leave: Collection[str] = ()
) -> None:
    """Show what was typed beside the answers and is not saved: why a page is left out, and what is still so."""
    view.skipped = _skips(view.skipped or {}, posted, leave)
    view.carried = _marks(view.carried or {}, set(), posted)


def _kept(view: Contribution) -> tuple[Any, ...]:
    """Give all that a page may change of a view."""
    return view.draft, view.rejected or {}, view.skipped or {}, view.carried or {}


def take_files(response: Response, found: Sheet | Page, uploads: Uploads) -> dict[str, Rejected]:
    """Take in the files of a page; gives those questions of which a file was refused.

    A refused file cannot be shown again, so it is said on this page and leaves no trace in the draft.
    """
    refused = {}
    for asked in found.fields():
        files = uploads.files.get(asked.key, ())
        faults = attach(response, asked.key, files, uploads.keep, most_mb=MOST_MB) if files else ()
        if faults:
            refused[asked.key] = Rejected(_held(response, asked.key), faults[0])
    return refused


def choose_again(response: Response, uploads: Mapping[str, Sequence[Sent]]) -> None:
    """Say of files that came with a page which was not saved that they are to be chosen again."""
    for node in response.nodes():
        key, name = response.key(node), node.item.name()
        if uploads.get(key):
            sentence = (
                f"The file for “{name}” was not kept, because this page was not. Choose it again."
            )
            response.rejected[key] = Rejected(_held(response, key), Fault(sentence, "file_again"))


def _held(response: Response, key: str) -> dict[str, tuple[str, ...]]:
    nodes = [node for node in response.nodes() if response.key(node) == key]
    return {key: tuple(as_typed(value) for node in nodes for value in node.values())}


def _said(response: Response, link_ids: set[str]) -> dict[str, list[Any]]:
    said: dict[str, list[Any]] = {link_id: [] for link_id in link_ids}
    for node in response.nodes():
        if node.item.link_id in link_ids:
            said[node.item.link_id].append(node.values())
    return said


def _marks(
    carried: Mapping[str, Mapping[str, Any]], changed: set[str], posted: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, Any]]:
    """Keep the mark of each answer that stays as it was, with whether it was said to be still so."""
    ticks = changed_ticks(posted)
    kept = {}
    for link_id, mark in carried.items():
        if link_id in changed:
            continue
        still = ticks.get(link_id, bool(mark.get("still")))
        own = {name: value for name, value in mark.items() if name != "still"}
        kept[link_id] = {**own, "still": True} if still else own
    return kept


def _answers(found: Sheet, posted: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    given: dict[str, Sequence[str]] = {
        name.removeprefix(PREFIX): [text.replace("\x00", "") for text in texts]
        for name, texts in posted.items()
        if name.startswith(PREFIX)
    }
    given |= without_dropped(posted, given)
    for each in found.fields():
        if each.control == "file" and each.key in given:
            given[each.key] = _files_that_are_here(each, given[each.key])
    return given


def _files_that_are_here(asked: Field, texts: Sequence[str]) -> list[str]:
    """Give what was posted without the names of files that are not among the answers, such as removed ones."""
    here = {text for text, _held in asked.files}
    return [text for text in texts if text in here or not text.strip().startswith(OURS)]


def without_dropped(
    posted: Mapping[str, Sequence[str]], given: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """Give the answers of questions for files without those whose removal was ticked."""
    return {
        key: [text for place, text in enumerate(given[key]) if str(place) not in dropped]
        for name, dropped in posted.items()
        if name.startswith(DROP) and (key := name.removeprefix(DROP)) in given
    }


def add_or_remove(response: Response, posted: Mapping[str, Sequence[str]]) -> None:
    """Add or take away an instance of what repeats, when its button was pressed: ``add link~0``.

    Raises
    ------
    Refused
        When there is no such place, or no more may be added.
    """
    verb, _space, place = "".join(posted.get(ACT, [])[-1:]).partition(" ")
    if verb not in {"add", "remove"}:
        return
    link_id, indices = _place(response, place)
    try:
        if verb == "add":
            response.add(link_id, within=indices[:-1])
        else:
            response.remove(link_id, indices[-1], within=indices[:-1])
    except AnswerError as error:
        label = response.instrument.text(link_id, asked_in(response))
        raise Refused(said(error.fault, label)) from error
    except IndexError as error:
        raise Refused(_("This part of the form is not there any more.")) from error


def choose_language(response: Response, posted: Mapping[str, Sequence[str]]) -> None:
    """Ask in another of the form's languages, when its button was pressed: ``language ur``.

    Raises
    ------
    Refused
        When the form has no words in it.
    """
    verb, _space, tag = "".join(posted.get(ACT, [])[-1:]).partition(" ")
    if verb == "language":
        ask_in(response, tag)


def ask_in(response: Response, tag: str) -> None:
    """Ask in one of the form's languages from now on; no answer changes.

    Raises
    ------
    Refused
        When the form has no words in it.
    """
    try:
        response.ask_in(tag)
    except AnswerError as error:
        raise Refused(_("This form has no words in that language.")) from error


def _place(response: Response, key: str) -> tuple[str, list[int]]:
    for node in response.nodes():
        if node.item.is_group and node.item.repeats and response.key(node) == key:
            return node.item.link_id, list(node.indices(response.roots))
    raise Refused(_("This part of the form is not there any more."))


def _skips(
    before: dict[str, Any], posted: Mapping[str, Sequence[str]], leave: Collection[str]
) -> dict[str, Any]:
    skipped = dict(before)
    for name in posted:
        if not name.startswith(SKIPPED) or name in leave:
            continue
        key = name.removeprefix(SKIPPED)
        skipped[key] = left_out(posted, key)
    return {key: mark for key, mark in skipped.items() if mark}
