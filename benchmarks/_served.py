"""The platform's own server with one page more, which has nothing in it: the floor that pages stand on."""

from __future__ import annotations

from alongside.web.site.wsgi import application

__all__ = ["application"]

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from alongside.web.site import urls


def bare(request: HttpRequest) -> HttpResponse:
    """Give the layout that every page has, signed in, with nothing in it."""
    return render(request, "design/base.html", {"title": "Bare"})


@login_not_required
def empty(_request: HttpRequest) -> HttpResponse:
    """Give two letters: what Django itself costs."""
    return HttpResponse("ok")


urls.urlpatterns.extend([path("bench/bare/", bare), path("bench/empty/", empty)])
