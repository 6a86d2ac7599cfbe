"""How what waits for somebody is put into words on their my-work page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alongside.web.people.models import WorkItem
from alongside.web.people.queries import PAGE, Waiting


@dataclass(frozen=True)
class Subject:
    """What a kind of work is about: its words, and where it leads: of the subject, or of the person."""

    label: Any
    url_name: str = ""
    of_person: bool = False


@dataclass(frozen=True)
class Group:
    """One part of the my-work page."""

    kind: str
    label: Any
    items: list[dict[str, Any]]
    more: bool
    href: str

    @property
    def many(self) -> bool:
        """Whether a whole page is there and not all of it."""
        return self.more and len(self.items) == PAGE


_subjects: dict[str, Subject] = {}

LABELS: dict[str, Any] = {
    WorkItem.Kind.TO_AGREE: _("To agree"),
    WorkItem.Kind.DUE: _("Due"),
    WorkItem.Kind.CAME_BACK: _("Came back to you"),
    WorkItem.Kind.NEW: _("New"),
}


def register_subject(code: str, label: Any, url_name: str = "", *, of_person: bool = False) -> None:
    """Name a subject of work, when an app is made ready."""
    _subjects[code] = Subject(label, url_name, of_person)


def present(groups: Mapping[str, Waiting], today: date) -> list[Group]:
    """Put work into words: each item with who it is about, what, and by when."""
    return [
        Group(
            kind,
            label,
            items_of(groups[kind].items, today),
            groups[kind].more,
            reverse("people:work", args=[kind]),
        )
        for kind, label in LABELS.items()
    ]


def items_of(items: Iterable[WorkItem], today: date) -> list[dict[str, Any]]:
    """Put items of work into words."""
    return [_item(item, today) for item in items]


def _item(item: WorkItem, today: date) -> dict[str, Any]:
    subject = _subjects.get(item.subject, Subject(item.subject))
    address: Callable[..., str] = reverse
    leads_to = item.person_id if subject.of_person else item.subject_id
    href = (
        address(subject.url_name, args=[leads_to])
        if subject.url_name and leads_to
        else address("people:show", args=[item.person_id])
    )
    return {
        "person": item.person,
        "what": subject.label,
        "href": href,
        "due_on": item.due_on,
        "overdue": item.due_on is not None and item.due_on < today,
    }
