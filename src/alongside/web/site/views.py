"""Pages of the site itself: its state, and what it says when something cannot be done."""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import alongside
from alongside.web.access.permissions import AnotherAgencys, NobodyMay
from alongside.web.site import source

log = structlog.get_logger("alongside.site")

PLAIN_FAULT = (
    '<!DOCTYPE html><html lang="en-GB"><title>Something went wrong – Alongside</title>'
    "<h1>Something went wrong</h1><p>This is a fault of ours. What you had saved is safe. "
    "Try again in a few minutes.</p></html>"
)


@login_not_required
def health(_request: HttpRequest) -> JsonResponse:
    """Say that the platform and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


@login_not_required
@require_safe
def source_code(request: HttpRequest) -> HttpResponse:
    """Say under which licence the platform may be used, and where its source code is."""
    if settings.SOURCE_URL:
        return HttpResponseRedirect(settings.SOURCE_URL)
    return render(request, "site/source.html", {"version": alongside.__version__})


@login_not_required
@require_safe
def source_archive(_request: HttpRequest) -> HttpResponse:
    """Give the source code of what runs here."""
    response = HttpResponse(source.archive(), content_type="application/gzip")
    response["Content-Disposition"] = f'attachment; filename="{source.NAME}.tar.gz"'
    return response


@require_safe
def own_address(request: HttpRequest) -> HttpResponse:
    """Show the address that somebody signs in with. It is their agency's to change."""
    return render(request, "account/email.html")


def bad_request(request: HttpRequest, *_given: Any, **_reason: Any) -> HttpResponse:
    """Answer what cannot be understood."""
    return render(request, "400.html", status=400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say why not, when the one who refused gave a sentence."""
    instead = exception.instead if isinstance(exception, NobodyMay) else ""
    anothers = isinstance(exception, AnotherAgencys)
    told = {"reason": str(exception or ""), "instead": instead, "anothers": anothers}
    return render(request, "403.html", told, status=403)


def not_found(request: HttpRequest, *_given: Any, **_reason: Any) -> HttpResponse:
    """Answer that there is nothing to see, whether or not there is something."""
    return render(request, "404.html", status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """Admit a fault of the platform's own, in plain words even when no page can be drawn."""
    full = _disk_is_full(sys.exc_info()[1])
    if full:
        log.error("The disk of the database is full: make room on it")
    status = HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.INTERNAL_SERVER_ERROR
    try:
        return render(request, f"{status:d}.html", {"typed": _typed(request)}, status=status)
    except Exception:
        log.exception("The page for faults could not be drawn")
        return HttpResponse(PLAIN_FAULT, status=500)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Give what was typed into a form, so that a page can send it again; never a password."""
    if request.path.startswith("/account/"):
        return []
    kept = (
        (name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
    )
    return [(name, str(value)) for name, values in kept for value in values]


def _disk_is_full(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, psycopg.errors.DiskFull):
        error = error.__cause__
    return error is not None


def form_expired(request: HttpRequest, **_reason: Any) -> HttpResponse:
    """Answer a form whose protection has run out: what was typed can be sent again."""
    return render(request, "form_expired.html", status=403)
