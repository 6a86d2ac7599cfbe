"""Acts on a conversation as pages and buttons: thin, the acts are in the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.conversations import (
    circumstances,
    domain,
    forms,
    invitations,
    permissions,
    queries,
)
from alongside.web.conversations.models import Invitation
from alongside.web.conversations.pages import ConversationButton, ConversationPage, OwnView
from alongside.web.drafts.once import OncePage
from alongside.web.drafts.pages import ActPage
from alongside.web.drafts.shown import written_down
from alongside.web.people.pages import WriterPage, refuse_after_death

if TYPE_CHECKING:
    from alongside.web.conversations.models import Contribution
    from alongside.web.people.models import Person


class Complete(ConversationButton):
    """Complete a conversation."""

    def act(self) -> str:
        domain.complete(actor=self.actor, conversation=self.conversation)
        return self.done(_("The conversation is completed. What was said stands as it was said."))


class CompleteView(OwnView, ConversationButton):
    """Complete one view, or an amendment of it."""

    def act(self) -> str:
        domain.complete_view(actor=self.actor, view=self.view_of)
        return self.done(_("Completed. What stood before is kept."))


class DropAmendment(OwnView, ConversationButton):
    """Give up an amendment."""

    def act(self) -> str:
        domain.drop_amendment(actor=self.actor, view=self.view_of)
        return self.done(_("The amendment was given up. What was said stands as it was."))


class TakeUp(ConversationButton):
    """Go on with a conversation that was set aside."""

    def act(self) -> str:
        domain.take_up(actor=self.actor, conversation=self.conversation)
        return self.done(_("You can go on with the conversation."))


class ConversationAct(ConversationPage, ActPage):
    """A page with one act on one conversation."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.require_holder()
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.home(), **kwargs)


class SetAside(ConversationAct):
    """Stop a conversation, with the reason."""

    form_class = forms.ReasonForm
    template_name = "conversations/act.html"
    title = gettext_lazy("Set the conversation aside")
    button = gettext_lazy("Set it aside")

    def act(self, form: Any) -> str:
        domain.set_aside(
            actor=self.actor, conversation=self.conversation, because=form.cleaned_data["because"]
        )
        messages.success(self.request, _("The conversation was set aside. What was said is kept."))
        return self.home()


class Amend(OwnView, ActPage):
    """Say why a view is amended, and open it."""

    form_class = forms.ReasonForm
    template_name = "conversations/act.html"
    title = gettext_lazy("Amend what was said")
    button = gettext_lazy("Go on to the answers")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.require_writer()
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: Any) -> str:
        domain.amend(actor=self.actor, view=self.view_of, because=form.cleaned_data["because"])
        return reverse("conversations:check", args=[self.view_of.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.home(), **kwargs)


class Circumstances(ConversationAct):
    """How the conversation was held, who was there and who answered."""

    form_class = forms.CircumstancesForm
    template_name = "conversations/act.html"
    title = gettext_lazy("How the conversation was held")

    def get_initial(self) -> dict[str, Any]:
        held = self.conversation
        main = queries.main_view(held.pk)
        initial = {name: getattr(held, name) for name in circumstances.CIRCUMSTANCES}
        if main is not None:
            answered = {"answered_by": main.answered_by, "help_given": main.help_given}
            initial |= answered | {"shown": written_down(answered)}
        return {**initial, "version": held.version}

    def act(self, form: Any) -> str:
        typed = dict(form.cleaned_data)
        answered = {name: typed.pop(name, "") or "" for name in ("answered_by", "help_given")}
        circumstances.change_circumstances(
            actor=self.actor,
            conversation=self.conversation,
            expected_version=typed.pop("version") or 0,
            details=typed,
            answered=answered,
            shown=typed.pop("shown"),
            chosen=self.chosen,
        )
        return self.home()


class AddView(ConversationPage, ActPage):
    """Put another view beside those there are."""

    form_class = forms.AddViewForm
    template_name = "conversations/act.html"
    title = gettext_lazy("Add another view")
    button = gettext_lazy("Go on to the questions")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        permissions.check_may_contribute(self.actor, self.conversation)
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: Any) -> str:
        view = domain.add_view(
            actor=self.actor,
            conversation=self.conversation,
            role=form.cleaned_data["role"],
            author_name=form.cleaned_data["author_name"],
        )
        return reverse("conversations:sheet", args=[view.pk, 1])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.home(), **kwargs)


class AddSitting(ConversationAct):
    """Record a further day."""

    form_class = forms.SittingForm
    template_name = "conversations/act.html"
    title = gettext_lazy("Add a sitting")
    button = gettext_lazy("Add this day")

    def get_initial(self) -> dict[str, Any]:
        return {"held_on": timezone.localdate(), "how": "face_to_face"}

    def act(self, form: Any) -> str:
        circumstances.add_sitting(
            actor=self.actor, conversation=self.conversation, **form.cleaned_data
        )
        messages.success(self.request, _("The day was added."))
        return self.home()


class MakesInvitation(OncePage):
    """A page that makes a link and a code. They are shown once, so sent again it says what can be done."""

    sent_before = gettext_lazy(
        "The link and the code were made already, and are shown only once. If you have not kept them, "
        "withdraw them here or make new ones: the old ones then stop working."
    )

    def show(self, made: invitations.Invited, person: Person, not_shown: str = "") -> HttpResponse:
        """Show the link and the code, this once: only digests of them are kept."""
        here = self.request.build_absolute_uri
        context = {
            "title": _("The link and the code"),
            "person": person,
            "invitation": made.invitation,
            "link": here(reverse("conversations:guest", args=[made.token])),
            "code": made.code,
            "code_page": here(reverse("conversations:enter_code")),
            "not_shown": not_shown,
        }
        self.shown_at = reverse("conversations:show", args=[made.invitation.conversation_id])
        response = render(self.request, "conversations/invited.html", context)
        response["Cache-Control"] = "no-store"
        return response


class Invite(MakesInvitation, WriterPage, ActPage):
    """Ask the person to answer by themselves, by a private link or a code."""

    form_class = forms.InviteForm
    template_name = "conversations/invite.html"
    title = gettext_lazy("Ask them to answer by themselves")
    button = gettext_lazy("Make the link and the code")
    part = "conversation"
    keeps_drafts = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refuse_after_death(request, self.person, reverse("people:show", args=[self.person.pk]))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "agency_id": self.person.held_by_id,
            "speaks": self.person.languages,
        }

    def get_initial(self) -> dict[str, Any]:
        return {"greeting_name": self.person.known_as, "language": "en"}

    def act(self, form: Any) -> HttpResponse:
        show_last = bool(form.cleaned_data["show_last"])
        made = invitations.invite(
            actor=self.actor,
            person=self.person,
            form_name=form.cleaned_data["form"],
            language=form.cleaned_data["language"],
            greeting_name=form.cleaned_data["greeting_name"],
            show_last=show_last,
            asked_in=form.asked_in,
        )
        not_shown = _not_shown(made.invitation.contribution) if show_last else ""
        return self.show(made, self.person, not_shown)


def _not_shown(view: Contribution) -> str:
    """Say what of the last time the guest does not see, though the practitioner chose to show it."""
    if view.left_behind:
        return _(
            "Not all that was said last time is shown to them: an answer is shown only beside the same "
            "question, in the same words. The page of the conversation names the others."
        )
    if not queries.answers_in_words(view):
        return _("There is nothing that was said last time to show them.")
    return ""


class InviteAgain(MakesInvitation, ConversationButton):
    """Make a new link and code; those made before stop working."""

    def act(self) -> HttpResponse:
        before = Invitation.objects.filter(conversation=self.conversation).order_by("-pk").first()
        made = invitations.invite_to(
            actor=self.actor,
            conversation=self.conversation,
            language=before.language if before else "en",
            greeting_name=before.greeting_name if before else self.person.known_as,
        )
        return self.show(made, self.person)


class Withdraw(ConversationButton):
    """End the links and codes of a conversation."""

    def act(self) -> str:
        invitations.withdraw(actor=self.actor, conversation=self.conversation)
        return self.done(_("The link and the code do not work any more."))
