"""Addresses of the design system by itself, with a place to save drafts that keeps them in memory."""

from django.http import HttpRequest, JsonResponse
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


urlpatterns = [
    path("design/", include("alongside.web.design.urls")),
    path("drafts/example", save),
    path("drafts/saved", saved),
]
