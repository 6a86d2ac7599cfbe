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
        _open_the_forms()


def _join_the_journey() -> None:
    from django.utils.translation import gettext_lazy as _

    from alongside.web.conversations.models import Conversation
    from alongside.web.conversations.policies import COLOURS
    from alongside.web.conversations.queries import journey_rows, last_alive
    from alongside.web.people.deaths import register_alive
    from alongside.web.people.journey import Step, register
    from alongside.web.people.work import register_subject

    register_alive("conversation", last_alive)
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


def _open_the_forms() -> None:
    from django.utils.translation import gettext_lazy as _

    from alongside.web.access.models import Role
    from alongside.web.people.openings import Opening, register_opening

    paper = "conversations:paper"
    register_opening(
        Opening(
            _("“What matters to you”, to read or print (PDF)"),
            _("What people are asked about the life they want."),
            paper,
            ("outcomes-conversation", "standard"),
        )
    )
    register_opening(
        Opening(
            _("“What matters to you” in easy words (PDF)"),
            _("The same, for somebody who answers by themselves."),
            paper,
            ("outcomes-conversation-self", "easy-read"),
        )
    )
    register_opening(
        Opening(
            _("The needs profile, to read or print (PDF)"),
            _("What an indicative budget is worked out from."),
            paper,
            ("needs-profile", "standard"),
            frozenset({Role.ANALYST, Role.ADMINISTRATOR}),
        )
    )
    register_opening(
        Opening(
            _("Try a form before it is used"),
            _(
                "See it as people will, answer it, and see what it adds up to. Nothing that you type is kept."
            ),
            "conversations:preview",
        )
    )
