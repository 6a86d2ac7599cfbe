"""Pages about reviews: thin, the acts are in the domain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from alongside.web.budgets.codes import words
from alongside.web.conversations.models import Conversation
from alongside.web.drafts.conflicts import Conflict
from alongside.web.drafts.domain import find_draft
from alongside.web.drafts.pages import ActPage
from alongside.web.drafts.shown import written_down
from alongside.web.people.pages import ButtonPage, PersonPage, WriterPage
from alongside.web.reviews import correcting, domain, forms, queries
from alongside.web.reviews.beside import recorded_beside
from alongside.web.reviews.models import Review
from alongside.web.reviews.policies import COLOURS, REVIEW


class ReviewPage(PersonPage):
    """Reads the review named in the address, or answers that there is nothing to see."""

    part = "plan"

    @cached_property
    def review(self) -> Review:
        found = queries.review_by_id(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    def person_id(self) -> int:
        return self.review.person_id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            review=self.review, plan=self.review.plan, back=self.back(), **kwargs
        )

    def back(self) -> str:
        """Give the address of the review."""
        return reverse("reviews:show", args=[self.kwargs["pk"]])


class ReviewAct(WriterPage, ReviewPage, ActPage):
    """A page with one act on a review, for those who may write."""

    template_name = "reviews/act.html"


class Show(ReviewPage, TemplateView):
    """A review: due, or held with what was found."""

    template_name = "reviews/show.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review = self.review
        named = words("reviews/in_the_way")
        return super().get_context_data(
            title=_("Review"),
            colour=COLOURS[Review.State(review.state)],
            outcomes=compared(queries.outcomes_of(review)),
            in_the_way=[named.get(code, code) for code in review.in_the_way],
            together=dict(forms.TOGETHER).get(review.together, ""),
            why_stopped=domain.why_stopped(review),
            may_hold=REVIEW.allows(review.state, "hold"),
            may_begin=REVIEW.allows(review.state, "begin"),
            overdue=review.due_on < timezone.localdate(),
            conversations=queries.conversations_of(review),
            **kwargs,
        )


class Begin(WriterPage, ReviewPage, ButtonPage):
    """Begin a review."""

    def act(self) -> str:
        domain.begin_review(actor=self.actor, review=self.review)
        return reverse("reviews:hold", args=[self.review.pk])

    def here(self) -> str:
        """Give the address of the review."""
        return self.back()


class Hold(ReviewAct):
    """Record a review, each outcome beside how it was."""

    form_class = forms.HoldForm
    template_name = "reviews/hold.html"
    title = gettext_lazy("Record a review")
    button = gettext_lazy("Record the review")
    unasked: Mapping[str, str] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        held = self.review.state == Review.State.HELD
        if request.method == "GET" and held and not find_draft(self.actor.user_id, request.path):
            return redirect(self.back())
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def looked(self) -> list[queries.Looked]:
        return queries.to_look_at(self.review)

    @cached_property
    def conversations(self) -> list[Conversation]:
        return queries.conversations_since(self.review)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "looked": self.looked,
            "conversations": self.conversations,
            "weekly": self.review.plan.weekly,
            "last": queries.last_day(self.review.plan),
            "why_not_next": self.why_not_next(),
        }

    def why_not_next(self) -> dict[str, str]:
        """Give what cannot come next, with why not; what is recorded stays among the answers."""
        cannot = domain.why_not_next(self.review)
        return {answer: why for answer, why in cannot.items() if answer != self.review.next}

    def get_initial(self) -> dict[str, Any]:
        days = (timezone.localdate(), queries.last_day(self.review.plan), self.person.died_on)
        held_on = min(day for day in days if day)
        initial: dict[str, Any] = {"version": self.review.version, "held_on": held_on}
        if self.conversations:
            newest = self.conversations[0]
            initial |= {"conversation": str(newest.pk), "held_on": newest.held_on}
        for each in self.looked:
            if each.since is not None:
                initial[f"words_{each.outcome.pk}"] = each.since.words
                initial[f"rating_{each.outcome.pk}"] = each.since.rating
        shown = queries.not_yet_recorded(self.looked) | initial
        if self.conversations:
            shown["conversation"] = self.conversations[0].pk
        return {**initial, "shown": written_down(shown)}

    def standing(self) -> dict[str, Any]:
        there = queries.recorded(self.review)
        boxes = {**there, "conversation": str(there["conversation"] or "")}
        return {**boxes, "version": self.review.version, "shown": written_down(there)}

    def conflict_fields(self, form: Any, conflict: Conflict) -> list[dict[str, str]]:
        """Give both versions of each answer, with the outcome that it is about."""
        names = {difference.name for difference in conflict.differences}
        now = queries.review_by_id(self.review.pk)
        return recorded_beside(form, now or self.review, names)

    def act(self, form: Any) -> HttpResponse | str:
        self.unasked = self.not_asked_about(form)
        if self.unasked and not self.chooses:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        correcting.record_review(
            actor=self.actor,
            review=self.review,
            found=form.found(),
            outcomes=form.outcomes(),
            today=timezone.localdate(),
            # What is at odds may come from the choice: both versions are shown again with the question.
            expected_version=0 if self.unasked else form.cleaned_data["version"] or 0,
            shown={} if self.unasked else form.cleaned_data["shown"],
            chosen=self.chosen,
        )
        messages.success(self.request, _("The review is recorded."))
        return reverse("reviews:changed", args=[self.review.pk])

    @property
    def chooses(self) -> bool:
        """Whether the reader has chosen between two versions."""
        return bool(self.chosen) and self.review.state == Review.State.HELD

    @property
    def asked(self) -> set[str]:
        """The marks of the answers that the reader was asked about: sent again, they are taken."""
        return set(self.request.POST.get("asked_about", "").split(",")) - {""}

    def not_asked_about(self, form: Any) -> dict[str, str]:
        """Give the answers that speak against each other, and of which the reader was not asked if they are meant."""
        held = self.review.state == Review.State.HELD
        there = queries.recorded(self.review) if held else {}
        at_odds = form.at_odds(there, self.keep_theirs)
        return {mark: answers for mark, answers in at_odds.items() if mark not in self.asked}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            at_odds=self.unasked.values(),
            asked_about=",".join(sorted({*self.asked, *self.unasked})),
            **kwargs,
        )


class CallOff(ReviewAct):
    """Call a review off."""

    form_class = forms.CallOffForm
    title = gettext_lazy("Call the review off")
    button = gettext_lazy("Call it off")

    def act(self, form: Any) -> str:
        domain.call_off(actor=self.actor, review=self.review, words=form.cleaned_data["words"])
        messages.success(self.request, _("The review is called off."))
        return self.back()


class Changed(ReviewPage, TemplateView):
    """What changed, for the person: each outcome before and now, and the money."""

    template_name = "reviews/changed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.review.state != Review.State.HELD:
            raise Http404
        money = queries.money_change(self.review.plan)
        return super().get_context_data(
            title=_("What changed"),
            outcomes=compared(queries.outcomes_of(self.review)),
            money=money,
            money_difference=money.now.weekly - money.before.weekly if money else None,
            at_most=bool(self.review.plan.periods or self._varied_before(money)),
            **kwargs,
        )

    def _varied_before(self, money: queries.MoneyChange | None) -> bool:
        """Whether the money that it is compared with, at the first review the plan before's, was a most."""
        first = queries.last_held(self.review) is None
        return bool(first and money and money.before.periods)


def compared(outcomes: list[Any]) -> list[dict[str, Any]]:
    """Give each outcome with its two ratings in words."""
    levels = dict(enumerate(forms.LEVELS, 1))
    colours = {"better": "green", "worse": "orange", "same": "blue"}
    return [
        {
            "outcome": each,
            "before": levels.get(each.rating_before or 0, ""),
            "now": levels.get(each.rating_now or 0, ""),
            "colour": colours.get(each.change, "grey"),
        }
        for each in outcomes
    ]
