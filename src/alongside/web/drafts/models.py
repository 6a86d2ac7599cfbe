"""What somebody has typed and not yet sent, and which pages they have just sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """The fields of one form as a user last typed them on one page that they opened. Nobody else can read it.

    Without fields it only remembers that the page was sent, so that nothing older takes its place.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=200)
    page = models.CharField(max_length=40, default="")
    fields = models.JSONField(null=True)
    sent = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "form", "page"], name="one_draft_a_page"),
        ]

    def __str__(self) -> str:
        return self.form

    @property
    def as_shown(self) -> str:
        """What a page carries that shows it: another one as soon as more was typed."""
        return f"{self.pk} {self.saved_at.isoformat()} {self.page}"


class Sent(models.Model):
    """One page that a user sent and that was taken, for a day: sent again, it leads where it led."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    leads_to = models.CharField(max_length=500, default="")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "mark"], name="sent_once"),
        ]

    def __str__(self) -> str:
        return self.leads_to
