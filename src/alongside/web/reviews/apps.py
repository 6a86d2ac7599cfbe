from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Reviews(AppConfig):
    """Reviews of plans."""

    name = "alongside.web.reviews"
    label = "reviews"

    def ready(self) -> None:
        from alongside.web.conversations import elsewhere
        from alongside.web.people.journey import Step, register
        from alongside.web.people.models import WorkItem
        from alongside.web.people.over import register_over
        from alongside.web.people.work import register_subject
        from alongside.web.plans import elsewhere as plans
        from alongside.web.plans.decisions import plan_agreed, plan_ended, plan_goes_on
        from alongside.web.reviews import domain
        from alongside.web.reviews.models import Review
        from alongside.web.reviews.policies import COLOURS
        from alongside.web.reviews.queries import (
            journey_rows,
            last_found,
            of_plans_that_are_over,
            said_at_reviews,
        )

        states = {state.value: (state.label, COLOURS[state]) for state in Review.State}
        elsewhere.register("review", said=said_at_reviews)
        plans.register("review", found=last_found)
        register(
            Step(
                kind="review",
                order=50,
                label=_("Review"),
                rows=journey_rows,
                url_name="reviews:show",
                states={
                    **states,
                    "overdue": (_("Overdue"), "red"),
                    "stopped": (_("Not needed any more"), "grey"),
                },
            )
        )
        register_subject("review.due", _("A review"), "reviews:show")
        register_over(WorkItem.Kind.DUE, "review.due", of_plans_that_are_over)
        plan_agreed.connect(domain.when_agreed, dispatch_uid="reviews.when_agreed")
        plan_ended.connect(domain.when_ended, dispatch_uid="reviews.when_ended")
        plan_goes_on.connect(domain.when_going_on, dispatch_uid="reviews.when_going_on")
