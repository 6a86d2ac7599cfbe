"""Where pages send what is being typed, every few seconds and before they close."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.web.drafts import domain


def _form_path(request: HttpRequest) -> str:
    path = request.GET.get("form", "")
    allowed = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/")
    return path if allowed else ""


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    today = local.date() == timezone.localdate()
    return local.strftime("%H:%M") if today else date_format(local, "j F, H:i")


@require_POST
def save(request: HttpRequest) -> JsonResponse:
    """Keep the posted fields as the draft of the form named in the address."""
    if not (path := _form_path(request)):
        return JsonResponse({"problem": _("This form cannot be kept as a draft.")}, status=400)
    typed, user_id = dict(request.POST.lists()), request.user.pk
    try:
        domain.save_draft(user_id, path, typed)
    except domain.DraftTooLarge as problem:
        return JsonResponse({"problem": str(problem)}, status=413)
    other = domain.find_other(user_id, path, domain.page_of(typed))
    apart = {"other_at": _moment(other.saved_at)} if other else {}
    return JsonResponse({"saved_at": timezone.localtime().strftime("%H:%M"), **apart})


save.kept_as = _form_path  # type: ignore[attr-defined]


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the draft away and show the form as it is without it."""
    path = _form_path(request)
    domain.discard_draft(request.user.pk, path, dict(request.POST.lists()))
    return redirect(path or "/")
