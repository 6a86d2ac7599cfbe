"""Where pages send what is being typed, every few seconds and before they close."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.web.drafts import domain


def _form_path(request: HttpRequest) -> str:
    path = request.GET.get("form", "")
    allowed = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/")
    return path if allowed else ""


@require_POST
def save(request: HttpRequest) -> JsonResponse:
    """Keep the posted fields as the draft of the form named in the address."""
    if not (path := _form_path(request)):
        return JsonResponse({"problem": _("This form cannot be kept as a draft.")}, status=400)
    try:
        domain.save_draft(request.user.pk, path, dict(request.POST.lists()))
    except domain.DraftTooLarge as problem:
        return JsonResponse({"problem": str(problem)}, status=413)
    return JsonResponse({"saved_at": timezone.localtime().strftime("%H:%M")})


save.kept_as = _form_path  # type: ignore[attr-defined]


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the draft away and show the form as it is without it."""
    path = _form_path(request)
    domain.discard_draft(request.user.pk, path, dict(request.POST.lists()))
    return redirect(path or "/")
