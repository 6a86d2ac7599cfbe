from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore

from alongside.web.design import context


@pytest.fixture
def clock(monkeypatch):
    hands = SimpleNamespace(now=1_000_000)
    monkeypatch.setattr(context, "time", lambda: hands.now)
    return hands


def test_asking_for_a_page_starts_the_session_again_but_writes_once_a_minute(clock, settings):
    settings.SESSION_COOKIE_AGE = 3600
    session = SessionStore()
    assert context.renew(session) == 3600
    session.modified = False
    clock.now += 59
    assert context.renew(session) == 3541
    assert not session.modified
    clock.now += 1
    assert context.renew(session) == 3600
    assert session.modified


def test_only_somebody_signed_in_is_warned_of_the_end_of_a_session(rf):
    request = rf.get("/")
    assert context.session_timeout(request) is None
    request.session = SessionStore()
    request.user = SimpleNamespace(is_authenticated=False)
    assert context.session_timeout(request) is None
    request.user = SimpleNamespace(is_authenticated=True)
    assert context.session_timeout(request).warning_seconds == 120


def test_an_unknown_choice_of_colours_or_size_is_the_default(rf):
    request = rf.get("/")
    request.COOKIES = {"alongside_theme": "dark", "alongside_text": '"><script>'}
    assert context.Display.of(request) == context.Display(theme="dark", text="standard")
