"""The list of components: what each is for and what it takes.

A page writes ``{% component "tag" text="Agreed" colour="green" %}`` or, around content,
``{% enclose "inset-text" %}...{% endenclose %}``. The list is checked on every use, so that
a misspelt name or option is an error in the developer's hands and not a silent gap in a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class ComponentError(Exception):
    """A page used a component in a way that it does not offer."""


@dataclass(frozen=True)
class Component:
    """One component: its name, what it is for, and what it takes."""

    name: str
    purpose: str
    required: tuple[str, ...] = ()
    optional: Mapping[str, Any] = field(default_factory=dict)
    encloses: bool = False
    """True when it goes around content and so is written with ``{% enclose %}``."""

    @property
    def template_name(self) -> str:
        return f"design/components/{self.name}.html"

    def context(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Complete what a page gave with the defaults.

        Raises
        ------
        ComponentError
            When something required is missing or something given is unknown.
        """
        known = {*self.required, *self.optional}
        for name in given:
            if name not in known:
                raise ComponentError(
                    f'The component "{self.name}" has no option "{name}".{_perhaps(name, known)}'
                )
        missing = [name for name in self.required if name not in given]
        if missing:
            raise ComponentError(f'The component "{self.name}" needs {" and ".join(missing)}.')
        return {**self.optional, **given}


def _perhaps(name: str, known: set[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1)
    return f' Did you mean "{close[0]}"?' if close else f" It has: {', '.join(sorted(known))}."


def find(name: str) -> Component:
    """The component of that name.

    Raises
    ------
    ComponentError
        When there is none, with the nearest name.
    """
    try:
        return COMPONENTS[name]
    except KeyError:
        message = f'There is no component "{name}".{_perhaps(name, set(COMPONENTS))}'
        raise ComponentError(message) from None


def _c(
    called: str,
    purpose: str,
    required: str = "",
    /,
    *,
    encloses: bool = False,
    **optional: Any,
) -> Component:
    return Component(called, purpose, tuple(required.split()), optional, encloses)


_ALL = [
    # --- moving about -------------------------------------------------------------------------
    _c("back-link", "Back to the page before.", "href", text=""),
    _c(
        "breadcrumbs",
        "Where a page stands. `items`: label and href; the last is this page.",
        "items",
    ),
    _c("skip-link", "Past the navigation, for keyboards.", href="#main-content"),
    _c(
        "service-navigation",
        "The main parts of the service. `items`: label, href, current.",
        "items",
    ),
    _c(
        "pagination",
        "Earlier and later pages of a long list (keyset).",
        previous_href="",
        next_href="",
        previous_label="",
        next_label="",
        label="",
    ),
    _c(
        "exit-this-page",
        "Leave at once for a page that gives nothing away.",
        href="https://www.bbc.co.uk/weather",
    ),
    _c(
        "search-box",
        "One box and a button. Posts nothing: it is a GET form.",
        "action label",
        name="q",
        value="",
        hint="",
        button="",
        id="search",
        error="",
        hidden={},
        small=False,
    ),
    # --- doing --------------------------------------------------------------------------------
    _c(
        "button",
        "An act. `kind`: primary, secondary, warning, start. With href it is a link.",
        "text",
        kind="primary",
        href="",
        name="",
        value="",
        type="submit",
        disabled=False,
        prevent_double_click=True,
        form="",
        id="",
        hidden_text="",
        formaction="",
        novalidate=False,
    ),
    _c("button-group", "Buttons side by side.", encloses=True),
    _c("link", "A link.", "text href", hidden_text="", new_tab=False, muted=False, visited=True),
    _c(
        "post-link",
        "Reads as a link and posts, for acts such as signing out.",
        "text action",
        fields={},
        sign_out=False,
        throws_away=False,
    ),
    # --- saying -------------------------------------------------------------------------------
    _c("details", "More for those who want it.", "summary", encloses=True, open=False, id=""),
    _c(
        "inset-text",
        "A passage set apart, such as a person's own words.",
        encloses=True,
        quote=False,
        lang="",
    ),
    _c("warning-text", "Something with consequences.", "text"),
    _c(
        "notification-banner",
        "News of the page: what happened, or what to know first.",
        encloses=True,
        kind="",
        title="",
        heading="",
        id="notification-title",
        takes_focus=False,
    ),
    _c("panel", "An act is complete. Not inside a record.", "title", encloses=True),
    _c("phase-banner", "A label over the page, such as “Example”.", "tag text"),
    _c(
        "tag",
        "A short status. Colours: grey, green, teal, blue, purple, magenta, red, orange, yellow.",
        "text",
        colour="grey",
    ),
    _c(
        "empty-state",
        "Nothing here yet, why, and what to do.",
        "title",
        encloses=True,
        heading_level=2,
    ),
    _c("autosave-status", "Says what has been saved. Place it inside the form.", text=""),
    _c(
        "progress",
        "Where one is in the sections of a conversation. `sections`: label, state, href.",
        "sections",
        label="",
        answered=None,
        total=None,
    ),
    # --- lists and tables ---------------------------------------------------------------------
    _c(
        "summary-list",
        "Facts, one a row. Give `rows`, or enclose `summary-row`s.",
        encloses=True,
        rows=(),
        title="",
        heading_level=2,
        actions=(),
        borders=True,
        card=False,
        id="",
    ),
    _c(
        "summary-row",
        "One fact of a summary list.",
        "key",
        encloses=True,
        value=None,
        href="",
        action="",
        hidden_text="",
        missing="",
        pre=False,
    ),
    _c(
        "table",
        "A table that becomes a stack of cards on a phone. `columns`: label, numeric, money; `rows`: cells.",
        "caption columns rows",
        caption_size="m",
        hide_caption=False,
        total=None,
        stacked=True,
        empty="",
        first_is_header=True,
    ),
    _c(
        "money-table",
        "Costed lines that add up. `lines`: label, detail, amount; the total is given, not added here; `None` where they are not of the same days.",
        "caption lines total",
        total_label="",
        per="",
        hide_caption=False,
        caption_size="m",
        amount_label="",
        line_label="",
    ),
    _c(
        "task-list",
        "What is to do. `tasks`: label, href, hint, status, colour.",
        "tasks",
        id="tasks",
    ),
    _c(
        "timeline",
        "What happened, newest first. Give `events`, or enclose `timeline-event`s.",
        encloses=True,
        events=(),
        heading_level=3,
    ),
    _c(
        "timeline-event",
        "One thing that happened.",
        "title",
        encloses=True,
        when="",
        datetime="",
        by="",
        heading_level=3,
        text="",
    ),
    _c(
        "tabs",
        "Views of one thing. `items`: id, label. Enclose `tab-panel`s.",
        "id items",
        encloses=True,
        title="",
        selected="",
    ),
    _c("tab-panel", "What one tab shows.", "id", encloses=True, hidden=False, heading=""),
    _c(
        "accordion",
        "Sections to open. Enclose `accordion-section`s.",
        "id",
        encloses=True,
        remember=False,
    ),
    _c(
        "accordion-section",
        "One section of an accordion.",
        "id heading",
        encloses=True,
        summary="",
        open=False,
        heading_level=2,
    ),
    # --- records ------------------------------------------------------------------------------
    _c(
        "person-header",
        "Whose record this is, on every page of it. `facts`: label, value; `alerts`: text, colour.",
        "name",
        encloses=True,
        href="",
        legal_name="",
        pronouns="",
        born="",
        age="",
        died="",
        identifiers=(),
        facts=(),
        alerts=(),
        communication=(),
        example=False,
        heading_level=0,
    ),
    _c(
        "work-card",
        "One item of “my work”.",
        "title href",
        who="",
        why="",
        due="",
        due_datetime="",
        status="",
        colour="grey",
        overdue=False,
        heading_level=3,
    ),
    _c(
        "conflict",
        "Two people changed one thing: both versions, and a choice for each field. `fields`: name, label, mine, theirs.",
        "fields",
        theirs_by="",
        theirs_day="",
        theirs_when="",
    ),
    _c(
        "rating",
        "A rating of four levels as it stands (not a control).",
        "level label",
        of=4,
        show_number=False,
    ),
    _c(
        "figure",
        "A chart with its table. `svg` is markup made by the server; the enclosed part is the table.",
        "title svg",
        encloses=True,
        summary="",
        source="",
        id="figure",
        heading_level=3,
    ),
    # --- parts of forms -----------------------------------------------------------------------
    _c(
        "fieldset",
        "A group of fields with one question.",
        "legend",
        encloses=True,
        size="m",
        heading=False,
        hint="",
        id="",
    ),
    _c(
        "file-upload",
        "A file to choose, with those that are here already. `files`: name, size, href, remove (what is posted as `remove_name`).",
        "id name label",
        size="",
        hint="",
        error="",
        wrong=False,
        described_by="",
        accept=(),
        multiple=False,
        files=(),
        remove_name="",
    ),
    _c("error-message", "Why a field was refused.", "text", id=""),
    _c(
        "session-timeout",
        "Warns before signing out. The layouts place it.",
        "timeout",
        sign_out_url="",
        keep_alive_url="",
    ),
]

COMPONENTS: dict[str, Component] = {component.name: component for component in _ALL}
