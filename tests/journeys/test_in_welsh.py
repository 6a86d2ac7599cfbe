"""The first pages of the service, in Welsh, in a browser."""

from __future__ import annotations

import re

from support.axe import assert_accessible, assert_fits
from support.cast import PASSWORD


def test_a_reader_of_welsh_chooses_it_signs_in_and_finds_their_way(page, live):
    page.goto(f"{live.url}/account/login/")
    page.get_by_role("button", name="Cymraeg").click()
    page.get_by_role("heading", name="Mewngofnodi").wait_for()
    assert page.locator("html").get_attribute("lang") == "cy"
    assert_accessible(page, "sign in, in Welsh")
    assert_fits(page)

    page.get_by_label("Cyfeiriad e-bost").fill("sam@example.org")
    page.get_by_label("Cyfrinair", exact=True).fill("not this one")
    page.get_by_role("button", name="Mewngofnodi", exact=True).click()
    page.get_by_role("heading", name="Mae problem").wait_for()
    assert page.get_by_text("Nid yw’r cyfeiriad e-bost neu’r cyfrinair").first.is_visible()

    page.get_by_label("Cyfrinair", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Mewngofnodi", exact=True).click()
    page.get_by_role("heading", name="Fy ngwaith", level=1).wait_for()
    assert_accessible(page, "my work, in Welsh")
    assert_fits(page)

    page.get_by_role("button", name="Ychwanegu person").click()
    page.get_by_role("button", name=re.compile("Ychwanegu’r person hwn")).click()
    page.get_by_role("heading", name="Mae problem").wait_for()
    assert_accessible(page, "adding a person with nothing typed, in Welsh")
    assert_fits(page)
