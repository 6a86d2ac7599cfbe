"""Everything needs a signed-in user unless it says otherwise, and being signed out loses no typing."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from alongside.web.drafts.domain import rescue_posted, saves_itself


class SignedIn(LoginRequiredMiddleware):
    """Sends whoever is not signed in to do so, after keeping what they had just posted to a form that keeps it."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        form = _form_of(view_func, request)
        if form and rescue_posted(request, form):
            _say_once(
                request, _("You were signed out. What you typed is kept: sign in to go on with it.")
            )
        elif request.method == "POST" and not saves_itself(request):
            # Whoever signs out in another tab leaves no name by which to keep it here.
            messages.warning(
                request, _("You were signed out before this could be saved. Sign in to go on.")
            )
        if saves_itself(request):
            # Without this Django would take the name of the ended session from the browser, and what is
            # sent when the button is pressed could not be kept for anybody.
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return super().handle_no_permission(request, view_func)


def _form_of(view_func: Callable[..., HttpResponseBase], request: HttpRequest) -> str:
    """Give the form that a view keeps what is typed of; nothing for a button, or where passwords are typed."""
    view = getattr(view_func, "view_class", view_func)
    return str(view.kept_as(request)) if hasattr(view, "kept_as") else ""


def _say_once(request: HttpRequest, sentence: str) -> None:
    """Say a sentence at the next page, once, however often a page that stays open saves itself."""
    waiting = messages.get_messages(request)
    said = {str(each) for each in waiting}
    waiting.used = False
    if sentence not in said:
        messages.info(request, sentence)
