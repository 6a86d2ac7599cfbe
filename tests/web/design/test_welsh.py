"""The gallery in Welsh. That every sentence has its Welsh is proved for all apps in tests/web."""

from __future__ import annotations

import pytest

from support.axe import assert_accessible, assert_fits


@pytest.mark.parametrize("address", ["/design/states/form-errors/", "/design/states/person/"])
def test_pages_in_welsh_are_accessible_and_fit_a_phone(page, context, gallery, address):
    context.add_cookies([{"name": "django_language", "value": "cy", "url": gallery}])
    page.goto(gallery + address)
    assert page.locator("html").get_attribute("lang") == "cy"
    assert_accessible(page, state=f"{address} in Welsh", themes=("light",))
    assert_fits(page)
