"""What a server needs to render a form: pages, sections and fields, with the answers so far.

Nothing here is HTML. Everything is plain, frozen and in order; keys stay the same from one request
to the next, so they serve as the names of inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alongside.instruments.controls import Row, as_typed, control_of, names_of, row_of, rows_typed
from alongside.instruments.easy import easy_read
from alongside.instruments.expressions import Failed, plain
from alongside.instruments.languages import InLanguage, joined, translated
from alongside.instruments.parts import (
    Choice,
    Field,
    Page,
    Part,
    Progress,
    Section,
    Text,
)
from alongside.instruments.reading import label_of
from alongside.instruments.values import Coding

if TYPE_CHECKING:
    from alongside.instruments.model import Condition, Item, Option
    from alongside.instruments.response import Response
    from alongside.instruments.tree import Node
    from alongside.instruments.values import Value

FOLDED = {
    "help": "help",
    "flyover": "help",
    "prompt": "help",
    "instructions": "help",
    "security": "help",
    "legal": "help",
    "lower": "lower",
    "upper": "upper",
    "unit": "unit",
}
WHOLE_GROUPS = frozenset({"grid", "gtable", "table", "htable", "atable", "list"})
CLIENT_KINDS = frozenset({"Coding", "Boolean", "Integer", "Decimal", "String"})


def progress(response: Response) -> Progress:
    """Count honestly: what is worked out, fixed, hidden or not shown does not count."""
    total = Progress(0, 0, 0)
    for node in response.nodes():
        if node.item.asked and response.is_shown(node):
            total += _progress_of(node)
    return total


def _progress_of(node: Node) -> Progress:
    answered = bool(node.values())
    return Progress(int(answered), 1, int(node.item.required and not answered))


def pages(response: Response, lang: str | None = None, by: str = "section") -> tuple[Page, ...]:
    """Give the form as pages, in a language where it has one.

    Parameters
    ----------
    by
        ``section``: one page for each top-level group (or each group that asks to be a page).
        ``question``: one thing a page.
    """
    if by not in {"section", "question"}:
        raise ValueError(f"Pages are by section or by question, not by {by!r}.")
    writer = _Writer(response, lang)
    parts = writer.parts(response.instrument.items, response.roots)
    title = response.instrument.title_in(lang)
    found = _by_section(parts, title) if by == "section" else _by_question(parts, (), title)
    return tuple(_counted(page) for page in found)


def _counted(page: Page) -> Page:
    asked = [each for each in page.fields() if each.item.asked and each.shown]
    answered = sum(bool(each.values) and not each.problem for each in asked)
    left = sum(each.required and not each.values for each in asked)
    shown = any(part.shown for part in page.contents)
    return replace(page, progress=Progress(answered, len(asked), left), shown=shown)


def _by_section(parts: Sequence[Part], title: str) -> list[Page]:
    found: list[Page] = []
    loose: list[Part] = []
    for part in parts:
        if isinstance(part, Section) and not (part.repeats and part.number):
            _close(found, loose, title)
            loose = []
            found += _pages_of(part, title)
        elif isinstance(part, Section) and found and not loose:
            last = found.pop()
            found.append(replace(last, contents=(*last.contents, part)))
        else:
            loose.append(part)
    _close(found, loose, title)
    return found


def _pages_of(section: Section, title: str) -> list[Page]:
    """Give a section as one page, or, where groups within it ask to be pages, as those."""
    title = section.label or title
    if not _holds_pages(section):
        return [Page(section.key, title, (section,))]
    inner = _by_section(section.contents, title)
    return [replace(page, trail=(title, *page.trail)) for page in inner]


def _holds_pages(section: Section) -> bool:
    """Whether a group within asks to be a page; tables, and what repeats, stay whole."""
    if section.repeats or section.control in WHOLE_GROUPS:
        return False
    inner = [each for each in section.contents if isinstance(each, Section)]
    return any(each.control == "page" or _holds_pages(each) for each in inner)


def _close(found: list[Page], loose: list[Part], title: str) -> None:
    if loose:
        found.append(Page(f"{loose[0].key}", title, tuple(loose)))


def _by_question(parts: Sequence[Part], trail: tuple[str, ...], title: str) -> list[Page]:
    """One thing a page: words go with the question that follows them; grids stay whole."""
    found: list[Page] = []
    words: list[Part] = []
    for part in parts:
        if isinstance(part, Text):
            words.append(part)
        elif isinstance(part, Section) and not (part.repeats or part.control in WHOLE_GROUPS):
            inner = _by_question(part.contents, (*trail, part.label), title)
            if words and inner:
                inner[0] = replace(inner[0], contents=(*words, *inner[0].contents))
                words = []
            found += [_hidden_with(page, part) for page in inner]
        else:
            contents = (*words, part)
            found.append(Page(part.key, trail[-1] if trail else title, contents, trail=trail))
            words = []
    if words:
        found.append(Page(words[0].key, trail[-1] if trail else title, tuple(words), trail=trail))
    return found


def _hidden_with(page: Page, section: Section) -> Page:
    """A page of a section that is not shown is not shown either; its parts know already."""
    return page if section.shown else replace(page, shown=False)


class _Writer:
    """Writes the parts of one response in one language."""

    def __init__(self, response: Response, lang: str | None) -> None:
        self.response = response
        self.lang = lang
        self.flow = response.flow

    def parts(
        self, items: Sequence[Item], children: Mapping[str, Sequence[Node]]
    ) -> tuple[Part, ...]:
        found: list[Part] = []
        for item in items:
            if item.looks.hidden:
                continue
            nodes = children.get(item.link_id, ())
            for number, node in enumerate(nodes):
                if item.is_group:
                    found.append(self._section(node, number, len(nodes)))
                elif item.is_display:
                    found.append(self._text(node))
                else:
                    found.append(self._field(node))
        return tuple(found)

    def _text(self, node: Node) -> Text:
        item = node.item
        words = self._words(node)
        easy, picture = easy_read(item.raw, self.lang, words)
        return Text(
            key=self.response.key(node),
            link_id=item.link_id,
            text=words,
            prefix=item.prefix_in(self.lang),
            control=item.looks.control,
            shown=self.flow.is_shown(node),
            condition=self._condition(node)[0],
            easy_label=easy,
            pictogram=picture,
        )

    def _words(self, node: Node) -> str:
        """Give an item's words; where an expression decides them, as it does now."""
        item = node.item
        expression = item.text_expression
        if expression is not None:
            try:
                found = plain(self.flow.evaluate(expression, node))
            except Failed:
                found = []
            if found:
                return InLanguage(str(found[0]), item.looks.language)
        return item.text_in(self.lang)

    def _section(self, node: Node, number: int, count: int) -> Section:
        item = node.item
        contents = self.parts(item.items, node.children)
        condition, server_side = self._condition(node)
        words = self._words(node)
        easy, picture = easy_read(item.raw, self.lang, words)
        least = max(1, item.limits.min_occurs or 1)
        return Section(
            key=self.response.key(node),
            link_id=item.link_id,
            item=item,
            label=words,
            prefix=item.prefix_in(self.lang),
            control=item.looks.control,
            contents=contents,
            shown=self.flow.is_shown(node),
            condition=condition,
            server_side=server_side,
            repeats=item.repeats,
            number=number,
            count=count,
            can_add=item.repeats
            and number == count - 1
            and (item.limits.max_occurs is None or count < item.limits.max_occurs),
            can_remove=item.repeats and count > least,
            options=_shared_options(contents) if item.looks.control in WHOLE_GROUPS else (),
            easy_label=easy,
            pictogram=picture,
        )

    def _field(self, node: Node) -> Field:
        """Give a question as it stands; one that is blank and always the same is made only once."""
        item = node.item
        key = self.response.key(node)
        plain = key in self.response.instrument.plain_keys and key not in self.response.rejected
        if not plain or not _stays_the_same(item) or not self.flow.is_shown(node):
            return self._made(node)
        if self.flow.values(node):
            return self._made(node)
        kept, place = self.response.instrument.blank_fields, (item.link_id, self.lang)
        if place not in kept:
            kept[place] = self._made(node)
        return kept[place]

    def _made(self, node: Node) -> Field:
        item = node.item
        key = self.response.key(node)
        names = names_of(self.response.instrument, item, key)
        rejected = self.response.rejected.get(key)
        options = self.response.options(item.link_id, node=node)
        answers = self.flow.values(node)
        rows = [row_of(item, names, value, options) for value in answers]
        values = tuple(
            as_typed(each) if "year" in names else row.get("", "")
            for each, row in zip(answers, rows, strict=True)
            if "other" not in row
        )
        if rejected is not None:
            rows = rows_typed(names, rejected.typed, rows)
            values = tuple(t for t in rejected.typed.get(key, ()) if t) or values
        parts = _first_parts(item, names, rows)
        condition, server_side = self._condition(node)
        fixed = self._fixed(item)
        if item.options_vary:
            listed = self._offered(options, answers, rows)
            fixed = {**fixed, "options": listed, "control": control_of(item, len(listed))}
        if item.text_expression is not None:
            fixed = {**fixed, "label": self._words(node)}
        if values and fixed["options"]:
            chosen = _chosen(fixed["options"], values)
            fixed = {**fixed, "options": chosen}
        return Field(
            key=key,
            names=names,
            values=values,
            parts=parts,
            rows=tuple(rows),
            files=_files(answers),
            units=_units(item, [row.get("unit", "") for row in rows], self.lang),
            fault=rejected.fault if rejected else None,
            shown=self.flow.is_shown(node),
            condition=condition,
            server_side=server_side,
            below=self._below(node),
            **fixed,
        )

    def _offered(
        self, options: Sequence[Option], answers: Sequence[Value], rows: Sequence[Row]
    ) -> tuple[Choice, ...]:
        """Give the options as they are now, and beside them each answer that is none of them now."""
        listed = [self._choice(option) for option in options]
        keys = {choice.key for choice in listed}
        for value, row in zip(answers, rows, strict=False):
            if row.get("", "") not in keys | {""}:
                keys.add(row[""])
                listed.append(Choice(row[""], label_of(value), score=None, chosen=True))
        return tuple(listed)

    def _fixed(self, item: Item) -> dict[str, Any]:
        """Give what a question is whatever the answers; kept with the instrument."""
        kept = self.response.instrument.fixed_parts
        place = (item.link_id, self.lang)
        if place not in kept:
            kept[place] = {**self._words_of(item), **_rules_of(item)}
        return kept[place]

    def _words_of(self, item: Item) -> dict[str, Any]:
        folded = self._folded(item)
        label = item.text_in(self.lang)
        easy, picture = easy_read(item.raw, self.lang, label)
        looks = item.looks
        return {
            "label": label,
            "prefix": item.prefix_in(self.lang),
            "options": tuple(self._choice(option) for option in item.options),
            "help": folded["help"],
            "lower": joined(" ", folded["lower"]),
            "upper": joined(" ", folded["upper"]),
            "unit": joined(" ", folded["unit"]) or _unit_words(item, self.lang),
            "hint": translated(looks.hint, looks.hints, self.lang),
            "open_label": translated(looks.open_label, looks.open_labels, self.lang),
            "easy_label": easy,
            "pictogram": picture,
        }

    def _below(self, node: Node) -> tuple[tuple[Part, ...], ...]:
        asked = [each for each in node.item.items if not _folds(each)]
        if not asked:
            return ()
        return tuple(self.parts(asked, answer.children) for answer in node.answers)

    def _folded(self, item: Item) -> dict[str, tuple[str, ...]]:
        """Gather the words that belong to a question: its help, its ends, its unit."""
        found: dict[str, tuple[str, ...]] = {"help": (), "lower": (), "upper": (), "unit": ()}
        for each in item.items:
            if _folds(each):
                found[FOLDED[each.looks.control]] += (each.text_in(self.lang),)
        return found

    def _choice(self, option: Option) -> Choice:
        label = option.label_in(self.lang)
        easy, picture = easy_read(option.raw, self.lang, label)
        return Choice(
            key=option.key,
            label=label,
            score=option.score,
            chosen=False,
            prefix=option.prefix_in(self.lang),
            exclusive=option.exclusive,
            easy_label=easy,
            pictogram=picture,
        )

    def _condition(self, node: Node) -> tuple[Mapping[str, Any] | None, bool]:
        item = node.item
        if item.enable_expression is not None:
            return None, True
        if not item.conditions:
            return None, False
        found = [self._one_condition(each, node) for each in item.conditions]
        if any(each is None for each in found):
            return None, True
        return {"any" if item.any_condition else "all": found}, False

    def _one_condition(self, condition: Condition, node: Node) -> dict[str, Any] | None:
        """Write one condition for a browser, where the question is on the form once or is near."""
        target = self.flow.target(condition.question, node)
        if target is None or target.item.looks.hidden or target.item.calculated is not None:
            return None
        kind = condition.value.kind
        if condition.operator != "exists" and (
            kind not in CLIENT_KINDS or target.item.kind in {"Date", "DateTime", "Time", "Quantity"}
        ):
            return None
        wanted: Any = condition.value.value
        if isinstance(wanted, Coding):
            same = [o.key for o in target.item.options if o.value.same_as(condition.value)]
            if len(same) != 1:
                return None
            wanted = same[0]
        elif isinstance(wanted, bool) and condition.operator != "exists":
            wanted = "true" if wanted else "false"
        elif not isinstance(wanted, bool):
            wanted = str(wanted)
        key = self.response.key(target)
        names = names_of(self.response.instrument, target.item, key)
        return {
            "key": key,
            "names": list(names.values()),
            "operator": condition.operator,
            "value": wanted,
            "number": kind in {"Integer", "Decimal"},
        }


def _stays_the_same(item: Item) -> bool:
    """Whether nothing but its own answer changes how a question is shown."""
    moves = item.conditions or item.enable_expression or item.text_expression or item.options_vary
    return not (moves or item.items)


def _folds(item: Item) -> bool:
    """Whether words belong to the question above them: those that come and go stand alone."""
    fixed = not (item.conditions or item.enable_expression or item.text_expression)
    return item.is_display and item.looks.control in FOLDED and fixed and not item.looks.hidden


def _rules_of(item: Item) -> dict[str, Any]:
    limits, looks = item.limits, item.looks
    return {
        "link_id": item.link_id,
        "item": item,
        "type": item.type,
        "control": control_of(item, len(item.options)),
        "support_links": looks.support_links,
        "required": item.required,
        "read_only": item.read_only or item.calculated is not None,
        "calculated": item.calculated is not None,
        "repeats": item.repeats,
        "open": item.is_open,
        "orientation": looks.orientation,
        "minimum": limits.minimum.value if limits.minimum else None,
        "maximum": limits.maximum.value if limits.maximum else None,
        "step": looks.step,
        "min_length": limits.min_length,
        "max_length": limits.max_length,
        "min_occurs": limits.min_occurs,
        "max_occurs": limits.max_occurs,
        "pattern": limits.pattern,
        "mime_types": limits.mime_types,
        "max_size": limits.max_size,
    }


def _chosen(options: Sequence[Choice], values: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(replace(each, chosen=True) if each.key in values else each for each in options)


def _shared_options(contents: Sequence[Part]) -> tuple[Choice, ...]:
    rows = [part for part in contents if isinstance(part, Field)]
    if not rows:
        return ()
    keys = [choice.key for choice in rows[0].options]
    if any([choice.key for choice in row.options] != keys for row in rows):
        return ()
    return tuple(replace(choice, chosen=False) for choice in rows[0].options)


def _unit_words(item: Item, lang: str | None) -> str:
    unit = item.looks.unit
    return item.looks.unit_in(unit, lang) if unit else ""


def _first_parts(item: Item, names: Mapping[str, str], rows: Sequence[Row]) -> dict[str, str]:
    """Give the text of each part by its posted name, as the first answer has it."""
    if item.options or item.answer_expression is not None:
        own = next((row["other"] for row in rows if "other" in row), "")
        return {names["other"]: own} if "other" in names else {}
    first = rows[0] if rows else {}
    return {name: first[part] for part, name in names.items() if part in first}


def _files(answers: Sequence[Value]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple((as_typed(each), each.value) for each in answers if each.kind == "Attachment")


def _units(item: Item, given: Sequence[str], lang: str | None) -> tuple[Choice, ...]:
    """Give the units offered, and beside them those of answers that have another."""
    if not item.looks.units:
        return ()
    looks = item.looks
    offered = {unit.code or unit.display: looks.unit_in(unit, lang) for unit in looks.units}
    named = offered | {unit: unit for unit in given if unit and unit not in offered}
    return tuple(
        Choice(key, label, score=None, chosen=key in given) for key, label in named.items()
    )


__all__ = ["Choice", "Field", "Page", "Part", "Progress", "Section", "Text", "pages", "progress"]
