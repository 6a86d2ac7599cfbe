from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Conversations(AppConfig):
    name = "alongside.web.conversations"
    label = "conversations"

    def ready(self) -> None:
        from alongside.web.conversations.shipping import ship_after_migrate

        post_migrate.connect(ship_after_migrate, sender=self)
