"""Asking another agency for its part, and answering: thin, the acts are in the domain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from alongside.web.conversations import asking, domain, forms, permissions
from alongside.web.conversations.act_views import ConversationAct
from alongside.web.conversations.pages import ConversationButton, PartPage
from alongside.web.conversations.policies import PART
from alongside.web.drafts.pages import ActPage


class Ask(ConversationAct):
    """Ask a practitioner of another agency for their part."""

    form_class = forms.AskForm
    template_name = "conversations/ask.html"
    title = gettext_lazy("Ask another agency for its part")
    button = gettext_lazy("Ask them")

    @cached_property
    def colleagues(self) -> list[asking.Colleague]:
        return asking.colleagues(self.conversation)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "colleagues": self.colleagues}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(colleagues=self.colleagues, **kwargs)

    def act(self, form: Any) -> str:
        request = asking.ask(
            actor=self.actor,
            conversation=self.conversation,
            user_id=int(form.cleaned_data["colleague"]),
            words=form.cleaned_data["words"],
            due_on=form.cleaned_data["due_on"],
        )
        messages.success(
            self.request,
            _("%(name)s has been asked. You will find it under “My work” when it comes back.")
            % {"name": request.asked_user},
        )
        return self.home()


class Asked(PartPage, TemplateView):
    """What was asked, of whom, and what came of it."""

    template_name = "conversations/asked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.part_request
        acts = {each.act for each in PART.acts_from(asked.state)}
        is_mine = asked.asked_user_id == self.actor.user_id
        return super().get_context_data(
            title=_("A part that was asked for"),
            acts=acts,
            is_mine=is_mine and self.actor.writes(asked.asked_agency_id),
            i_asked=asked.created_by_id == self.actor.user_id,
            view_of=next(iter(asked.views.all()), None),
            may_withdraw=permissions.may_hold(self.actor, self.conversation),
            **kwargs,
        )


class Contribute(PartPage, ConversationButton):
    """Begin the part, or go on with it."""

    def act(self) -> str:
        view = domain.contribute(actor=self.actor, request=self.part_request)
        return reverse("conversations:sheet", args=[view.pk, 1])


class WithdrawRequest(PartPage, ConversationButton):
    """Take a request back."""

    def act(self) -> str:
        asking.withdraw(actor=self.actor, request=self.part_request)
        return self.done(_("The request was withdrawn."))


class Noted(PartPage, ConversationButton):
    """Take what came back off one's work."""

    def act(self) -> str:
        asking.noted(actor=self.actor, request=self.part_request)
        return self.home()


class Decline(PartPage, ActPage):
    """Say no, with the reason."""

    form_class = forms.ReasonForm
    template_name = "conversations/act.html"
    title = gettext_lazy("Decline to contribute")
    button = gettext_lazy("Decline")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        asking.check_asked(self.actor, self.part_request)
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: Any) -> str:
        asking.decline(
            actor=self.actor, request=self.part_request, because=form.cleaned_data["because"]
        )
        messages.success(self.request, _("You have declined, and they have been told why."))
        return self.here()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.here(), **kwargs)
