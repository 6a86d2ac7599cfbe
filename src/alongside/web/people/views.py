"""My work, finding people, and a person's page: thin, the acts are in the domain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from alongside.web.access.actor import Actor
from alongside.web.access.permissions import check_may_write
from alongside.web.drafts.pages import ActPage
from alongside.web.drafts.refusals import Refused
from alongside.web.numerals import whole_number
from alongside.web.people import deaths, domain, forms, journey, queries
from alongside.web.people.asked import understand
from alongside.web.people.links import links_of
from alongside.web.people.models import Alert, Person
from alongside.web.people.notices import notices_of
from alongside.web.people.openings import openings_of, work_of
from alongside.web.people.pages import PersonPage, WriterPage
from alongside.web.people.permissions import has_work, may_add, may_find
from alongside.web.people.work import LABELS, items_of, present


class MyWork(TemplateView):
    """What is due, what came back, what is new, and the people one works with."""

    template_name = "people/my_work.html"
    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor: Actor = self.request.actor
        today = timezone.localdate()
        people, more = queries.people_of(actor, self.request.GET.get("before", ""))
        return super().get_context_data(
            title=_("My work"),
            groups=present(queries.my_work(actor, today), today),
            days=(queries.due_soon(today) - today).days,
            people=people,
            more=more,
            may_find=may_find(actor),
            may_add=may_add(actor),
            has_work=has_work(actor),
            works=work_of(actor),
            openings=openings_of(actor),
            **kwargs,
        )


class WorkOfAKind(TemplateView):
    """All that waits for one, of one kind, a page at a time: also what is due a long way off."""

    template_name = "people/work.html"
    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.kwargs["kind"]
        if kind not in LABELS:
            raise Http404
        items, place = queries.work_of_kind(
            self.request.actor, kind, self.request.GET.get("after", "")
        )
        return super().get_context_data(
            title=LABELS[kind],
            items=items_of(items, timezone.localdate()),
            next_href=f"?{urlencode({'after': place})}" if place else "",
            **kwargs,
        )


def find(request: Any) -> HttpResponse:
    """Find a person by name, date of birth, NHS number or council number."""
    text = request.GET.get("q", "").replace("\x00", "")[:200].strip()
    page = queries.look_up(request.actor, text, request.GET.get("after", ""))
    asked = understand(text, timezone.localdate())
    context = {
        "title": _("Find a person"),
        "q": text,
        "may_add": may_add(request.actor),
        "found": page.found,
        "asked": asked,
        "columns": [_("Name"), _("Born"), _("Postcode"), _("Numbers")],
        "next_href": f"?{urlencode({'q': text, 'after': page.next})}" if page.next else "",
        "error": _("Type a name, a date of birth or a number.")
        if "q" in request.GET and asked.nothing
        else "",
    }
    return render(request, "people/find.html", context)


class ShowPerson(PersonPage, TemplateView):
    """A person's page: who they are, who is around them, and what has happened so far."""

    template_name = "people/show.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person
        around, entries = queries.around(person.pk), journey.entries(person.pk)
        return super().get_context_data(
            title=person.full_name,
            entries=entries,
            together=journey.seen_together(person, entries),
            starts=journey.may_be_started(self.actor, person),
            around=around,
            links=links_of(self.actor, person),
            notices=notices_of(person),
            **kwargs,
        )


class AskingWho(ActPage):
    """A page that looks whether somebody is known here already, and asks."""

    def ask_about(self, form: Any, alike: list[Person]) -> HttpResponse:
        """Show the people who may be the same one; what was typed stays in the form."""
        context = self.get_context_data(
            form=form, duplicates=alike, confirm=forms.NotADuplicateForm()
        )
        return self.render_to_response(context, status=422)


class AddPerson(AskingWho):
    """Add a person, after a look whether they are here already."""

    form_class = forms.AddPersonForm
    template_name = "people/add.html"
    title = gettext_lazy("Add a person")
    button = gettext_lazy("Add this person")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_add(self.actor):
            raise PermissionDenied(_("Only practitioners and managers add people."))
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: Any) -> HttpResponse | str:
        duplicates = self.duplicates(form)
        if duplicates and not self.request.POST.get("not_a_duplicate"):
            return self.ask_about(form, duplicates)
        person = self.add(form)
        messages.success(self.request, _("%(name)s was added.") % {"name": person.full_name})
        return reverse("people:show", args=[person.pk])

    def add(self, form: Any) -> Person:
        """Add the person with everything that was typed."""
        typed = form.cleaned_data
        return domain.add_person(
            actor=self.actor,
            details=form.details(),
            numbers={"nhs": typed["nhs_number"], "council": typed["council_number"]},
            address={"lines": typed["address_lines"], "postcode": typed["postcode"]},
            today=timezone.localdate(),
        )

    def duplicates(self, form: Any) -> list[Person]:
        """Give the people who may be the one being added."""
        details = form.details()
        return queries.possible_duplicates(
            self.actor,
            given=details["given_name"],
            family=details["family_name"],
            preferred=details["preferred_name"],
            born_on=details["born_on"],
            born_precision=details["born_precision"],
            nhs=form.cleaned_data["nhs_number"],
        )


class Linking(PersonPage, AskingWho):
    """A page on which somebody who is known already can be linked instead of written down again."""

    link_label: Any = ""

    def linked(self) -> Person | None:
        """Give the person whose record is to be linked; ``None`` when none was chosen."""
        typed = self.request.POST.get("link")
        if typed is None:
            return None
        person = Person.objects.filter(pk=whole_number(typed)).first()
        if person is None:
            raise Refused(_("That record is not there any more. Find the person again."))
        return person

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(link_label=self.link_label, **kwargs)


class AddCarer(Linking, AddPerson):
    """Add a carer, with a record of their own, and link them to the person."""

    form_class = forms.AddCarerForm
    title = gettext_lazy("Add a carer")
    button = gettext_lazy("Add this carer")
    link_label = gettext_lazy("This is the carer: link this record")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        check_may_write(self.actor, self.person.held_by_id)
        return super().dispatch(request, *args, **kwargs)

    def add(self, form: Any) -> Person:
        return domain.add_carer(
            actor=self.actor,
            person=self.person,
            relationship=form.cleaned_data["relationship"],
            details=form.details(),
            numbers={
                "nhs": form.cleaned_data["nhs_number"],
                "council": form.cleaned_data["council_number"],
            },
            address={
                "lines": form.cleaned_data["address_lines"],
                "postcode": form.cleaned_data["postcode"],
            },
            today=timezone.localdate(),
        )

    def act(self, form: Any) -> HttpResponse | str:
        carer = self.linked()
        if carer is None:
            return super().act(form)
        domain.link_carer(
            actor=self.actor,
            person=self.person,
            carer=carer,
            relationship=form.cleaned_data["relationship"],
        )
        return reverse("people:show", args=[self.person.pk])

    def duplicates(self, form: Any) -> list[Person]:
        """Leave out the person themselves: a son may bear his father's name."""
        return [other for other in super().duplicates(form) if other.pk != self.person.pk]


class PersonAct(WriterPage, ActPage):
    """A page with one act on one person's record."""

    def back(self) -> str:
        """Give the address of the person's page."""
        return reverse("people:show", args=[self.person.pk])


class ChangeDetails(PersonAct):
    """Change how a person is recorded."""

    form_class = forms.DetailsForm
    title = gettext_lazy("Change details")
    button = gettext_lazy("Save")

    def get_initial(self) -> dict[str, Any]:
        person = self.person
        initial = {name: getattr(person, name) for name in domain.DETAILS}
        return {**initial, "version": person.version, "born": person.born,
            "born_estimated": person.born_is_estimated}  # fmt: skip

    def act(self, form: Any) -> str:
        domain.change_details(
            actor=self.actor,
            person=self.person,
            details=form.changes(self.person),
            expected_version=form.cleaned_data["version"] or 0,
            chosen=self.chosen,
        )
        messages.success(self.request, _("The details were saved."))
        return self.back()


class RecordDeath(PersonAct):
    """Record that a person has died."""

    form_class = forms.DeathForm
    template_name = "people/death.html"
    title = gettext_lazy("Record a death")
    button = gettext_lazy("Record it")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the page that puts it right where a death is recorded already."""
        if self.person.died_on:
            return redirect("people:correct_death", self.person.pk)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.person.version}

    def act(self, form: Any) -> str:
        if "died_on" not in self.keep_theirs:
            deaths.record_death(
                actor=self.actor,
                person=self.person,
                died_on=form.cleaned_data["died_on"],
                today=timezone.localdate(),
                expected_version=self.seen_version(form) or 0,
            )
        return self.back()


class CorrectDeath(PersonAct):
    """Put right what is recorded of a death."""

    form_class = forms.CorrectDeathForm
    template_name = "people/correct_death.html"
    title = gettext_lazy("Correct the record of a death")
    button = gettext_lazy("Put it right")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead back to the person's page where no death is recorded."""
        if not self.person.died_on:
            return redirect(self.back())
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.person.version, "died_on": self.person.died_on}

    def act(self, form: Any) -> str:
        if "died_on" not in self.keep_theirs:
            deaths.correct_death(
                actor=self.actor,
                person=self.person,
                died_on=form.cleaned_data["died_on"],
                today=timezone.localdate(),
                expected_version=self.seen_version(form) or 0,
            )
            messages.success(self.request, _("The record was put right."))
        return self.back()


class AddAlert(PersonAct):
    """Add something that must be known before ringing or visiting."""

    form_class = forms.AlertForm
    title = gettext_lazy("Add an alert")
    button = gettext_lazy("Add this alert")

    def act(self, form: Any) -> str:
        domain.add_alert(
            actor=self.actor,
            person=self.person,
            text=form.cleaned_data["text"],
            since=timezone.localdate(),
        )
        return self.back()


class Move(PersonAct):
    """Record a new address."""

    form_class = forms.MoveForm
    title = gettext_lazy("Record a move")
    button = gettext_lazy("Save this address")

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.card.address["id"] if self.card.address else 0}

    def act(self, form: Any) -> str:
        if "lines" not in self.keep_theirs:
            domain.move(
                actor=self.actor,
                person=self.person,
                since=form.cleaned_data["since"],
                expected=self.seen_version(form),
                address=form.cleaned_data,
            )
        return self.back()


class AddNumber(PersonAct):
    """Add a number by which the person is known."""

    form_class = forms.NumberForm
    title = gettext_lazy("Add a number")
    button = gettext_lazy("Add this number")

    def act(self, form: Any) -> str:
        domain.add_number(
            actor=self.actor,
            person=self.person,
            scheme=form.cleaned_data["scheme"],
            value=form.cleaned_data["value"],
        )
        return self.back()


@require_POST
def end_alert(request: Any, alert_id: int) -> HttpResponse:
    """End an alert; it stays in the history."""
    alert = Alert.objects.filter(pk=alert_id).first()
    if alert is None:
        raise Http404
    domain.end_alert(actor=request.actor, alert=alert, until=timezone.localdate())
    return redirect("people:show", alert.person_id)
