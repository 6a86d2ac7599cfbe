"""Signing in through an agency's own identity provider: what is configured, and who comes in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.test import override_settings

from alongside.web.site.middleware import SafeHeaders
from alongside.web.site.openid import NAMES, NotConfigured, origin, providers

WHOLE = dict(
    zip(
        NAMES,
        ("Northtown Council", "alongside", "s3cret", "https://login.example.gov.uk/t/1"),
        strict=True,
    )
)


def test_without_the_variables_there_is_no_provider():
    assert providers({}) == {}


def test_four_variables_make_one_provider():
    (app,) = providers(WHOLE)["openid_connect"]["APPS"]
    assert (app["name"], app["client_id"], app["secret"]) == (
        "Northtown Council", "alongside", "s3cret",
    )  # fmt: skip
    assert app["settings"]["server_url"] == "https://login.example.gov.uk/t/1"


@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_a_provider_is_refused_and_the_missing_part_named(name):
    with pytest.raises(NotConfigured, match=name):
        providers({**WHOLE, name: " "})


@pytest.mark.parametrize("address", ["login.example", "http://login.example", "javascript:1"])
def test_an_address_that_is_not_safe_is_refused(address):
    with pytest.raises(NotConfigured, match="https://"):
        providers({**WHOLE, "ALONGSIDE_OIDC_SERVER_URL": address})


def test_forms_may_go_to_the_provider_and_nowhere_else(rf):
    with override_settings(FORMS_MAY_GO_TO=[origin(WHOLE["ALONGSIDE_OIDC_SERVER_URL"])]):
        from django.http import HttpResponse

        answer = SafeHeaders(lambda _request: HttpResponse())(rf.get("/"))
    assert answer.headers["Content-Security-Policy"].endswith(
        "form-action 'self' https://login.example.gov.uk"
    )


@pytest.mark.django_db
def test_the_sign_in_page_offers_the_provider_by_name(client, cast):
    assert "Northtown Council" not in client.get("/account/login/").text
    with override_settings(SOCIALACCOUNT_PROVIDERS=providers(WHOLE)):
        page = client.get("/account/login/").text
        assert "Northtown Council" in page
        assert "/account/oidc/agency/login/" in page


def somebody_from_the_provider(rf, address, *, verified=True):
    """A sign-in that the provider sends, looked up as the library does."""
    from allauth.core import context

    says = {"sub": "1", "name": "Sam", "email": address, "email_verified": verified}
    request = rf.get("/")
    with context.request_context(request), override_settings(
        SOCIALACCOUNT_PROVIDERS=providers(WHOLE)
    ):  # fmt: skip
        provider = get_adapter().get_provider(request, "agency")
        login = provider.sociallogin_from_response(request, {"userinfo": says})
        login.lookup()
        may_sign_up = get_adapter().is_open_for_signup(request, login)
    return login, may_sign_up


def comes_in(rf, address):
    """Who is signed in after a provider's whole answer."""
    from allauth.core import context

    says = {"sub": "1", "name": "Sam", "email": address, "email_verified": True}
    request = rf.get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    request.allauth = SimpleNamespace()
    request._messages = FallbackStorage(request)
    with context.request_context(request), override_settings(
        SOCIALACCOUNT_PROVIDERS=providers(WHOLE)
    ):  # fmt: skip
        provider = get_adapter().get_provider(request, "agency")
        login = provider.sociallogin_from_response(request, {"userinfo": says})
        complete_login(request, login)
    return request.user


@pytest.mark.django_db
def test_who_has_an_account_comes_in_by_an_address_that_the_provider_vouches_for(rf, cast):
    login, _ = somebody_from_the_provider(rf, "sam@example.org")
    assert login.user == cast.sam


@pytest.mark.django_db
def test_a_password_from_before_ends_when_somebody_first_comes_in_through_the_provider(rf, cast):
    assert comes_in(rf, "sam@example.org") == cast.sam
    cast.sam.refresh_from_db()
    assert not cast.sam.has_usable_password()


@pytest.mark.django_db
def test_coming_in_through_the_provider_writes_no_second_address(rf, cast):
    assert comes_in(rf, "sam@example.org") == cast.sam
    assert comes_in(rf, "sam@example.org") == cast.sam
    assert SocialAccount.objects.get().user == cast.sam
    assert not EmailAddress.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "verified"), [("stranger@example.org", True), ("sam@example.org", False)]
)
def test_a_stranger_or_an_address_that_nobody_vouches_for_stays_outside(
    rf, cast, address, verified
):
    login, may_sign_up = somebody_from_the_provider(rf, address, verified=verified)
    assert not login.is_existing
    assert not may_sign_up


def test_nobody_makes_an_account_through_the_provider():
    assert settings.SOCIALACCOUNT_AUTO_SIGNUP is False
