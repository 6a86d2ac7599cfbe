"""Addresses of the design system by itself, with a place to save drafts that keeps them in memory."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.http import require_POST

SAVED: dict[str, list[str]] = {}


@require_POST
def save(request: HttpRequest) -> JsonResponse:
    SAVED.clear()
    SAVED.update(dict(request.POST.lists()))
    return JsonResponse({"saved_at": "14:05"})


def saved(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(SAVED)


@require_POST
def out(_request: HttpRequest) -> HttpResponse:
    return redirect("design:accessibility")


urlpatterns = [
    path("design/", include("alongside.web.design.urls")),
    path("drafts/example", save),
    path("drafts/saved", saved),
    path("out/", out, name="account_logout"),
]
