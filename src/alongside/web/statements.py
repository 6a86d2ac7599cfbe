"""Statements whose text is made once a process, and then only given other values.

To write a query as SQL takes Django longer than PostgreSQL takes to answer most of them, and a page
asks the same dozen every time. Row security is no part of the text: the database adds it, for
whoever is acting, each time the statement runs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterable
from inspect import Parameter, signature
from typing import Any

from django.db import connections
from django.db.models import Expression, QuerySet
from django.db.models.lookups import Exact


class Given(Expression):
    """The place in a statement where a value will stand."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[Given]]:
        return "%s", [self]


class OneOf(Exact):
    """Whether something is one of a list that is given: ``OneOf(F("pk"), keys)``."""

    def get_rhs_op(self, _connection: Any, rhs: str) -> str:
        return f"= ANY {rhs}"


class Statement:
    """A query that is written once. Made by :func:`statement`."""

    def __init__(self, write: Callable[..., QuerySet[Any, Any]]) -> None:
        self._write = write
        written = signature(write).parameters.values()
        names = [each.name for each in written if each.kind is Parameter.KEYWORD_ONLY]
        self._places = {name: Given(name) for name in names}
        self._written: dict[tuple[Hashable, ...], _Written] = {}

    def __call__(self, *form: Hashable, **values: Any) -> list[Any]:
        """Run it, and give its rows."""
        if values.keys() != self._places.keys() or None in values.values():
            raise TypeError(f"Give a value, not None, for each of {', '.join(self._places)}.")
        written = self._written.get(form)
        if written is None:
            written = self._written[form] = _Written(self._write(*form, **self._places))
        return written.rows(values)


class _Written:
    """A query with its text."""

    def __init__(self, query: QuerySet[Any, Any]) -> None:
        self._query = query
        self._compiler = query.query.get_compiler(using=query.db)
        self._text, self._parameters = self._compiler.as_sql()

    def rows(self, values: dict[str, Any]) -> list[Any]:
        ready = copy.copy(self._compiler)  # another thread may be running the same one
        ready.connection = connections[self._query.db]
        ready.as_sql = lambda *_, **__: (self._text, _filled_in(self._parameters, values))
        asked: Any = self._query.all()
        asked.query.get_compiler = lambda *_, **__: ready
        return list(asked)


def _filled_in(parameters: Iterable[Any], values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values[each.name] if isinstance(each, Given) else each for each in parameters)


def statement(write: Callable[..., QuerySet[Any, Any]]) -> Statement:
    """Keep the text of a query.

    What stands after the ``*`` is a value, given anew each time. What stands before it is a part of
    the text, of which there may be few: a language, a kind. Nothing else that changes may be in it.

    >>> @statement                                                      # doctest: +SKIP
    ... def _of_user(kind, *, user):
    ...     return WorkItem.objects.filter(kind=kind, for_user=user)[:25]
    >>> _of_user("due", user=actor.user_id)                             # doctest: +SKIP
    """
    return Statement(write)
