"""Everything needs a signed-in user unless it says otherwise, and being signed out loses no typing."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from alongside.web.drafts.domain import rescue_posted


class SignedIn(LoginRequiredMiddleware):
    """Sends whoever is not signed in to do so, after keeping what they had just posted."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if rescue_posted(request):
            messages.info(
                request, _("You were signed out. What you typed is kept: sign in to go on with it.")
            )
        elif request.method == "POST" and request.headers.get("X-Requested-With") != "autosave":
            # Whoever signs out in another tab leaves no name by which to keep it here.
            messages.warning(
                request, _("You were signed out before this could be saved. Sign in to go on.")
            )
        return super().handle_no_permission(request, view_func)
