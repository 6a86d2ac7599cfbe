"""Pages on which an administrator adds a method and puts it in use: thin, the acts are in the domain."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from alongside.web.access.models import Agency
from alongside.web.access.pages import ActorPage
from alongside.web.budgets import domain, forms, queries
from alongside.web.budgets.method import example
from alongside.web.budgets.models import AllocationMethod, MethodInUse
from alongside.web.budgets.permissions import administers, may_change
from alongside.web.design.downloads import download
from alongside.web.drafts.pages import ActPage
from alongside.web.numerals import whole_number


class ForAdministrators(ActorPage, View):
    """A page for those who administer an agency, or may read all that its administrators do."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not administers(self.actor):
            raise PermissionDenied(_("Only an administrator of an agency sees its methods."))
        return super().dispatch(request, *args, **kwargs)


class Methods(ForAdministrators, TemplateView):
    """Which methods there are, and which is in use from which day in the reader's agencies."""

    template_name = "budgets/methods.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agencies = administers(self.actor)
        uses = queries.uses_of(agencies, timezone.localdate())
        methods, more = queries.methods(whole_number(self.request.GET.get("before", "")))
        return super().get_context_data(
            title=_("Methods"),
            in_use=[(agency, _rows(uses.get(agency.pk, []))) for agency in agencies],
            columns=[{"label": each} for each in (_("From"), _("Method"), _("Version"))],
            methods=methods,
            more=more,
            may_change=bool(may_change(self.actor)),
            **kwargs,
        )


class MethodFile(ForAdministrators):
    """The file of a method, with the digest that it was added with."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        from alongside.allocation.model import store

        method = _method(pk)
        return download(store.as_text(method.model), _name(method, ".json"), "application/json")


class DataSheet(ForAdministrators):
    """What a method was fitted on and what it must not be used for, as it was given."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        method = _method(pk)
        return download(
            method.data_sheet, _name(method, "-data-sheet.md"), "text/markdown; charset=utf-8"
        )


def _method(pk: int) -> AllocationMethod:
    found = queries.method(pk)
    if found is None:
        raise Http404
    return found


def _name(method: AllocationMethod, ending: str) -> str:
    """Name a file after its method, so that several can lie in one folder."""
    return f"{slugify(str(method).replace('.', '-'), allow_unicode=True) or 'method'}{ending}"


def _rows(uses: list[MethodInUse]) -> list[list[str]]:
    """Give what an agency uses, as the rows of a table: what ships, until a method of its own begins."""
    rows = [
        [date_format(each.since, "j F Y"), each.method.name, each.method.version] for each in uses
    ]
    if uses and uses[0].since <= timezone.localdate():
        return rows
    shipped = example()
    return [[_("Now"), _("The example that ships"), shipped.version], *rows]


class AdministratorPage(ActPage):
    """A form for those who may choose the method of an agency."""

    template_name = "budgets/method_act.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.agencies:
            raise PermissionDenied(_("Only an administrator of the agency chooses its method."))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def agencies(self) -> list[Agency]:
        return may_change(self.actor)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "agencies": self.agencies}


class AddMethod(AdministratorPage):
    """Add a version of a method, from its file."""

    form_class = forms.AddMethodForm
    title = gettext_lazy("Add a method")
    button = gettext_lazy("Add this method")

    def act(self, form: Any) -> str:
        given = form.cleaned_data
        method = domain.publish_method(
            actor=self.actor,
            agency_id=form.chosen.pk,
            name=given["name"],
            version=given["version"],
            content=given["model"],
            data_sheet=given["data_sheet"],
        )
        messages.success(self.request, _("%(method)s is added.") % {"method": method})
        return reverse("budgets:methods")


class UseMethod(AdministratorPage):
    """Put a method in use from a day on."""

    form_class = forms.UseMethodForm
    title = gettext_lazy("Put a method in use")
    button = gettext_lazy("Put it in use")

    @cached_property
    def method(self) -> AllocationMethod:
        return _method(self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(method=self.method, **kwargs)

    def act(self, form: Any) -> str:
        used = domain.put_method_in_use(
            actor=self.actor,
            agency_id=form.chosen.pk,
            method=self.method,
            since=form.cleaned_data["since"],
            today=timezone.localdate(),
        )
        words = {"method": used.method, "day": date_format(used.since, "j F Y")}
        messages.success(self.request, _("%(method)s is in use from %(day)s.") % words)
        return reverse("budgets:methods")
