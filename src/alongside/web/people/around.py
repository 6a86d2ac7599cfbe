"""The pages about who is around a person: somebody is added, put right, or there no longer."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.people import domain, forms, queries, relating
from alongside.web.people.models import Relationship
from alongside.web.people.views import Linking, PersonAct


class AddRelationship(Linking, PersonAct):
    """Add somebody around the person, after a look whether they have a record here."""

    form_class = forms.ContactForm
    template_name = "people/add.html"
    title = gettext_lazy("Add somebody around them")
    button = gettext_lazy("Add this person")
    link_label = gettext_lazy("This is them: link this record")

    def act(self, form: Any) -> HttpResponse | str:
        details, other = dict(form.cleaned_data), self.linked()
        if other is None and not self.request.POST.get("not_a_duplicate"):
            alike = queries.of_name(self.actor, details["name"], but=self.person)
            if alike:
                return self.ask_about(form, alike)
        kind, since = details.pop("kind"), details.pop("since")
        domain.relate(
            actor=self.actor,
            person=self.person,
            other=other,
            kind=kind,
            is_carer=False,
            since=since,
            details=details,
        )
        messages.success(self.request, _("They are on the record now."))
        return self.back()


class _OneRelationship(PersonAct):
    """A page about one relationship that somebody stands in to the person."""

    @cached_property
    def relationship(self) -> Relationship:
        found = Relationship.objects.filter(pk=self.kwargs["pk"])
        relationship = found.select_related("other").first()
        if relationship is None or not relationship.may_be_shown:
            raise Http404
        if relationship.until is not None and not self.has_typed():
            raise Http404
        return relationship

    def person_id(self) -> int:
        return self.relationship.person_id


class CorrectRelationship(_OneRelationship):
    """Put right how somebody stands to the person."""

    title = gettext_lazy("Correct a relationship")
    button = gettext_lazy("Save")

    def get_form_class(self) -> type[forms.LinkForm]:
        return forms.LinkForm if self.relationship.other_id else forms.ContactForm

    def get_initial(self) -> dict[str, Any]:
        names = ("version", *relating.CORRECTED)
        return {name: getattr(self.relationship, name) for name in names}

    def act(self, form: Any) -> str:
        relating.correct_relationship(
            actor=self.actor,
            relationship=self.relationship,
            details=form.cleaned_data,
            expected_version=form.cleaned_data["version"] or 0,
            chosen=self.chosen,
        )
        messages.success(self.request, _("The relationship was saved."))
        return self.back()


class EndRelationship(_OneRelationship):
    """Say that somebody does not stand so to the person any more."""

    form_class = forms.EndRelationshipForm
    template_name = "people/end_relationship.html"
    title = gettext_lazy("End a relationship")
    button = gettext_lazy("End it")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(relationship=self.relationship, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.relationship.version}

    def act(self, form: Any) -> str:
        if "until" not in self.keep_theirs:
            relating.end_relationship(
                actor=self.actor,
                relationship=self.relationship,
                until=form.cleaned_data["until"],
                today=timezone.localdate(),
                expected_version=self.seen_version(form),
            )
        return self.back()
