"""The pages about people, as a practitioner uses them."""

from __future__ import annotations

from datetime import date

import pytest

from alongside.web.people import domain
from alongside.web.people.models import Address, Person, Relationship, WorkItem
from support.page_forms import read

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
DETAILS = {
    "given_name": "Amina",
    "family_name": "Yusuf",
    "preferred_name": "",
    "born_on": date(1948, 4, 3),
}


@pytest.fixture
def amina(acting):
    with acting("sam") as sam:
        return domain.add_person(
            actor=sam,
            details=DETAILS,
            numbers={"nhs": "9990000018", "council": "C-1001"},
            address={"lines": "1 Example Street", "postcode": "ZZ99 3CZ"},
            today=TODAY,
        )


def typed(**more):
    return {
        "given_name": "Joan", "family_name": "Bright", "born_day": "2", "born_month": "5", "born_year": "1950",
        **more,
    }  # fmt: skip


def test_a_person_is_found_in_every_way_people_type(amina, signed_in):
    client = signed_in("sam")
    for text in (
        "yusuf", "Yus", "amina y", "AMINA YUSUF", "3/4/1948", "3 April 1948", "1948-04-03", "999 000 0018",
        "c1001", "C-1001", "yusuf 3.4.1948", "Ámina",
    ):  # fmt: skip
        assert "Amina Yusuf" in client.get("/people/", {"q": text}).text, text


@pytest.mark.parametrize(
    "text", ["yusuff", "2/4/1948", "999 000 0026", "yusuf 4/4/1948", "%", "_", "😀"]
)
def test_a_person_is_not_found_by_what_is_not_theirs(amina, signed_in, text):
    page = signed_in("sam").get("/people/", {"q": text})
    assert page.status_code == 200
    assert "Amina Yusuf" not in page.text


@pytest.mark.parametrize("outsider", ["tom", "lena", "olu", "ade", "asha"])
def test_outsiders_find_nobody_and_open_nothing(amina, signed_in, outsider):
    client = signed_in(outsider)
    for text in ("yusuf", "9990000018", "3/4/1948"):
        assert "Amina" not in client.get("/people/", {"q": text}).text
    for part in ("", "details/", "carer/", "death/", "alert/", "move/", "number/"):
        page = client.get(f"/people/{amina.pk}/{part}")
        assert page.status_code == 404
        assert "Amina" not in page.text


def test_a_person_is_added_with_what_was_typed(signed_in, acting):
    page = signed_in("sam").post(
        "/people/add/", typed(nhs_number="999 000 0026", postcode="zz99 3vz")
    )
    assert page.status_code == 302
    with acting("sam"):
        person = Person.objects.get(family_name="Bright")
        assert person.born_on == date(1950, 5, 2)
        assert person.identifiers.get().value == "9990000026"
        assert person.workers.get().user.name == "Sam"


@pytest.mark.parametrize(
    ("more", "nothing"),
    [({}, True), ({"telephone": "01632 960001"}, False), ({"postcode": "ZZ99 3VZ"}, False)],
)
def test_a_person_without_any_contact_is_said_to_have_none(signed_in, more, nothing):
    client = signed_in("sam")
    made = {"given_name": "Joan", "family_name": "Bright"}
    page = client.post("/people/add/", made | more, follow=True).text
    assert ("No telephone, email or address" in page) == nothing


def test_a_likely_duplicate_is_shown_and_can_be_denied(amina, signed_in, acting):
    client = signed_in("sam")
    again = typed(
        given_name="Amena",
        family_name="Yusuf",
        born_day="3",
        born_month="4",
        born_year="1948",
    )
    page = client.post("/people/add/", again)
    assert page.status_code == 422
    assert f"/people/{amina.pk}/" in page.text
    assert 'value="Amena"' in page.text
    assert client.post("/people/add/", {**again, "not_a_duplicate": "on"}).status_code == 302
    with acting("sam"):
        assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"given_name": ""}, "first name"),
        ({"nhs_number": "999 000 0019"}, "not a real NHS number"),
        ({"born_day": "31", "born_month": "2"}, "Date of birth"),
        ({"born_year": "1600"}, "Date of birth"),
        ({"given_name": "A\x00B"}, "hidden characters"),
        ({"given_name": "x" * 5000}, "200 characters or fewer"),
        ({"email": "not an address"}, "mail"),
    ],
)
def test_wrong_input_gets_a_sentence_and_keeps_the_typing(signed_in, acting, wrong, says):
    page = signed_in("sam").post("/people/add/", typed(**wrong))
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert says.lower() in page.text.lower()
    assert 'value="Bright"' in page.text
    with acting("sam"):
        assert not Person.objects.exists()


def test_odd_but_honest_names_are_kept_as_they_are(signed_in, acting):
    signed_in("sam").post("/people/add/", typed(given_name="Zoë 🌻", family_name="O’Neill-Ñandú"))
    with acting("sam"):
        assert Person.objects.get().full_name == "Zoë 🌻 O’Neill-Ñandú"


@pytest.mark.parametrize("name", ["🌻", "🌻 🐝", "’"])
def test_somebody_whose_name_has_no_letters_is_found_by_it(signed_in, name):
    client = signed_in("sam")
    assert client.post("/people/add/", {"given_name": name}).status_code == 302
    assert client.post("/people/add/", {"given_name": "Joan"}).status_code == 302
    found = client.get("/people/", {"q": name}).context["found"]
    assert [line.person.given_name for line in found] == [name]


@pytest.mark.parametrize(
    ("scheme", "value", "says"),
    [
        ("nhs", "999 000 0019", "not a real NHS number"),
        ("nhs", "²", "not a real NHS number"),
        ("nhs", "999 000 0018", "already on another record"),
        ("council", "c1001", "already on another record"),
        ("council", "😀", "must have letters from A to Z or numbers"),
        ("council", "C-10[01]{", "cannot have [ ] { in it"),
        ("council", "x" * 41, "40 characters or fewer"),
    ],
)
def test_a_number_that_cannot_be_added_is_refused_where_it_was_typed(
    amina, signed_in, acting, scheme, value, says
):
    with acting("sam") as sam:
        other = domain.add_person(actor=sam, details={"given_name": "Joan"}, today=TODAY)
    page = signed_in("sam").post(f"/people/{other.pk}/number/", {"scheme": scheme, "value": value})
    assert page.status_code == 422
    assert says in page.text
    assert 'href="#id_value"' in page.text
    assert f'value="{value}"' in page.text
    with acting("sam"):
        assert not other.identifiers.exists()


def test_markup_in_a_number_is_named_and_not_dropped_without_a_word(signed_in, acting):
    page = signed_in("sam").post("/people/add/", typed(council_number="<b>'; --"))
    assert page.status_code == 422
    assert "A number cannot have &lt; &gt; &#x27; ; in it." in page.text
    with acting("sam"):
        assert not Person.objects.exists()


@pytest.mark.parametrize("written", ["C-10/01", "c 1001", "C\u200b1001", "C.1001", "C–1001"])
def test_what_stands_between_the_letters_and_figures_of_a_number_is_no_fault(
    amina, signed_in, acting, written
):
    with acting("sam") as sam:
        other = domain.add_person(actor=sam, details={"given_name": "Joan"}, today=TODAY)
    page = signed_in("sam").post(
        f"/people/{other.pk}/number/", {"scheme": "council", "value": f"9{written}"}
    )
    assert page.status_code == 302
    with acting("sam"):
        assert other.identifiers.get().value == "9C1001"


def test_a_council_number_of_signs_alone_is_refused_when_a_person_is_added(signed_in, acting):
    page = signed_in("sam").post("/people/add/", typed(council_number="😀"))
    assert page.status_code == 422
    assert 'href="#id_council_number"' in page.text
    with acting("sam"):
        assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("precision", "told", "boxes"),
    [
        ("estimated", "about 1948", ("", "", "1948")),
        ("month", "about April 1948", ("", "4", "1948")),
    ],
)
def test_a_date_of_birth_stays_as_known_when_something_else_is_changed(
    signed_in, acting, precision, told, boxes
):
    with acting("sam") as sam:
        person = domain.add_person(
            actor=sam,
            details={
                "given_name": "Amina",
                "born_on": date(1948, 4, 17),
                "born_precision": precision,
            },
            today=TODAY,
        )
    client, address = signed_in("sam"), f"/people/{person.pk}/details/"
    born = dict(zip(("born_day", "born_month", "born_year"), boxes, strict=True))
    form = {"version": "1", "given_name": "Amina", "telephone": "01632 960001", **born}
    assert client.post(address, form).status_code == 302
    with acting("sam"):
        person.refresh_from_db()
        assert (person.telephone, person.born_on) == ("01632 960001", date(1948, 4, 17))
        assert person.born_precision == precision
    assert told in client.get(f"/people/{person.pk}/").text
    exactly = {**form, "version": "2", "born_day": "2", "born_month": "5", "born_year": "1949"}
    assert client.post(address, exactly).status_code == 302
    assert "2 May 1949" in client.get(f"/people/{person.pk}/").text


def test_a_carer_has_a_record_of_their_own_linked_to_the_person(amina, signed_in, acting):
    page = signed_in("sam").post(f"/people/{amina.pk}/carer/", typed(relationship="daughter"))
    assert page.status_code == 302
    with acting("sam"):
        link = Relationship.objects.get()
        assert (link.person, link.other.given_name, link.is_carer) == (amina, "Joan", True)
    assert "Joan Bright" in signed_in("sam").get(f"/people/{amina.pk}/").text


def test_a_carer_of_the_same_name_as_the_person_is_added_without_a_question(
    amina, signed_in, acting
):
    """There is nobody else to ask about, so there would be nothing to answer."""
    son = typed(given_name=amina.given_name, family_name=amina.family_name, relationship="son")
    answer = signed_in("sam").post(
        f"/people/{amina.pk}/carer/", {**son, "born_year": "", "born_month": "", "born_day": ""}
    )
    assert answer.status_code == 302
    with acting("sam"):
        assert Relationship.objects.get(person=amina).other.full_name == amina.full_name


def test_the_second_of_two_editors_sees_both_versions_and_loses_neither(amina, signed_in, acting):
    client = signed_in("sam")
    form = {
        "version": "1",
        "given_name": "Amina",
        "family_name": "Yusuf",
        "telephone": "01632 960001",
    }
    assert (
        client.post(f"/people/{amina.pk}/details/", {**form, "preferred_name": "Mina"}).status_code
        == 302
    )
    page = signed_in("priya").post(
        f"/people/{amina.pk}/details/", {**form, "preferred_name": "Ami"}
    )
    assert page.status_code == 409
    assert "Sam saved changes first" in page.text
    assert "Mina" in page.text
    assert "Ami" in page.text
    with acting("sam"):
        assert Person.objects.get().preferred_name == "Mina"


def test_both_versions_are_in_the_reader_s_words_and_a_date_of_birth_is_one_thing(
    amina, signed_in, acting
):
    theirs = {"sex": "female", "born_on": date(1949, 4, 1), "born_precision": "month"}
    with acting("sam") as sam:
        opened = Person.objects.get(pk=amina.pk).version
        domain.change_details(actor=sam, person=amina, details=theirs, expected_version=opened)
    client, mine = signed_in("sam"), typed(given_name="Amina", sex="male", version=str(opened))
    client.cookies["django_language"] = "cy"
    page = client.post(f"/people/{amina.pk}/details/", mine)
    assert page.status_code == 409
    told = {each["name"]: each for each in page.context["conflict_fields"]}
    assert told["born"]["label"] == "Dyddiad geni"
    assert "Ebrill 1949" in told["born"]["theirs"]
    assert told["sex"]["theirs"] == "Benyw"
    assert {"born_on", "born_precision"} & set(told) == set()
    chosen = mine | {"version": page.context["form"].data["version"], "choose_born": "theirs"}
    client.post(f"/people/{amina.pk}/details/", chosen)
    with acting("sam"):
        now = Person.objects.get(pk=amina.pk)
        assert (now.born_on, now.born_precision, now.sex) == (date(1949, 4, 1), "month", "male")


@pytest.mark.parametrize("year", ["1949", "1950"])
def test_what_only_a_colleague_changed_is_in_the_boxes_and_may_be_typed_over(
    amina, signed_in, acting, year
):
    client, address = signed_in("sam"), f"/people/{amina.pk}/details/"
    mine = {name: box.shown for name, box in boxes(client.get(address)).items() if "born_" in name}
    mine |= {"given_name": "Amina", "preferred_name": "Mina", "version": "1"}
    with acting("priya") as priya:
        theirs = {"preferred_name": "Ami", "born_on": date(1949, 4, 1), "born_precision": "month"}
        domain.change_details(actor=priya, person=amina, details=theirs, expected_version=1)
    page = client.post(address, mine)
    assert [each["name"] for each in page.context["conflict_fields"]] == ["preferred_name"]
    born = {f"born_{part}": boxes(page)[f"born_{part}"].shown for part in ("day", "month", "year")}
    assert list(born.values()) == ["", "4", "1949"]
    chosen = {**mine, **born, "born_year": year, "version": "2", "choose_preferred_name": "theirs"}
    assert client.post(address, chosen).status_code == 302
    with acting("sam"):
        now = Person.objects.get(pk=amina.pk)
        assert (now.born_on, now.preferred_name) == (date(int(year), 4, 1), "Ami")


def boxes(page):
    return next(form.boxes for form in read(page.text).forms if "born_year" in form.boxes)


def test_two_who_record_one_move_leave_one_address_and_a_hidden_one_is_asked_about(
    amina, signed_in, acting
):
    address, sam, priya = f"/people/{amina.pk}/move/", signed_in("sam"), signed_in("priya")
    opened = sam.get(address).context["form"].initial["version"]
    move = {
        "version": str(opened), "lines": "1 New Road", "postcode": "zz1 1aa",
        "since_day": "1", "since_month": "6", "since_year": "2026",
    }  # fmt: skip
    for client in (sam, priya):
        assert client.post(address, move).status_code == 302
    with acting("sam"):
        assert Address.objects.filter(person=amina, lines="1 New Road").count() == 1
    asked = priya.post(address, {**move, "hidden": "on"})
    assert asked.status_code == 409
    assert "This address is hidden." in asked.text
    assert "Sam saved changes first" in asked.text


def test_a_death_is_recorded_gently_and_stops_what_waits(amina, signed_in, acting, cast):
    with acting("sam") as sam:
        domain.add_work(
            actor=sam,
            person=amina,
            for_user_id=sam.user_id,
            kind="due",
            subject="review",
            due_on=TODAY,
        )
    client = signed_in("sam")
    client.post(
        f"/people/{amina.pk}/death/",
        {"died_on_day": "1", "died_on_month": "11", "died_on_year": "2026"},
    )
    page = client.get(f"/people/{amina.pk}/").text
    assert "1 November 2026" in page
    assert "Nothing is sent any more" in page
    with acting("sam"):
        assert not WorkItem.objects.filter(done_at__isnull=True).exists()


def test_a_reader_sees_the_record_and_no_way_to_change_it(amina, signed_in):
    client = signed_in("rowan")
    page = client.get(f"/people/{amina.pk}/")
    assert "Amina Yusuf" in page.text
    assert "Change details" not in page.text
    assert client.get(f"/people/{amina.pk}/details/").status_code == 403


def test_what_was_typed_before_the_sign_in_ran_out_is_there_afterwards(signed_in, cast, acting):
    client = signed_in("sam")
    key = client.cookies["sessionid"].value
    client.get("/")
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timezone.timedelta(hours=1))
    page = client.post("/people/add/", typed(given_name="Half typed"))
    assert page.status_code == 302
    assert "login" in page.url
    assert "Half typed" not in signed_in("priya").get("/people/add/").text
    assert 'value="Half typed"' in signed_in("sam").get("/people/add/").text


def test_a_date_of_birth_is_recorded_as_an_estimate_and_stays_one(signed_in, acting):
    client = signed_in("sam")
    told = {"given_name": "Joan", "born_year": "1950", "born_estimated": "yes"}
    page = client.post("/people/add/", told)
    assert page.status_code == 302
    with acting("sam"):
        joan = Person.objects.get(given_name="Joan")
        assert (joan.born_precision, joan.born_on) == ("estimated", date(1950, 1, 1))
    details = f"/people/{joan.pk}/details/"
    form = client.get(details).context["form"]
    assert form["born_estimated"].value() == "yes"
    assert client.post(details, {**told, "pronouns": "she", "version": 1}).status_code == 302
    with acting("sam"):
        joan.refresh_from_db()
        assert (joan.pronouns, joan.born_precision) == ("she", "estimated")
    surer = {**told, "born_estimated": "no", "version": 2}
    assert client.post(details, surer).status_code == 302
    with acting("sam"):
        joan.refresh_from_db()
        assert joan.born_precision == "year"


def test_an_estimate_needs_a_year(signed_in):
    page = signed_in("sam").post("/people/add/", {"given_name": "Joan", "born_estimated": "yes"})
    assert page.status_code == 422
    assert "Fill in the year that is the estimate." in page.text


@pytest.mark.parametrize("who", ["999 000 0018", "amina"])
def test_a_search_writes_numbers_as_the_head_of_a_page_does(amina, signed_in, who):
    client = signed_in("sam")
    assert "999 000 0018" in client.get("/people/", {"q": who}).text.split("<table")[1]
    assert "999 000 0018" in client.get(f"/people/{amina.pk}/").text


@pytest.mark.parametrize("count", [1, 30])
def test_pages_need_a_constant_number_of_queries(
    amina, signed_in, acting, cast, count, django_assert_max_num_queries
):
    with acting("sam") as sam:
        for n in range(count):
            person = domain.add_person(
                actor=sam, details={"given_name": f"Yusuf{n}", "family_name": "Yusuf"}, today=TODAY
            )
            domain.add_work(
                actor=sam, person=person, for_user_id=sam.user_id, kind="due", subject="review"
            )
            domain.relate(actor=sam, person=amina, other=person, kind="cousin", is_carer=False)
            domain.add_alert(actor=sam, person=amina, text=f"Alert {n}", since=TODAY)
    client = signed_in("sam")
    for address in (
        "/",
        "/people/?q=yusuf",
        f"/people/{amina.pk}/",
        f"/people/{amina.pk}/details/",
    ):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("who", "finds", "adds"),
    [
        ("sam", True, True), ("priya", True, True), ("ruth", True, False), ("rowan", True, False),
        ("ade", False, False), ("asha", False, False), ("ines", False, False),
    ],
)  # fmt: skip
def test_my_work_offers_what_ones_role_may_do_and_no_more(signed_in, who, finds, adds):
    client = signed_in(who)
    page = client.get("/").text
    assert ('role="search"' in page or 'name="q"' in page) == finds
    assert ("/people/add/" in page) == adds
    assert ("does not open people’s records" in page) == (not finds)
    assert (client.get("/people/add/").status_code == 200) == adds
    assert ("/people/add/" in client.get("/people/?q=nobody+of+this+name").text) == adds


def test_the_page_says_where_a_person_lived_before(amina, signed_in):
    client = signed_in("sam")
    for lines, since, hidden in (
        ("2 Secret Lane", "1", "on"),
        ("3 Later Road", "2", ""),
    ):
        when = {"since_day": since, "since_month": "3", "since_year": "2026"}
        moved = client.post(f"/people/{amina.pk}/move/", {"lines": lines, "hidden": hidden, **when})
        assert moved.status_code == 302, moved.text
    page = client.get(f"/people/{amina.pk}/").text
    before = page[page.index("Where they lived before") :]
    assert before.index("2 Secret Lane") < before.index("2 March 2026")
    assert before.index("2 March 2026") < before.index("1 Example Street")
    reader = signed_in("rowan").get(f"/people/{amina.pk}/").text
    assert "1 Example Street" in reader
    assert "2 Secret Lane" not in reader
