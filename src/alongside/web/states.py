"""States as a table: what a conversation, a plan or a review may be, which acts move it, and who does them.

An app declares one :class:`Machine` in its ``policies.py``. Its domain functions ask the machine where
an act leads; its documentation is drawn from the same table, so neither can say what the other does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext, override

from alongside.web.drafts.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise


class NotNow(Refused):
    """An act that the present state does not allow: a sentence to a person."""


@dataclass(frozen=True)
class Transition:
    """One act: the states it starts from, the state it leads to, and who does it, in words."""

    act: str
    label: StrOrPromise
    sources: tuple[str, ...]
    target: str
    who: StrOrPromise


@dataclass(frozen=True)
class Machine:
    """The states of one thing, in the order in which they are usually gone through.

    ``states`` maps each code to its words. The first is where it begins. ``name`` is the thing
    as a sentence names it, such as "this plan".
    """

    code: str
    name: StrOrPromise
    states: Mapping[str, StrOrPromise]
    transitions: tuple[Transition, ...]
    final: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        acts = [transition.act for transition in self.transitions]
        if len(set(acts)) != len(acts):
            raise ValueError(f"{self.code}: an act is declared twice.")
        named = {state for each in self.transitions for state in (*each.sources, each.target)}
        if unknown := (named | self.final) - set(self.states):
            raise ValueError(f"{self.code}: unknown states {', '.join(sorted(unknown))}.")
        if unreached := set(self.states) - self._reached():
            raise ValueError(f"{self.code}: nothing leads to {', '.join(sorted(unreached))}.")

    @property
    def initial(self) -> str:
        return next(iter(self.states))

    def target(self, state: str, act: str) -> str:
        """Give the state that an act leads to.

        Raises
        ------
        NotNow
            When the act cannot be done in this state: a sentence saying what it is now.
        """
        transition = self.transition(act)
        if state not in transition.sources:
            raise NotNow(
                gettext(
                    "This cannot be done now: %(thing)s is “%(state)s”. "
                    "Go back to it and see what may be done next."
                )
                % {"thing": self.name, "state": self.states[state]}
            )
        return transition.target

    def transition(self, act: str) -> Transition:
        """Give the declaration of an act; a ``KeyError`` for one that there is not."""
        for transition in self.transitions:
            if transition.act == act:
                return transition
        raise KeyError(f"{self.code} has no act {act!r}.")

    def allows(self, state: str, act: str) -> bool:
        """Whether an act may be done in this state, whoever does it."""
        return state in self.transition(act).sources

    def acts_from(self, state: str) -> tuple[Transition, ...]:
        """Give the acts that may be done in a state, in the order of the table."""
        return tuple(each for each in self.transitions if state in each.sources)

    def _reached(self) -> set[str]:
        reached = {self.initial}
        for _ in self.states:
            reached |= {t.target for t in self.transitions if reached.intersection(t.sources)}
        return reached


def as_markdown(machines: Iterable[Machine], *, diagrams: str = "states") -> str:
    """Write the reference page: for each machine its diagram and its table of acts."""
    parts = [
        "# States\n",
        "What each thing may be, which act moves it on, and who does that act. This page and its",
        "diagrams are written from the tables that the platform itself runs on, and are checked",
        "against them.\n",
    ]
    for machine in machines:
        title = str(machine.name).removeprefix("this ").removeprefix("the ").capitalize()
        parts += [
            f"## {title}\n",
            f"![The states of {machine.name}]({diagrams}/{machine.code}.svg)\n",
            "| Act | From | To | Who |",
            "|---|---|---|---|",
        ]
        for each in machine.transitions:
            sources = ", ".join(str(machine.states[state]) for state in each.sources)
            parts.append(
                f"| {each.label} | {sources} | {machine.states[each.target]} | {each.who} |"
            )
        ends = ", ".join(
            str(words) for code, words in machine.states.items() if code in machine.final
        )
        parts.append(f"\nNothing follows: {ends}.\n" if ends else "")
    return "\n".join(parts).rstrip() + "\n"


ROW, BOX_WIDTH, BOX_HEIGHT, LANE, LETTER = 74, 210, 36, 34, 6.4
HALO = 'paint-order="stroke" stroke="#fff" stroke-width="5" stroke-linejoin="round"'


def as_svg(machine: Machine) -> str:
    """Draw a machine: states down the middle, acts that lead on to the right, that lead back to the left."""
    places = {state: number for number, state in enumerate(machine.states)}
    arrows = [
        (places[s], places[t.target], str(t.label)) for t in machine.transitions for s in t.sources
    ]
    lanes = _lanes(arrows)
    left = 30 + _reach([(lane, a) for a, lane in zip(arrows, lanes, strict=True) if a[1] < a[0]])
    right = 30 + _reach([(lane, a) for a, lane in zip(arrows, lanes, strict=True) if a[1] >= a[0]])
    height = ROW * len(places) + 10
    width = left + BOX_WIDTH + right
    body = [
        _box(left, places[state], str(words), state in machine.final)
        for state, words in machine.states.items()
    ]
    drawn = [_arrow(left, arrow, lane) for arrow, lane in zip(arrows, lanes, strict=True)]
    # Words last, each with a halo, so that no line runs through them.
    body += [path for path, _ in drawn] + [words for _, words in drawn]
    title = escape(f"The states of {machine.name}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" role="img" aria-label="{title}" font-family="sans-serif" font-size="13">\n'
        f"<title>{title}</title>\n"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#4a5568"/></marker></defs>\n'
        f'<rect width="{width:.0f}" height="{height}" fill="#fff"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _lanes(arrows: list[tuple[int, int, str]]) -> list[int]:
    """Give each arrow that skips a state a lane on its side, the shortest nearest; 0 leads straight down."""
    lanes = [0] * len(arrows)
    used = {True: 0, False: 0}
    by_length = sorted(range(len(arrows)), key=lambda n: abs(arrows[n][1] - arrows[n][0]))
    for number in by_length:
        start, end, _ = arrows[number]
        if end != start + 1:
            used[end < start] += 1
            lanes[number] = used[end < start]
    return lanes


def _reach(laned: list[tuple[int, tuple[int, int, str]]]) -> float:
    return max((lane * LANE + len(arrow[2]) * LETTER for lane, arrow in laned), default=0)


def _box(left: float, place: int, words: str, final: bool) -> str:
    y = place * ROW + 8
    stroke = 3 if final else 1.5
    return (
        f'<rect x="{left:.0f}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" fill="#eef3f7" '
        f'stroke="#1f3a5f" stroke-width="{stroke}"/>'
        f'<text x="{left + BOX_WIDTH / 2:.0f}" y="{y + 23}" text-anchor="middle" fill="#111">{escape(words)}</text>'
    )


def _arrow(left: float, arrow: tuple[int, int, str], lane: int) -> tuple[str, str]:
    """Give the line of an arrow and its words."""
    start, end, label = arrow
    if lane == 0:
        x = left + BOX_WIDTH / 2
        top, bottom = start * ROW + 8 + BOX_HEIGHT, end * ROW + 8
        return _line(f"M{x:.0f} {top}V{bottom - 1}"), _words(x + 8, (top + bottom) / 2, label)
    back = end < start
    side = -1 if back else 1
    edge = left if back else left + BOX_WIDTH
    out = edge + side * lane * LANE
    shift = 6 + (lane % 4) * 7
    top = start * ROW + 8 + shift
    bottom = end * ROW + 8 + (BOX_HEIGHT - shift if end != start else BOX_HEIGHT - 4)
    return (
        _line(f"M{edge:.0f} {top}H{out:.0f}V{bottom}H{edge + side:.0f}"),
        _words(
            out + 5 * side, (top + bottom) / 2 + (lane % 3) * 5, label, "end" if back else "start"
        ),
    )


def _line(path: str) -> str:
    return f'<path d="{path}" stroke="#4a5568" fill="none" marker-end="url(#head)"/>'


def _words(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="{anchor}" fill="#333" {HALO}>{escape(words)}</text>'


def machines() -> list[Machine]:
    """Give the machines of every installed app, from its ``policies`` module, in the order of the apps."""
    found: list[Machine] = []
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "policies"):
            policies = import_module(f"{app.name}.policies")
            found += [each for each in vars(policies).values() if isinstance(each, Machine)]
    return found


def documents() -> dict[str, str]:
    """Write the reference page and its drawings: each file's path below ``docs/reference``, and its text."""
    with override("en"):
        every = machines()
        return {
            "states.md": as_markdown(every),
            **{f"states/{each.code}.svg": as_svg(each) for each in every},
        }
