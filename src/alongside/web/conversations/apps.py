from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Conversations(AppConfig):
    """Conversations, the first step of a person's journey."""

    name = "alongside.web.conversations"
    label = "conversations"

    def ready(self) -> None:
        from alongside.web.conversations.shipping import ship_after_migrate

        post_migrate.connect(ship_after_migrate, sender=self)
        _join_the_journey()


def _join_the_journey() -> None:
    from django.utils.translation import gettext_lazy as _

    from alongside.web.conversations.models import Conversation
    from alongside.web.conversations.policies import COLOURS
    from alongside.web.conversations.queries import journey_rows
    from alongside.web.people.journey import Step, register
    from alongside.web.people.work import register_subject

    register_subject("conversation", _("Answers to a conversation"), "conversations:show")
    register_subject("conversation.asked", _("Your part of a conversation"), "conversations:asked")
    register_subject("conversation.part", _("A part that you asked for"), "conversations:asked")
    register(
        Step(
            kind="conversation",
            order=10,
            label=_("Conversation"),
            rows=journey_rows,
            url_name="conversations:show",
            states={s.value: (s.label, COLOURS[s]) for s in Conversation.State},
            start_url_name="conversations:start",
            start_label=_("Hold a conversation"),
            together_url_name="conversations:what_matters",
            together_label=_("What matters over time"),
        )
    )
