"""The log as a page, and as a file."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from alongside.web.access.models import Agency
from alongside.web.access.pages import ActorPage
from alongside.web.audit.domain import record_view
from alongside.web.design.downloads import download_in_parts
from alongside.web.governance import presenting, queries
from alongside.web.governance.copying import MOST, as_csv
from alongside.web.governance.forms import LogForm
from alongside.web.governance.permissions import governed_by
from alongside.web.governance.queries import Wanted

PLACES = ("before", "after")


class Log(ActorPage, TemplateView):
    """What was done and looked at in the records of an agency, the newest first."""

    template_name = "governance/log.html"
    agencies: list[Agency]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.agencies = governed_by(self.actor)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self) -> LogForm:
        return LogForm(self.agencies, self.request.GET)

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as an address says it."""
        given = self.request.GET.dict().items()
        # A day has three boxes, each named after it.
        return {
            name: str(typed)
            for name, typed in given
            if typed and name.partition("_")[0] in self.form.fields
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("The log"),
            form=self.form,
            agency=self.form.agency,
            **(self.shown() if self.form.is_valid() else {}),
            **kwargs,
        )

    def shown(self) -> dict[str, Any]:
        """Give the lines that are asked for, and write down that somebody looked."""
        wanted = self.form.wanted()
        page = queries.page(wanted, **{name: self.place(name) for name in PLACES})
        who = queries.who_acted(wanted.agency, page.lines)
        names = queries.may_be_opened(page.lines)
        self.remember(wanted, "log")
        return {
            "valid": True,
            "asked": presenting.asked(wanted, self.form.cleaned_data["who"]),
            "columns": presenting.columns(),
            "rows": [presenting.row(line, who, names) for line in page.lines],
            "newer": self.address(after=page.newer) if page.newer else "",
            "older": self.address(before=page.older) if page.older else "",
            "file": f"{reverse('governance:log_as_file')}?{urlencode(self.asked)}",
            "most": MOST,
        }

    def place(self, name: str) -> queries.Place | None:
        """Read where a page beside this one ended."""
        return queries.place_of(self.request.GET.get(name, ""))

    def address(self, **place: Any) -> str:
        """Give the address of another page of the same list."""
        return f"?{urlencode({**self.asked, **place})}"

    def remember(self, wanted: Wanted, part: str) -> None:
        """Write down that somebody looked: at the log of one record, or at the agency's."""
        record_view(
            self.actor,
            person_id=wanted.person_id,
            held_by_id=wanted.agency.pk,
            part=part,
            because="governance",
        )


class LogAsFile(Log):
    """What the log shows, as a file for a spreadsheet."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.form.is_valid():
            return redirect(f"{reverse('governance:log')}?{urlencode(self.asked)}")
        wanted = self.form.wanted()
        self.remember(wanted, "log_copy")
        name = f"log-{timezone.localdate().isoformat()}.csv"
        return download_in_parts(as_csv(self.actor.user, wanted), name, "text/csv; charset=utf-8")
