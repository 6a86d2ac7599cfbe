"""Pages of the design system itself: how pages look, accessibility, and the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language

from alongside.web.design import forms
from alongside.web.design.context import (
    TEXT_COOKIE,
    TEXT_SIZES,
    THEME_COOKIE,
    THEMES,
    Display,
)
from alongside.web.design.fields import ChoiceField
from alongside.web.design.gallery import STATES, examples

if TYPE_CHECKING:
    from collections.abc import Callable

_A_YEAR = 365 * 24 * 60 * 60

language: Callable[[HttpRequest], HttpResponse] = login_not_required(set_language)


class PreferencesForm(forms.Form):
    """How somebody likes pages to look."""

    theme = ChoiceField(
        label=_("Colours"),
        choices=list(THEMES.items()),
        hints={"auto": _("Light or dark, as your phone or computer is set")},
    )
    text = ChoiceField(label=_("Size of text"), choices=list(TEXT_SIZES.items()))


def _next(request: HttpRequest) -> str:
    address = (
        request.POST.get("next") or request.GET.get("next") or request.headers.get("referer", "")
    )
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe and "/preferences/" not in address else "/"


@login_not_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Choose colours and size of text; kept in cookies on this device for a year."""
    shown = Display.of(request)
    form = PreferencesForm(
        request.POST if request.method == "POST" else None,
        initial={"theme": shown.theme, "text": shown.text},
    )
    if request.method == "POST" and form.is_valid():
        response = redirect(_next(request))
        for cookie, value in (
            (THEME_COOKIE, form.cleaned_data["theme"]),
            (TEXT_COOKIE, form.cleaned_data["text"]),
        ):
            response.set_cookie(
                cookie,
                value,
                max_age=_A_YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
        return response
    context = {"form": form, "next": _next(request)}
    return render(request, "design/preferences.html", context, status=422 if form.errors else 200)


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "design/accessibility.html")


@require_POST
def keep_alive(request: HttpRequest) -> JsonResponse:
    """Stay signed in: the session starts its time again."""
    request.session.modified = True
    return JsonResponse({"seconds": request.session.get_expiry_age()})


@login_not_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, on one page."""
    return render(request, "design/gallery.html", {"states": STATES, **examples()})


@login_not_required
@require_GET
def gallery_state(request: HttpRequest, state: str) -> HttpResponse:
    """A whole page in one state: a form with errors, an empty list, a page that was not found."""
    try:
        found = STATES[state]
    except KeyError:
        raise Http404 from None
    return render(request, found.template_name, found.context(), status=found.status)
