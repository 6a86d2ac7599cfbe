"""A response: the answers to one instrument, in any state from the first word to an amendment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alongside.instruments import checking, fhir
from alongside.instruments.answering import flattened, own_words, to_answer
from alongside.instruments.beginning import fill, fill_by_expression, offered
from alongside.instruments.errors import AnswerError, Fault, NotComplete, ResponseError
from alongside.instruments.expressions import Surroundings
from alongside.instruments.fhir import FINISHED
from alongside.instruments.flow import Flow
from alongside.instruments.following import followed
from alongside.instruments.scoring import Scores, score
from alongside.instruments.tree import (
    Children,
    Node,
    grow,
    key_of,
    matched,
    new_answer,
    new_node,
    worth_keeping,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from alongside.instruments.instrument import Instrument
    from alongside.instruments.model import Item, Option
    from alongside.instruments.pages import Page, Progress
    from alongside.instruments.posting import Accepted, Rejected
    from alongside.instruments.values import Value


class Response:
    """The answers so far. Begin one with :meth:`Instrument.begin`.

    Attributes
    ----------
    instrument
        What is being answered.
    status
        ``in-progress``, ``completed``, ``amended``, ``stopped`` or ``entered-in-error``.
    original
        The completed response that this one amends, untouched; ``None`` otherwise.
    set_aside
        On a completed response: answers to questions that were no longer shown, as pairs of link
        id and value. They are left out of the record but not thrown away.
    notes
        What was odd about an imported response, and what is worked out otherwise now than it was
        recorded, as sentences.
    rejected
        By key: what was typed that could not be an answer, and why. See :meth:`accept`.
    """

    def __init__(self, instrument: Instrument, roots: Children, surroundings: Surroundings) -> None:
        self.instrument = instrument
        self.roots = roots
        self.surroundings = surroundings
        self.status = "in-progress"
        self.extra: dict[str, Any] = {}
        self.original: Response | None = None
        self.set_aside: tuple[tuple[str, Any], ...] = ()
        self.notes: tuple[str, ...] = ()
        self.rejected: dict[str, Rejected] = {}
        self._flow: Flow | None = None

    @classmethod
    def new(cls, instrument: Instrument, surroundings: Surroundings) -> Response:
        """Start with the form's own initial answers."""
        response = cls(instrument, grow(instrument.items), surroundings)
        for node in list(response.flow.nodes):
            fill(response, node)
        for node in list(response.flow.nodes):
            fill_by_expression(response, node)
        return response

    # --- answering ------------------------------------------------------------------------------

    def answer(
        self,
        link_id: str,
        *values: object,
        within: int | Sequence[int] | None = None,
        index: int | None = None,
        other: str | None = None,
    ) -> None:
        """Answer a question; what was answered before is replaced.

        Parameters
        ----------
        link_id
            The question.
        values
            One answer; several (or one list) for a question that repeats; ``None`` to clear. A
            choice is given by its code. Text is read as a person types it: ``31/3/1948``, ``yes``.
        within
            For a question inside something that repeats: which instance of each repeating
            ancestor, the outermost first, from 0. The next instance is made when it is named.
        index
            Replace only the answer in this place of a question that repeats.
        other
            Words of one's own, for an open choice.

        Raises
        ------
        AnswerError
            With a sentence; nothing is changed then.
        """
        item = self._question(link_id)
        node = self._node(item, within)
        given = flattened(values)
        options = self.options(link_id, node=node)
        found = [to_answer(item, each, options) for each in given]
        if other is not None:
            if not item.is_open:
                raise AnswerError(link_id, f"“{item.name()}” takes only the answers it lists.")
            found.append(own_words(item, other, options))
        if index is not None:
            found = self._at_index(node, found, index)
        checking.refuse_count(item, found)
        self.put(node, found)

    def _question(self, link_id: str) -> Item:
        item = self.instrument.by_link.get(link_id)
        if item is None:
            raise AnswerError(link_id, f"This form has no question with the link id {link_id!r}.")
        if not item.is_question:
            what = "a group of questions" if item.is_group else "words to read"
            raise AnswerError(link_id, f"“{item.name()}” is {what}; it takes no answer itself.")
        if item.calculated is not None:
            raise AnswerError(link_id, f"“{item.name()}” is worked out from other answers.")
        if item.read_only:
            raise AnswerError(link_id, f"“{item.name()}” cannot be changed.")
        self._refuse_if_finished(link_id)
        return item

    def _refuse_if_finished(self, link_id: str) -> None:
        self._refuse_if_in_error()
        if self.status in FINISHED:
            raise AnswerError(
                link_id, "This was finished, so it is kept as it is. Amend it to change an answer."
            )

    def _refuse_if_in_error(self) -> None:
        if self.status == "entered-in-error":
            raise AnswerError("", "This was entered in error, so it is kept only as it is.")

    def _at_index(self, node: Node, found: list[Value], index: int) -> list[Value]:
        values = node.values()
        if not 0 <= index <= len(values) or len(found) > 1:
            raise AnswerError(
                node.item.link_id,
                f"“{node.item.name()}” has {len(values)} answers; there is no place {index}.",
            )
        return values[:index] + found + values[index + 1 :]

    def put(self, node: Node, values: Sequence[Value]) -> None:
        """Set a question's answers, keeping what was asked beneath each answer that stays."""
        unique: list[Value] = []
        for value in values:
            if not (node.item.is_choice and any(value.same_as(each) for each in unique)):
                unique.append(value)
        old, parked = node.answers, node.parked
        continued = matched(node.item, unique, old, parked)
        used = {id(each) for each in continued if each is not None}
        node.answers = []
        for value, kept in zip(unique, continued, strict=True):
            answer = kept if kept is not None else new_answer(node, value)
            answer.value = value
            node.answers.append(answer)
        later = [each for each, kept in zip(node.answers, continued, strict=True) if kept is None]
        old = [each for each in old + parked if id(each) not in used]
        if not node.answers and node.item.items:
            blank = old.pop(0) if old and not node.item.repeats else new_answer(node, None)
            blank.value = None
            node.answers.append(blank)
        node.parked = [each for each in old if worth_keeping(each)]
        self.changed()
        for answer in later:
            self._begin(each for nodes in answer.children.values() for each in nodes)

    def _begin(self, nodes: Iterable[Node]) -> None:
        """Give what is asked anew the answers that it starts with."""
        new = [each for node in list(nodes) for each in node.walk()]
        for each in new:
            fill(self, each)
        for each in new:
            fill_by_expression(self, each)

    def clear(self, link_id: str, *, within: int | Sequence[int] | None = None) -> None:
        """Take an answer back; the same as answering ``None``."""
        self.answer(link_id, None, within=within)

    def add(self, link_id: str, *, within: int | Sequence[int] | None = None) -> int:
        """Add an empty instance of a repeating group; gives its place, from 0."""
        item, siblings = self._group(link_id, within)
        most = item.limits.max_occurs or checking.MOST_ANSWERS
        if len(siblings) >= most:
            sentence = f"“{item.name()}” can be given at most {most} times."
            fault = Fault(sentence, "too_many_times", {"most": str(most)})
            raise AnswerError(link_id, sentence, fault)
        first = siblings[0]
        node = new_node(item, first.parent, first.slot)
        siblings.append(node)
        self.changed()
        self._begin([node])
        return len(siblings) - 1

    def remove(
        self, link_id: str, index: int, *, within: int | Sequence[int] | None = None
    ) -> None:
        """Take away one instance of a repeating group with its answers; the last is emptied."""
        item, siblings = self._group(link_id, within)
        if not 0 <= index < len(siblings):
            raise AnswerError(link_id, f"“{item.name()}” has no instance {index}.")
        with followed(self):
            gone = siblings.pop(index)
            if not siblings:
                siblings.append(new_node(item, gone.parent, gone.slot))
            self.changed()

    def _group(self, link_id: str, within: int | Sequence[int] | None) -> tuple[Item, list[Node]]:
        item = self.instrument.by_link.get(link_id)
        if item is None or not (item.is_group and item.repeats):
            raise AnswerError(link_id, f"{link_id!r} is not a group that repeats.")
        self._refuse_if_finished(link_id)
        wanted = _as_indices(within)
        for node in self.flow.by_link.get(link_id, []):
            if node.indices(self.roots)[:-1] == wanted:
                return item, node.siblings(self.roots)
        raise AnswerError(link_id, f"There is no place {list(wanted)} for “{item.name()}”.")

    def changed(self) -> None:
        """Say that answers changed, so that what follows from them is worked out again."""
        self._flow = None

    # --- finding --------------------------------------------------------------------------------

    @property
    def flow(self) -> Flow:
        if self._flow is None:
            self._flow = Flow(
                self.instrument, self.roots, self.surroundings, frozen=self.status in FINISHED
            )
        return self._flow

    def key(self, node: Node) -> str:
        return key_of(node.item.link_id, node.indices(self.roots))

    def nodes(self) -> Iterator[Node]:
        """Give every occurrence of every item, in order."""
        yield from self.flow.nodes

    def _node(self, item: Item, within: int | Sequence[int] | None) -> Node:
        candidates = self.flow.by_link.get(item.link_id, [])
        if within is None:
            if len(candidates) == 1:
                return candidates[0]
            raise AnswerError(
                item.link_id,
                f"“{item.name()}” is asked {len(candidates)} times; say which with within=.",
            )
        wanted = _as_indices(within)
        for node in candidates:
            if node.indices(self.roots) == wanted:
                return node
        if self._grow_towards(item, wanted):
            return self._node(item, wanted)
        raise AnswerError(
            item.link_id, f"“{item.name()}” is not asked at the place {list(wanted)}."
        )

    def _grow_towards(self, item: Item, wanted: tuple[int, ...]) -> bool:
        """Make the next instance of a repeating group above an item, where it is the one named."""
        above = [each for each in self.instrument.above(item.link_id) if each.repeats]
        if len(above) != len(wanted):
            return False
        for depth, group in enumerate(above):
            if not group.is_group:
                continue
            nodes = [
                node
                for node in self.flow.by_link[group.link_id]
                if node.indices(self.roots)[:-1] == wanted[:depth]
            ]
            if nodes and wanted[depth] == len(nodes):
                self.add(group.link_id, within=wanted[:depth])
                return True
        return False

    def values(self, link_id: str, *, within: int | Sequence[int] | None = None) -> list[Any]:
        """Give a question's answers as Python values, those worked out included."""
        item = self.instrument.item(link_id)
        node = self._node(item, within)
        return [value.value for value in self.flow.values(node)]

    def value(self, link_id: str, *, within: int | Sequence[int] | None = None) -> Any:
        """Give a question's first answer as a Python value, or ``None``."""
        found = self.values(link_id, within=within)
        return found[0] if found else None

    def options(self, link_id: str, *, node: Node | None = None) -> tuple[Option, ...]:
        """Give the options of a question as they are now; an expression may decide them."""
        item = self.instrument.item(link_id)
        if not item.options_vary:
            return item.options
        return offered(self, item, node if node is not None else self.flow.by_link[link_id][0])

    # --- what follows from the answers ------------------------------------------------------------

    def visible(self) -> list[str]:
        """Give the link ids now shown, in order; each once, however often its item occurs."""
        found = {node.item.link_id for node in self.flow.nodes if self.is_shown(node)}
        return [link_id for link_id in self.instrument.by_link if link_id in found]

    def is_shown(self, node: Node) -> bool:
        return self.flow.is_shown(node) and not node.is_hidden()

    def scores(self) -> Scores:
        """Give what adds up: see :class:`Scores`."""
        return score(self.instrument, self.flow)

    def problems(self) -> list[str]:
        """Give what is still missing or wrong, each as a sentence, in the order of the form."""
        return [problem.sentence for problem in checking.problems(self)]

    def warnings(self) -> list[str]:
        """Give what the form's own rules warn of, which does not stand in the way of finishing."""
        return checking.warnings(self)

    def progress(self) -> Progress:
        """Count the questions shown and answered; what is worked out or fixed does not count."""
        from alongside.instruments.pages import progress

        return progress(self)

    def pages(self, lang: str | None = None, *, by: str = "section") -> tuple[Page, ...]:
        """Give everything that a server needs to render the form, with the answers so far.

        Parameters
        ----------
        lang
            The language of the words, such as ``cy``, where the form has it; that which it was
            :attr:`asked in <language>` where none is given.
        by
            ``section`` for one page a section; ``question`` for one thing a page.
        """
        from alongside.instruments.pages import pages

        return pages(self, lang or self.language, by)

    def accept(self, posted: Mapping[str, Sequence[str]]) -> Accepted:
        """Take in a posted form: every good answer is kept, every other is named with its reason.

        What could not be an answer stays in :attr:`rejected`, so that a page can show it again;
        the answer given before it stays too.
        """
        from alongside.instruments.posting import accept

        return accept(self, posted)

    @property
    def language(self) -> str:
        """The language in which the form's words are asked, as a tag; ``""`` where none was chosen."""
        return str(self.extra.get("language", ""))

    def ask_in(self, language: str) -> None:
        """Ask in another of the form's languages; ``""`` for none in particular. No answer changes.

        Raises
        ------
        AnswerError
            When the form has no words in that language, or the response is finished.
        """
        self._refuse_if_finished("")
        fhir.ask_in(self, language)

    # --- states ---------------------------------------------------------------------------------

    def complete(self, *, authored: str | None = None, with_gaps: bool = False) -> Response:
        """Finish: gives a completed response and leaves this draft as it is.

        Answers to questions no longer shown are left out of the record, and kept in
        :attr:`set_aside`.

        Parameters
        ----------
        authored
            When, as FHIR writes a date and time; this library reads no clock.
        with_gaps
            Finish although something is missing: a half-answered form is an answer.

        Raises
        ------
        NotComplete
            When something is missing or wrong and ``with_gaps`` is not said.
        AnswerError
            When it was entered in error.
        """
        self._refuse_if_in_error()
        problems = tuple(self.problems())
        if problems and not with_gaps:
            raise NotComplete(problems)
        return fhir.finished(self, "amended" if self.original else "completed", authored)

    def amend(self) -> Response:
        """Open a finished response to be changed; the original stays in :attr:`original`.

        Completing it again gives the status ``amended``. What the form works out is worked out
        anew; where that gives something else than was recorded, :attr:`notes` says so.
        """
        self._refuse_if_in_error()
        if self.status not in FINISHED:
            raise AnswerError("", "This is not finished yet, so it can simply be changed.")
        response = fhir.read_response(self.instrument, self.to_fhir(), self.surroundings)
        response.status = "in-progress"
        response.original = self
        response.changed()
        response.notes += fhir.recalculated(response)
        return response

    def to_fhir(self) -> dict[str, Any]:
        """Give the QuestionnaireResponse, valid FHIR R4 in every state."""
        return fhir.write_response(self)

    @classmethod
    def from_fhir(
        cls,
        instrument: Instrument,
        response: Mapping[str, Any],
        *,
        now: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Response:
        """Read a QuestionnaireResponse, whole or not at all.

        Raises
        ------
        ResponseError
            With the element and the reason, when any answer could not be kept as it is.
        """
        return fhir.read_response(
            instrument, response, Surroundings(now=now, launch=dict(context or {}))
        )

    def to_draft(self) -> dict[str, Any]:
        """Give everything that must survive between two visits, as JSON: also what was rejected."""
        return {
            "response": self.to_fhir(),
            "rejected": {key: each.to_json() for key, each in self.rejected.items()},
        }

    @classmethod
    def from_draft(
        cls,
        instrument: Instrument,
        draft: Mapping[str, Any],
        *,
        now: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Response:
        """Go on from :meth:`to_draft`.

        Raises
        ------
        ResponseError
            When it is no such draft, or its response cannot be kept as it is.
        """
        from alongside.instruments.posting import rejected_from

        if not isinstance(draft, Mapping) or "response" not in draft:
            raise ResponseError("draft", "holds no response, so there is nothing to go on from.")
        response = cls.from_fhir(instrument, draft["response"], now=now, context=context)
        response.rejected = rejected_from(draft.get("rejected") or {})
        return response

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Response):
            return NotImplemented
        return self.instrument == other.instrument and self.to_fhir() == other.to_fhir()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Response {self.status} to {self.instrument!r}>"


def _as_indices(within: int | Sequence[int] | None) -> tuple[int, ...]:
    if within is None:
        return ()
    return (within,) if isinstance(within, int) else tuple(within)
