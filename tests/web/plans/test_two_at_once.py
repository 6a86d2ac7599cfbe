"""Two people write one plan: the second reads who was first, and when, and both versions in plain words."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from alongside.web.audit.models import Event
from alongside.web.people.queries import last_to
from alongside.web.plans import domain
from support.browser_forms import typed_form
from support.page_forms import read
from support.plans import add_person, home_care, write_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(acting):
    with acting("sam") as sam:
        return write_plan(sam, add_person(sam))


def when(event):
    at = timezone.localtime(event.at)
    return f"on {date_format(at, 'j F Y')} at {date_format(at, 'H:i')}"


def last_event(acting, act):
    with acting("sam"):
        return Event.objects.filter(act=act).latest("pk")


def change_line(acting, by, line, **values):
    with acting(by) as actor:
        line.refresh_from_db()
        domain.change_line(actor=actor, line=line, values=values, expected_version=line.version)


def test_a_conflict_names_who_changed_this_line_first_and_not_who_changed_another(
    draft, acting, signed_in
):
    with acting("sam") as sam:
        line = draft.lines.get()
        other = domain.add_line(actor=sam, plan=draft, values=home_care("1"))
    change_line(acting, "victor", line, action="Theirs")
    first = last_event(acting, "plans.change_line")
    change_line(acting, "priya", other, action="Something else")
    page = signed_in("sam").post(
        reverse("plans:change_line", args=[draft.pk, line.pk]),
        {**typed_line(), "action": "Mine", "version": "1"},
    )
    assert page.status_code == 409
    assert f"Victor saved changes first, {when(first)}." in page.text
    assert "Priya" not in page.text


def form_boxes(page):
    return next(form for form in read(page.text).forms if "version" in form.boxes).boxes


def hidden(page):
    """Give what a page carries along unseen: the version that it shows, and what it asks about."""
    carried = {name: box.shown for name, box in form_boxes(page).items() if box.kind == "hidden"}
    asked = re.findall('name="asked_to_choose" value="(.*?)"', page.text)
    return carried | ({"asked_to_choose": asked} if asked else {})


def shown(page, name):
    """Give what a box of a page shows."""
    return form_boxes(page)[name].shown


@pytest.fixture
def line(draft, acting):
    with acting("sam"):
        return draft.lines.get()


@pytest.fixture
def as_opened(line):
    """What a browser sends of the page of a line that nobody touched."""
    return typed_line(action=line.action, meets=line.meets, version=str(line.version))


def test_what_only_one_of_two_changed_is_taken_without_a_question(
    draft, line, as_opened, acting, signed_in
):
    address, sam = reverse("plans:change_line", args=[draft.pk, line.pk]), signed_in("sam")
    change_line(acting, "victor", line, quantity=Decimal(5))
    assert sam.post(address, {**as_opened, "how_we_know": "Clean every day"}).status_code == 302
    with acting("sam"):
        line.refresh_from_db()
    assert (line.quantity, line.how_we_know) == (5, "Clean every day")


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        ({"often": "once"}, {"quantity": "9"}),
        ({"who": "family", "who_name": "Joan"}, {"who_name": "Bel from the agency"}),
    ],
)
def test_how_much_it_costs_and_who_does_it_are_each_asked_about_as_one(
    draft, line, as_opened, acting, signed_in, theirs, mine
):
    address, sam = reverse("plans:change_line", args=[draft.pk, line.pk]), signed_in("sam")
    change_line(acting, "victor", line, **theirs)
    asked = sam.post(address, {**as_opened, **mine})
    assert asked.status_code == 409
    named = {each["name"] for each in asked.context["conflict_fields"]}
    assert named == theirs.keys() | mine.keys()
    chosen = {f"choose_{name}": "mine" for name in named}
    assert sam.post(address, {**as_opened, **mine, **hidden(asked), **chosen}).status_code == 302
    with acting("sam"):
        line.refresh_from_db()
    assert (line.often, line.who) == (as_opened["often"], as_opened["who"])


def test_whether_they_agree_in_which_words_and_when_is_asked_about_as_one(draft, signed_in):
    address, sam = reverse("plans:agreement", args=[draft.pk]), signed_in("sam")
    today = timezone.localdate()
    on = {
        "agreement_on_day": today.day,
        "agreement_on_month": today.month,
        "agreement_on_year": today.year,
    }
    first = typed_form(sam.get(address).text) | on | {"agreement": "said", "agreement_words": "Yes"}
    assert sam.post(address, first).status_code == 302
    opened = typed_form(sam.get(address).text)
    theirs = opened | {"agreement": "disagrees"}
    assert signed_in("priya").post(address, theirs).status_code == 302
    asked = sam.post(address, opened | {"agreement_words": "Yes, gladly"})
    assert asked.status_code == 409
    assert {each["name"] for each in asked.context["conflict_fields"]} == {
        "agreement",
        "agreement_words",
    }


def test_what_both_changed_is_written_only_when_it_was_chosen(
    draft, line, as_opened, acting, signed_in
):
    address, sam = reverse("plans:change_line", args=[draft.pk, line.pk]), signed_in("sam")
    mine = {**as_opened, "action": "Mine", "how_we_know": "Clean every day"}
    change_line(acting, "victor", line, quantity=Decimal(5), action="Theirs")
    asked = sam.post(address, mine)
    for times in range(2):
        assert (asked.status_code, "Choose for each" in asked.text) == (409, times > 0)
        assert [each["name"] for each in asked.context["conflict_fields"]] == ["action"]
        assert asked.context["conflict_fields"][0]["chosen"] == ""
        carried = hidden(asked)
        assert (carried["asked_to_choose"], "choose_quantity" in carried) == (["action"], False)
        mine["quantity"] = shown(asked, "quantity")
        assert mine["quantity"] == "5"
        asked = sam.post(address, {**mine, **carried})
    change_line(acting, "priya", line, who_name="Third", action="Another")
    again = sam.post(address, {**mine, **carried, "choose_action": "mine"})
    assert again.status_code == 409
    mine["who_name"] = shown(again, "who_name")
    chosen = {**mine, **hidden(again), "choose_action": "mine"}
    assert sam.post(address, chosen).status_code == 302
    with acting("sam"):
        line.refresh_from_db()
    assert (line.quantity, line.action) == (5, "Mine")
    assert (line.how_we_know, line.who_name) == ("Clean every day", "Third")


def test_what_is_typed_over_what_only_somebody_else_changed_is_kept(
    draft, line, as_opened, acting, signed_in
):
    address, sam = reverse("plans:change_line", args=[draft.pk, line.pk]), signed_in("sam")
    opened = {**as_opened, "quantity": "8", "action": "Mine"}
    change_line(acting, "victor", line, quantity=Decimal(5), action="Theirs", who_name="Bel")
    for typed in ("6", "8"):
        asked = sam.post(address, opened)
        assert (shown(asked, "quantity"), shown(asked, "who_name")) == ("5", "Bel")
        there = {**opened, "who_name": "Bel", "quantity": typed}
        # Sent without a choice, it comes back with what was typed.
        again = sam.post(address, {**there, **hidden(asked)})
        assert (again.status_code, shown(again, "quantity")) == (409, typed)
        choices = {f"choose_{each['name']}": "mine" for each in again.context["conflict_fields"]}
        assert sam.post(address, {**there, **hidden(again), **choices}).status_code == 302
        with acting("sam"):
            line.refresh_from_db()
        assert (line.quantity, line.action, line.who_name) == (int(typed), "Mine", "Bel")
        change_line(acting, "victor", line, quantity=Decimal(5), action="Theirs")


def test_what_is_typed_over_it_stays_when_the_page_comes_back_for_another_reason(
    draft, line, as_opened, acting, signed_in
):
    address, sam = reverse("plans:change_line", args=[draft.pk, line.pk]), signed_in("sam")
    before = f"{line.quantity:g}"
    change_line(acting, "victor", line, quantity=Decimal(5), action="Theirs")
    mine = {**as_opened, "quantity": before, "action": "Mine"}
    asked = sam.post(address, mine)
    assert shown(asked, "quantity") == "5"
    # Typed back to what it was before, and something else wrong.
    wrong = sam.post(address, {**mine, **hidden(asked), "choose_action": "mine", "since_day": "32"})
    assert (wrong.status_code, shown(wrong, "quantity")) == (422, before)
    for back in (wrong, sam.get(address)):
        again = sam.post(address, {**mine, **hidden(back)})
        assert (again.status_code, shown(again, "quantity")) == (409, before)
    assert sam.post(address, {**mine, **hidden(again), "choose_action": "mine"}).status_code == 302
    with acting("sam"):
        line.refresh_from_db()
    assert (f"{line.quantity:g}", line.action) == (before, "Mine")


def test_what_has_several_boxes_is_shown_as_it_stands_in_each(draft, acting, signed_in):
    address, sam = reverse("plans:holding", args=[draft.pk]), signed_in("sam")
    with acting("sam"):
        draft.refresh_from_db()
    opened = {"version": str(draft.version), "choice_offered_by": "Sam", "spend_on": "Mine"}
    reasons = {f"why_not_{way}": words for way, words in draft.why_not.items()}
    why_not = next(iter(reasons))
    values = {"spend_on": "Theirs", "why_not": {why_not.removeprefix("why_not_"): "Too much work"}}
    with acting("victor") as victor:
        domain.change_plan(actor=victor, plan=draft, values=values, expected_version=draft.version)
    asked = sam.post(address, {**opened, **reasons})
    assert (asked.status_code, "Too much work" in asked.text) == (409, True)
    sent = {**opened, **hidden(asked), why_not: "Not now", "choose_spend_on": "mine"}
    assert sam.post(address, sent).status_code == 302
    with acting("sam"):
        draft.refresh_from_db()
    assert (draft.spend_on, list(draft.why_not.values())) == ("Mine", ["Not now"])


def test_what_a_third_changed_back_is_not_undone_by_what_the_page_showed(
    draft, line, as_opened, acting, signed_in
):
    address, sam = reverse("plans:change_line", args=[draft.pk, line.pk]), signed_in("sam")
    before = line.quantity
    change_line(acting, "victor", line, quantity=Decimal(5), action="Theirs")
    asked = sam.post(address, {**as_opened, "action": "Mine"})
    change_line(acting, "priya", line, quantity=before, action="Another")
    again = sam.post(address, typed_form(asked.text))
    # The reader left the 5 alone: what stands now is shown in its place.
    assert (again.status_code, shown(again, "quantity")) == (409, "8")
    assert [each["name"] for each in again.context["conflict_fields"]] == ["action"]
    assert sam.post(address, typed_form(again.text) | {"choose_action": "mine"}).status_code == 302
    with acting("sam"):
        line.refresh_from_db()
    assert (line.quantity, line.action) == (before, "Mine")


@pytest.mark.parametrize("choice", ["", "mine", "theirs"])
def test_what_is_typed_back_to_what_was_first_opened_does_not_undo_a_third_change_unasked(
    draft, line, as_opened, acting, signed_in, choice
):
    address, sam = reverse("plans:change_line", args=[draft.pk, line.pk]), signed_in("sam")
    change_line(acting, "victor", line, quantity=Decimal(5), action="Theirs")
    asked = sam.post(address, {**as_opened, "quantity": "8", "action": "Mine"})
    mine = typed_form(asked.text) | {"quantity": "8", "choose_action": choice}
    change_line(acting, "priya", line, quantity=Decimal(6), who_name="Third")
    again = sam.post(address, mine)
    told = {each["name"]: each["chosen"] for each in again.context["conflict_fields"]}
    assert (again.status_code, told) == (409, {"action": choice, "quantity": ""})
    unsaid = sam.post(address, typed_form(again.text))
    assert (unsaid.status_code, "quantity" in asked_about(unsaid)) == (409, True)
    with acting("sam"):
        line.refresh_from_db()
        assert line.quantity == 6
    chosen = {"choose_action": "mine", "choose_quantity": "mine"}
    assert sam.post(address, typed_form(unsaid.text) | chosen).status_code == 302
    with acting("sam"):
        line.refresh_from_db()
    assert (line.quantity, line.action, line.who_name) == (8, "Mine", "Third")


def test_what_was_left_to_a_colleague_is_asked_about_again_when_a_third_changed_it(
    draft, line, as_opened, acting, signed_in
):
    address, sam = reverse("plans:change_line", args=[draft.pk, line.pk]), signed_in("sam")
    change_line(acting, "victor", line, action="Theirs")
    asked = sam.post(address, {**as_opened, "action": "Mine"})
    change_line(acting, "priya", line, action="Another")
    again = sam.post(address, typed_form(asked.text) | {"choose_action": "theirs"})
    assert (again.status_code, asked_about(again)) == (409, {"action"})
    assert "Another" in again.text


def asked_about(page):
    """Give the names of what a page asks about."""
    return {each["name"] for each in page.context["conflict_fields"]}


def typed_line(**more):
    return {
        "action": "Help to wash", "who": "paid", "pays": "budget", "way": "direct_payment",
        "service": "home_care", "often": "weekly", "quantity": "8", **more,
    }  # fmt: skip


def test_both_versions_of_a_line_are_in_the_words_of_the_page(draft, acting, signed_in):
    with acting("sam"):
        line = draft.lines.get()
    theirs = {"who": "family", "pays": "nobody", "service": "", "since": timezone.localdate()}
    change_line(acting, "victor", line, **theirs, quantity=Decimal("5.000"))
    mine = typed_line(who="community", pays="person", service="day_opportunities", quantity="7.5")
    mine |= {"since_day": "1", "since_month": "2", "since_year": "2027", "version": "1"}
    page = signed_in("sam").post(reverse("plans:change_line", args=[draft.pk, line.pk]), mine)
    told = {each["name"]: each for each in page.context["conflict_fields"]}
    shown = {name: (each["mine"], each["theirs"]) for name, each in told.items()}
    choices = {
        name: dict(page.context["form"].fields[name].choices) for name in ("who", "pays", "service")
    }
    assert shown["who"] == (str(choices["who"]["community"]), str(choices["who"]["family"]))
    assert shown["service"] == (str(choices["service"]["day_opportunities"]), "")
    assert shown["since"] == ("1 February 2027", date_format(timezone.localdate(), "j F Y"))
    assert shown["quantity"] == ("7.5", "5")
    assert {each["chosen"] for each in told.values()} == {""}
    assert told["who"]["label"] == page.context["form"].fields["who"].label


@pytest.mark.parametrize(
    ("kind", "values", "typed"),
    [
        ("outcome", {"words": "Theirs"}, {"words": "Mine"}),
        ("risk", {"risk": "Theirs"}, {"risk": "Mine", "safer": "A rail"}),
    ],
)
def test_outcomes_and_risks_name_who_was_first_too(draft, acting, signed_in, kind, values, typed):
    with acting("sam") as sam:
        part = (
            draft.outcomes.get()
            if kind == "outcome"
            else domain.add_risk(
                actor=sam, plan=draft, values={"risk": "A fall", "safer": "A rail"}
            )
        )
    with acting("victor") as victor:
        change = getattr(domain, f"change_{kind}")
        change(actor=victor, **{kind: part}, values=values, expected_version=1)
    address = reverse(f"plans:change_{kind}", args=[draft.pk, part.pk])
    page = signed_in("sam").post(address, {**typed, "version": "1"})
    assert page.status_code == 409
    assert f"Victor saved changes first, {when(last_event(acting, f'plans.change_{kind}'))}." in (
        page.text
    )


def test_of_the_whole_plan_whoever_changed_these_fields_is_named(draft, acting, signed_in):
    for who, values in (
        ("victor", {"contingency": "Theirs"}),
        ("priya", {"spend_on": "Something else"}),
    ):
        with acting(who) as actor:
            draft.refresh_from_db()
            domain.change_plan(
                actor=actor, plan=draft, values=values, expected_version=draft.version
            )
    page = signed_in("sam").post(
        reverse("plans:fallback", args=[draft.pk]),
        {"contingency": "Mine", "ring_first": "Bel", "version": str(draft.version - 2)},
    )
    assert page.status_code == 409
    assert "Victor saved changes first" in page.text
    assert "Priya" not in page.text


def test_nobody_of_another_agency_learns_who_changed_what(draft, acting):
    with acting("victor") as victor:
        domain.change_plan(
            actor=victor,
            plan=draft,
            values={"contingency": "Theirs"},
            expected_version=draft.version,
        )
    for who, named in (("sam", "Victor"), ("tom", None), ("ines", None)):
        with acting(who):
            found = last_to(draft.person_id, "plans.change_plan", plan=draft.pk)
        assert (found.by if found else None) == named, who


def needs(plan):
    rows = plan.needs.filter(left_out_at=None)
    return dict(rows.values_list("code", "unmet_sentence"))


def test_needs_are_chosen_one_by_one_and_other_parts_of_the_plan_do_not_matter(
    draft, acting, signed_in
):
    sam, address = signed_in("sam"), reverse("plans:needs", args=[draft.pk])
    opened = {"version": "1", "needs": ["nutrition", "home_safe"]}
    with acting("victor") as victor:
        domain.add_line(actor=victor, plan=draft, values=home_care("1"))
    assert sam.post(address, opened).status_code == 302
    with acting("victor") as victor:
        said = {"nutrition": ("", ""), "toilet": ("declined", "She does not want it")}
        domain.set_needs(actor=victor, plan=draft, needs=said)
    asked = sam.post(address, {"version": "3", "needs": ["nutrition", "home_safe", "clothed"]})
    assert asked.status_code == 409
    assert "Victor saved changes first" in asked.text
    assert "She does not want it" in asked.text
    told = {
        each["name"]: (each["mine"], each["theirs"]) for each in asked.context["conflict_fields"]
    }
    assert told["clothed"] == ("In the plan", "Not in the plan")
    assert set(told) == {"clothed", "home_safe", "toilet"}
    chosen = {
        "version": asked.context["form"].data["version"],
        "needs": ["nutrition", "home_safe", "clothed"],
        "choose_clothed": "mine", "choose_home_safe": "theirs", "choose_toilet": "theirs",
    }  # fmt: skip
    assert sam.post(address, chosen).status_code == 302
    with acting("sam"):
        assert needs(draft) == {"nutrition": "", "clothed": "", "toilet": "She does not want it"}


@pytest.fixture
def of_two(acting, signed_in, draft):
    """Open the page of the needs as Sam, and let Victor change them: gives what is ticked, and a way to send it."""

    def open_both(before, theirs):
        with acting("sam") as sam:
            domain.set_needs(actor=sam, plan=draft, needs=before)
        address, sam = reverse("plans:needs", args=[draft.pk]), signed_in("sam")
        opened = typed_form(sam.get(address).text)
        with acting("victor") as victor:
            domain.set_needs(actor=victor, plan=draft, needs=theirs)
        return opened, lambda sent: sam.post(address, sent)

    return open_both


MET, REASON = ("", ""), ("declined", "She does not want it")


def test_of_the_needs_what_only_one_of_two_changed_is_taken_without_a_question(
    draft, acting, of_two
):
    opened, send = of_two(
        {"nutrition": MET, "home_safe": MET, "toilet": MET},
        {"nutrition": MET, "toilet": REASON, "relationships": MET},
    )
    # Victor took one out, added one and gave a reason; Sam adds another and takes the first out.
    assert send(opened | {"needs": ["home_safe", "toilet", "clothed"]}).status_code == 302
    with acting("sam"):
        assert needs(draft) == {"toilet": REASON[1], "relationships": "", "clothed": ""}


def test_of_the_needs_what_both_changed_is_asked_about_and_the_rest_is_shown_as_it_stands(
    draft, acting, of_two
):
    opened, send = of_two(
        {"nutrition": MET, "home_safe": MET, "toilet": MET},
        {
            "nutrition": ("declined", "Theirs"),
            "relationships": ("declined", "Nobody wants it"),
            "toilet": MET,
        },
    )
    mine = {
        "reason_nutrition": "declined",
        "sentence_nutrition": "Mine",
        "needs": ["nutrition", "home_safe", "clothed"],
    }
    asked = send(opened | mine)
    assert (asked.status_code, asked_about(asked)) == (409, {"nutrition"})
    sent = typed_form(asked.text)
    assert sorted(sent["needs"]) == ["clothed", "nutrition", "relationships"]
    assert (sent["sentence_relationships"], sent["sentence_nutrition"]) == (
        ["Nobody wants it"],
        ["Mine"],
    )
    unsaid = send(sent)
    assert (unsaid.status_code, asked_about(unsaid)) == (409, {"nutrition"})
    typed_over = {"sentence_relationships": "Not now", "choose_nutrition": "theirs"}
    assert send(typed_form(unsaid.text) | typed_over).status_code == 302
    with acting("sam"):
        assert needs(draft) == {"nutrition": "Theirs", "relationships": "Not now", "clothed": ""}


def test_what_was_typed_about_a_need_stays_when_a_line_meets_it_meanwhile(draft, acting, signed_in):
    with acting("sam") as sam:
        domain.set_needs(actor=sam, plan=draft, needs={"nutrition": ("", ""), "toilet": ("", "")})
        domain.add_line(actor=sam, plan=draft, values=home_care("1", meets=["toilet"]))
    typed = {
        "version": "0", "needs": ["nutrition", "toilet"], "reason_toilet": "declined",
        "sentence_toilet": "She does not want it",
    }  # fmt: skip
    page = signed_in("sam").post(reverse("plans:needs", args=[draft.pk]), typed)
    assert "She does not want it" in page.text
