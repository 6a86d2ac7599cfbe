"""Pages of the site itself: what an address says that has nothing to show, and where the source code is."""

from __future__ import annotations

import inspect
import io
import tarfile

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver

from alongside.web.site import source, views
from support.cast import PASSWORD

pytestmark = pytest.mark.django_db

BUTTONS = [
    "/alerts/1/end/",
    "/conversations/1/complete/",
    "/conversations/1/take-up/",
    "/drafts/discard?form=/",
    "/drafts/save?form=/",
    "/design/keep-alive/",
]


@pytest.mark.parametrize("address", BUTTONS)
def test_an_address_behind_a_button_says_what_to_do(signed_in, address):
    page = signed_in("sam").get(address)
    assert page.status_code == 405
    assert "press it again" in page.text
    assert "POST" in page.headers["Allow"]


def test_an_address_behind_a_button_speaks_welsh(signed_in):
    page = signed_in("sam").get("/alerts/1/end/", headers={"accept-language": "cy"})
    assert "pwyswch ef eto" in page.text


def test_a_page_that_is_only_read_takes_nothing(signed_in):
    page = signed_in("sam").post("/account/email/", {"action_add": "", "email": "x@example.org"})
    assert page.status_code == 405


def test_everybody_can_have_the_source_code_of_what_runs(client):
    assert 'href="/source/"' in client.get("/account/login/").text
    assert "free software" in client.get("/source/").text
    packed = client.get("/source/download/")
    assert packed.headers["Content-Disposition"] == f'attachment; filename="{source.NAME}.tar.gz"'
    with tarfile.open(fileobj=io.BytesIO(packed.content)) as tar:
        names = {name.removeprefix(f"{source.NAME}/") for name in tar.getnames()}
        licence = tar.extractfile(f"{source.NAME}/LICENSE").read()
    assert b"AFFERO" in licence
    for part in ("Makefile", "package-lock.json", "src/alongside/cli/__init__.py", "frontend"):
        assert any(name == part or name.startswith(f"{part}/") for name in names)
    kept_back = ("var", ".venv", "node_modules", ".git")
    assert not [name for name in names if name.split("/")[0] in kept_back or "__pycache__" in name]


def test_a_changed_version_says_where_its_source_code_is(client, settings):
    settings.SOURCE_URL = "https://code.council.example/alongside"
    assert client.get("/source/").url == "https://code.council.example/alongside"


def test_the_address_one_signs_in_with_is_shown_and_not_ones_own_to_change(signed_in):
    client = signed_in("sam")
    page = client.get("/account/email/").text
    assert "You sign in as sam@example.org." in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    welsh = client.get("/account/email/", headers={"accept-language": "cy"}).text
    assert "Rydych yn mewngofnodi fel sam@example.org." in welsh


@pytest.mark.parametrize(
    "address",
    ["confirm-email/", "confirm-email/a-key/", "login/code/confirm/", "3rdparty/"],
)
def test_what_the_sign_in_library_offers_and_an_agency_does_not_is_not_there(signed_in, address):
    assert signed_in("sam").get(f"/account/{address}").status_code == 404


def test_somebody_without_a_password_chooses_one_in_the_platforms_own_words(signed_in, cast):
    cast.lena.set_unusable_password()
    cast.lena.save()
    client = signed_in("lena")
    page = client.get("/account/password/change/", follow=True)
    assert "Choose a password" in page.text
    assert "At least 12 characters" in page.text
    new = "rhubarb lantern quartz"
    client.post("/account/password/set/", {"password1": new, "password2": new})
    cast.lena.refresh_from_db()
    assert cast.lena.check_password(new)
    assert not cast.lena.check_password(PASSWORD)


def test_a_full_disk_is_told_as_what_it_is(rf, cast):
    request = rf.post("/people/add/", {"given_name": "Zoë <b>", "csrfmiddlewaretoken": "x"})
    request.user = cast.sam
    full = "DO $$BEGIN RAISE 'No space left on device' USING ERRCODE = 'disk_full'; END$$"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(full)
    except DatabaseError:
        page = views.fault(request)
    assert page.status_code == 507
    said = page.content.decode()
    assert "disk that records are kept on is full" in said
    assert '<input type="hidden" name="given_name" value="Zoë &lt;b&gt;">' in said
    assert 'action="/people/add/"' in said


def test_a_fault_keeps_what_was_typed_and_never_a_password(rf, cast):
    for address, kept in (("/people/add/", True), ("/account/login/", False)):
        request = rf.post(address, {"words": "I typed this"})
        request.user = cast.sam
        page = views.fault(request)
        assert page.status_code == 500
        assert ("I typed this" in page.content.decode()) == kept


def test_whoever_tries_too_often_to_sign_in_is_told_to_wait_in_a_page_of_the_platforms(
    client, cast, settings
):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _try in range(3):
        page = client.post("/account/login/", {"login": "sam@example.org", "password": "wrong"})
    assert page.status_code == 429
    assert "Wait five minutes" in page.text
    assert "Alongside" in page.text


def routes(resolver: URLResolver) -> list[URLPattern]:
    below = [part for part in resolver.url_patterns if isinstance(part, URLResolver)]
    here = [part for part in resolver.url_patterns if isinstance(part, URLPattern)]
    return here + [route for part in below for route in routes(part)]


def test_no_page_owes_an_act():
    pages = [getattr(route.callback, "view_class", None) for route in routes(get_resolver())]
    assert len(pages) > 100
    assert not [page for page in pages if page and inspect.isabstract(page)]


def test_the_frameworks_own_checks_find_nothing_wrong():
    assert run_checks() == []
