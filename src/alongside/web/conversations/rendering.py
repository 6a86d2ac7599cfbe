"""A form's parts as GOV.UK markup.

Written by hand rather than with templates, since a form may have hundreds of questions on a page and
each has to cost microseconds. Every text goes through :func:`e`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.instruments.files import USUAL_MB, accepted_endings
from alongside.instruments.languages import InLanguage, joined, language_of
from alongside.instruments.parts import Choice, Field, Part, Section, Text
from alongside.web.conversations import uploads
from alongside.web.conversations.faults import problem_of
from alongside.web.conversations.inputs import CONTROLS, GROUPED, REPEATED, shows_unit, typed_in
from alongside.web.conversations.markup import drawn, drawn_line, e, own_id, pictogram
from alongside.web.conversations.sheets import (
    Sheet,
    answer_in_words,
    file_in_words,
    is_elsewhere,
)
from alongside.web.conversations.uploads import MOST_MB
from alongside.web.conversations.writing import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

INSTRUCTIONS = frozenset({"help", "prompt", "instructions", "flyover", "security", "legal"})
FOLDS = frozenset({"default-open", "default-closed"})
# Groups of questions that share their choices: all of them stand in lines.
TABLES = dict.fromkeys(("table", "htable", "atable"), " along-table")

Opens = Callable[[UUID], str]


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

    ``under`` is the heading that the parts stand under: it is not said again. ``opens`` gives
    the address at which a file that is here can be opened; without it files are only named.
    """

    easy: bool = False
    under: str = ""
    opens: Opens | None = None
    beside: Mapping[str, Beside] = field(default_factory=dict)


def render(parts: Iterable[Part], manner: Manner | None = None) -> SafeString:
    """Draw the parts of a page."""
    writer = _Writer(manner or Manner())
    return mark_safe("".join(writer.part(part, 2) for part in parts))  # noqa: S308 - every text is escaped


class _Writer:
    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.page = get_language() or "en"

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

    def _line(self, part: Part) -> str:
        return drawn_line(part.prefix, self.words(part), self.page)

    def _picture(self, part: Part) -> str:
        return pictogram(part.pictogram) if self.manner.easy else ""

    def text(self, part: Text) -> str:
        css = "govuk-hint" if part.control in INSTRUCTIONS else "govuk-body"
        lines = self._line(part).replace("\n", "<br>")
        return self._wrapped(part, f'{self._picture(part)}<p class="{css}">{lines}</p>')

    def section(self, part: Section, level: int, *, is_row: bool = False) -> str:
        title: str = self._line(part)
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
        helped = "".join(
            f'<p class="govuk-hint">{drawn(words, self.page)}</p>' for words in part.help
        )
        if links := _more(part.item.looks.support_links):
            helped += f'<p class="govuk-body">{links}</p>'
        buttons = ""
        if part.can_remove:
            which = f"{drawn(part.label, self.page)} {part.number + 1}"
            buttons += _act_button("remove", part.key, _("Remove"), which)
        if part.can_add:
            buttons += _act_button("add", part.key, _("Add another"), drawn(part.label, self.page))
        if buttons:
            buttons = f'<div class="govuk-button-group">{buttons}</div>'
        inside = f"{self._picture(part)}{helped}{inside}{buttons}"
        whole = _folded(part, heading, inside) if title else inside
        return self._wrapped(part, whole, f"along-part{TABLES.get(part.control, '')}")

    # --- questions --------------------------------------------------------------------------------

    def field(self, part: Field, level: int) -> str:
        if part.read_only:
            inner = self._shown_only(part)
        else:
            draw = CONTROLS.get(part.control, typed_in)
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
            drawn(answer, self.page)
            if answer
            else f'<span class="along-missing">{e(_("Worked out when the answers are there"))}</span>'
        )
        return f'<p class="govuk-label govuk-label--s">{drawn(self.words(part), self.page)}</p><p class="govuk-body">{shown} {drawn(part.unit, self.page)}</p>'

    def _question(self, part: Field, draw: Callable[[Field, str, Any], str]) -> str:
        hints, described = self._hints(part)
        error = ""
        if part.problem:
            error = (
                f'<p id="{own_id(part.key)}-error" class="govuk-error-message"><span class="govuk-visually-hidden">'
                f"{e(_('Error:'))}</span> {conditional_escape(problem_of(part))}</p>"
            )
            described.append(f"{own_id(part.key)}-error")
        by = f' aria-describedby="{" ".join(described)}"' if described else ""
        beside = self._beside(part)
        label = self._line(part) or e(part.link_id)
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
        ends = joined(" – ", [words for words in (part.lower, part.upper) if words])
        if (
            part.minimum is not None
            and part.maximum is not None
            and part.control in {"slider", "number"}
        ):
            texts.append(
                _("From %(least)s to %(most)s.") % {"least": part.minimum, "most": part.maximum}
            )
            texts += [ends] if ends else []
            if part.step is not None:
                texts.append(_("In steps of %(step)s.") % {"step": part.step})
        elif ends:
            texts.append(ends)
        if part.unit and not shows_unit(part):
            texts.append(InLanguage(f"({part.unit})", language_of(part.unit)))
        if part.control == "autocomplete":
            texts.append(_("Begin to type, then choose from the list."))
        if part.control == "file":
            texts += _limits_of_files(part)
        links = _more(part.support_links)
        if not texts and not links:
            return "", []
        hint_id = f"{own_id(part.key)}-hint"
        return (
            f'<div id="{hint_id}" class="govuk-hint">{" ".join(drawn(text, self.page) for text in texts)}{links}</div>',
            [hint_id],
        )

    def file_address(self, held: Mapping[str, Any]) -> str:
        return address_of(held, self.manner.opens)

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

    def choice_words(self, choice: Choice) -> str:
        words = (choice.easy_label or choice.label) if self.manner.easy else choice.label
        if not choice.prefix:
            return words
        return InLanguage(f"{choice.prefix} {words}".strip(), language_of(words))

    def choice_label(self, choice: Choice) -> str:
        return drawn(self.choice_words(choice), self.page)

    def choice_picture(self, choice: Choice) -> str:
        return pictogram(choice.pictogram) if self.manner.easy else ""


def address_of(held: Mapping[str, Any], opens: Opens | None) -> str:
    """Give the address at which a file that is here can be opened; empty where it cannot."""
    key = uploads.key_of(held.get("url"))
    return opens(key) if opens and key else ""


def answer_shown(part: Field, opens: Opens) -> str | SafeString:
    """Say the answer as a reader would, with a link to each file that is here; empty where there is none."""
    if not part.files:
        return answer_in_words(part)
    lines = []
    for _text, held in part.files:
        words = e(held["url"] if is_elsewhere(held) else file_in_words(held))
        href = address_of(held, opens)
        lines.append(
            f'<a class="govuk-link" href="{e(href)}" download>{words}</a>' if href else words
        )
    return mark_safe("<br>".join(lines))  # noqa: S308 - escaped above


def _limits_of_files(part: Field) -> list[str]:
    most = min(MOST_MB, USUAL_MB if part.max_size is None else part.max_size)
    told = [_("At most %(most)s MB.") % {"most": most}]
    if part.mime_types:
        listed = ", ".join(accepted_endings(part.mime_types))
        told.append(_("One of these kinds: %(listed)s.") % {"listed": listed})
    return told


def _folded(part: Section, heading: str, inside: str) -> str:
    """Put a part beneath its heading; folded where the form asks for it, never over a mistake."""
    if part.item.looks.collapsible not in FOLDS:
        return f"{heading}{inside}"
    wrong = any(each.problem for each in part.fields())
    is_open = " open" if wrong or part.item.looks.collapsible == "default-open" else ""
    return (
        f'<details class="govuk-details"{is_open}><summary class="govuk-details__summary along-folds">{heading}</summary>'
        f'<div class="govuk-details__text">{inside}</div></details>'
    )


def _more(addresses: Sequence[str]) -> str:
    """Lead to pages that say more; only to such as a browser opens as a page."""
    if not addresses:
        return ""
    words, several = _("More about this question"), len(addresses) > 1
    return "".join(
        f' <a class="govuk-link" href="{e(address)}" rel="noreferrer noopener">{e(words)}{f" ({n})" if several else ""}</a>'
        for n, address in enumerate(addresses, 1)
        if address.startswith(("https://", "http://"))
    )


def _act_button(verb: str, key: str, words: str, what: str) -> str:
    return (
        f'<button type="submit" class="govuk-button govuk-button--secondary" data-module="govuk-button" name="act" '
        f'value="{verb} {e(key)}">{e(words)}<span class="govuk-visually-hidden"> {what}</span></button>'
    )


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
