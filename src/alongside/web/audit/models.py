"""What is remembered: every act, and every look at a record. Rows are added, never changed or removed."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class Remembered(models.Model):
    """A row that cannot be changed once it is there."""

    # No foreign keys: what happened is still known when the record itself has gone.
    user_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    held_by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise TypeError("What is remembered cannot be changed or removed.")


class Event(Remembered):
    """An act: what was done, to which record, by whom; by no user when it was a command at a terminal."""

    user_id = models.BigIntegerField(null=True)
    act = models.CharField(max_length=100)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-at"], name="events_of_a_person"),
            models.Index(fields=["user_id", "held_by_id", "-at", "-id"], name="events_of_a_user"),
            models.Index(fields=["held_by_id", "-at", "-id"], name="events_of_an_agency"),
            models.Index(fields=["held_by_id", "act", "-at", "-id"], name="events_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.act


class View(Remembered):
    """A look at a record: which part, and why."""

    part = models.CharField(max_length=40)
    because = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-at"], name="views_of_a_person"),
            models.Index(fields=["user_id", "held_by_id", "-at", "-id"], name="views_of_a_user"),
            models.Index(fields=["held_by_id", "-at", "-id"], name="views_of_an_agency"),
            models.Index(fields=["held_by_id", "part", "-at", "-id"], name="views_of_a_part"),
        ]

    def __str__(self) -> str:
        return self.part
