"""What is typed into the search box is understood as people write it, and finds whom it means."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.web.design.fields import ApproximateDate
from alongside.web.people import domain, queries
from alongside.web.people.asked import understand

TODAY = date(2026, 11, 28)
THIRD = ApproximateDate(1948, 4, 3)
APRIL, YEAR = ApproximateDate(1948, 4), ApproximateDate(1948)


@pytest.mark.parametrize(
    "text",
    [
        "3/4/48", "3/4/1948", "03/04/1948", "3.4.1948", "3-4-1948", "3 4 1948", "3 / 4 / 48", "03041948",
        "1948/04/03", "1948-04-03", "1948.4.3", "19480403", "3rd April 1948", "3 April 1948", "3 Apr 48",
        "3 of April, 1948", "April 3, 1948", "April 3rd 1948", "3apr1948", "3 Ebrill 1948",
        "3ydd o Ebrill 1948", "３/４/１９４８", "born 3/4/48", "DOB: 3/4/1948", "3-Apr-1948",
    ],
)  # fmt: skip
def test_a_date_of_birth_is_understood_in_any_spelling(text):
    assert (understand(text, TODAY).born, understand(text, TODAY).name) == (THIRD, "")
    with_name = understand(f"Siân Smith {text}", TODAY)
    assert (with_name.name, with_name.born, with_name.numbers) == ("sian smith", THIRD, ())
    assert understand(f"{text} Smith", TODAY).born == THIRD


@pytest.mark.parametrize(
    ("text", "name", "born"),
    [
        ("1948", "", YEAR),
        ("Smith 1948", "smith", YEAR),
        ("1948 Smith", "smith", YEAR),
        ("April 1948", "", APRIL),
        ("Ebrill 1948", "", APRIL),
        ("4/1948", "", APRIL),
        ("1948-04", "", APRIL),
        ("Smith, April 1948", "smith", APRIL),
        ("Ann 3 Mawrth 1948", "ann", ApproximateDate(1948, 3, 3)),
        ("Ann o Fawrth 1948", "ann o", ApproximateDate(1948, 3)),
        ("Zed2 1948", "zed2", YEAR),
        ("May Smith 1948", "may smith", YEAR),
        ("3/4/16", "", ApproximateDate(2016, 4, 3)),
        ("3/4/17", "", ApproximateDate(1917, 4, 3)),
        ("3/4/99", "", ApproximateDate(1999, 4, 3)),
        ("31/2/1948", "", None),
        ("Smith", "smith", None),
        ("Flat 12", "flat 12", None),
        ("2050", "", None),
        ("1066", "", None),
    ],
)
def test_as_much_of_a_birth_as_is_typed_is_understood(text, name, born):
    asked = understand(text, TODAY)
    assert (asked.name, asked.born) == (name, born)


@pytest.mark.parametrize(
    "text",
    [
        "4857773456", "485 777 3456", "485-777-3456", "NHS 485 777 3456", "NHS no: 485-777-3456",
        "nhs number 4857773456", "Rhif GIG: 485 777 3456", "GIG 485 777 3456", "４８５ ７７７ ３４５６",
        "Smith 485 777 3456", "485 777 3456 born 3/4/1948", "48 57 77 34 56",
    ],
)  # fmt: skip
def test_an_nhs_number_is_understood_among_whatever_stands_beside_it(text):
    assert "4857773456" in understand(text, TODAY).numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("C-1001", "C1001"), ("c 1001", "C1001"), ("Smith C-1001", "C1001"), ("council number 1948", "1948"),
        ("Rhif cyngor C-1001", "C1001"), ("485 777 1948", "4857771948"), ("AB-2001", "AB2001"),
    ],
)  # fmt: skip
def test_a_council_number_is_no_date(text, number):
    asked = understand(text, TODAY)
    assert number in asked.numbers
    assert asked.born is None


def add_all(actor, told):
    """Add people by given and family name, birthday, and how sure that is."""
    for given, family, day, precision in told:
        details = {"given_name": given, "family_name": family, "born_on": day}
        details["born_precision"] = precision
        domain.add_person(actor=actor, details=details, today=TODAY)


@pytest.fixture
def born(acting):
    """Smiths and others, born on a day, in a month, in a year, or about then; one whose number is a year."""
    told = [
        ("Day", "Smith", date(1948, 4, 3), "day"),
        ("Month", "Smith", date(1948, 4, 1), "month"),
        ("Year", "Smith", date(1948, 1, 1), "year"),
        ("About", "Smith", date(1948, 1, 1), "estimated"),
        ("May", "Smith", date(1948, 5, 9), "day"),
        ("Later", "Smith", date(1949, 4, 3), "day"),
        ("Other", "Jones", date(1948, 4, 3), "day"),
    ]
    with acting("sam") as sam:
        add_all(sam, told)
        details = {"given_name": "Numbered", "family_name": "Green"}
        numbers = {"council": "1948"}
        domain.add_person(actor=sam, details=details, numbers=numbers, today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Smith 1948", {"Day", "Month", "Year", "About", "May"}),
        ("Smith April 1948", {"Day", "Month", "Year", "About"}),
        ("Smith 3/4/48", {"Day", "Month", "Year", "About"}),
        ("Smith 4/4/48", {"Month", "Year", "About"}),
        ("Smith 1949", {"Later"}),
        ("Jones 1949", set()),
        ("3/4/48", {"Day", "Other"}),
        ("April 1948", {"Day", "Month", "Other"}),
        ("1948", {"Day", "Month", "Year", "About", "May", "Other", "Numbered"}),
        ("1949", {"Later"}),
        ("council number 1948", {"Numbered"}),
    ],
)
def test_people_are_found_by_as_much_as_is_known_of_their_birth(born, acting, text, names):
    with acting("sam") as sam:
        found = queries.look_up(sam, text).found
    assert {line.person.given_name for line in found} == names
    with acting("lena") as lena:
        assert queries.look_up(lena, text).found == []


@pytest.fixture
def may(acting):
    """May and her like, who are called as a month is, and others who were born in it."""
    told = [
        ("May", "Jones", date(1948, 2, 12), "day"),
        ("Ann", "May", date(1948, 1, 1), "year"),
        ("Born", "Inmay", date(1948, 5, 9), "day"),
        ("Known", "Bymonth", date(1948, 5, 1), "month"),
        ("May", "Later", date(1949, 2, 12), "day"),
        ("June", "Jones", date(1948, 6, 1), "day"),
    ]
    with acting("sam") as sam:
        add_all(sam, told)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("May 1948", {"May Jones", "Ann May", "Born Inmay", "Known Bymonth"}),
        ("1948 may", {"May Jones", "Ann May", "Born Inmay", "Known Bymonth"}),
        ("born in May 1948", {"May Jones", "Ann May", "Born Inmay", "Known Bymonth"}),
        ("Jones May 1948", {"May Jones"}),
        ("Jones June 1948", {"June Jones"}),
        ("Inmay May 1948", {"Born Inmay"}),
        ("May Jones 1948", {"May Jones"}),
        ("Mai 1948", {"Born Inmay", "Known Bymonth"}),
        ("May 1949", {"May Later"}),
        ("9 May 1948", {"Born Inmay"}),
    ],
)
def test_a_word_that_is_a_month_and_a_name_finds_both(may, acting, text, names):
    with acting("sam") as sam:
        found = queries.look_up(sam, text).found
    assert {line.person.full_name for line in found} == names
    with acting("lena") as lena:
        assert queries.look_up(lena, text).found == []


@pytest.mark.django_db
def test_pages_go_on_from_those_of_the_name_to_those_of_the_month(acting, signed_in):
    with acting("sam") as sam:
        for day in range(1, 29):
            for details in (
                {"given_name": f"May{day:02}", "born_on": date(1948, 2, day)},
                {"given_name": f"Zed{day:02}", "born_on": date(1948, 5, day)},
            ):
                domain.add_person(actor=sam, details=details, today=TODAY)
        names, after = [], ""
        while after or not names:
            page = queries.look_up(sam, "May 1948", after)
            names += [line.person.given_name for line in page.found]
            after = page.next
    assert names == [f"{name}{day:02}" for name in ("May", "Zed") for day in range(1, 29)]
    client = signed_in("sam")
    client.get("/people/", {"q": "May 1948"})
    with CaptureQueriesContext(connection) as asked:
        client.get("/people/", {"q": "May 1948"})
    assert len(asked) <= 12


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Amina 1952", "Looked for: a name that begins with “Amina”, born in the year 1952."),
        ("Siân O’Neill", "Looked for: a name that begins with “Siân O’Neill”."),
        ("Smith, 3/4/48", "Looked for: a name that begins with “Smith”, born on 3 April 1948."),
        ("<i>Smith", "Looked for: a name that begins with “&lt;i&gt;Smith”."),
        (
            "May 1948",
            "Also looked for: a name that begins with “May”, born in the year 1948.",
        ),
        ("1948", "Looked for: born in the year 1948. Also looked for: the number 1948."),
        ("NHS no 999 000 0018", "Looked for: the number 999 000 0018."),
        ("Smith C-1001", "Looked for: the number SMITHC1001 or C1001."),
        ("AB2001 1948", "Looked for: the number AB2001."),
    ],
)
def test_the_page_says_part_by_part_what_was_looked_for(signed_in, text, said):
    page = signed_in("sam").get("/people/", {"q": text}).text
    assert said in page
    assert "begins with “Amina 1952”" not in page


@pytest.mark.django_db
def test_pages_of_a_year_go_on_and_say_what_was_looked_for(acting, signed_in):
    days = range(1, 29)
    with acting("sam") as sam:
        for day in days:
            details = {"given_name": f"Zed{day:02}", "born_on": date(1948, 4, day)}
            domain.add_person(actor=sam, details=details, today=TODAY)
        for text in ("1948", "zed 1948", "zed april 1948", "april 1948"):
            first = queries.look_up(sam, text)
            rest = queries.look_up(sam, text, first.next)
            names = [line.person.given_name for line in (*first.found, *rest.found)]
            assert names == [f"Zed{day:02}" for day in days]
            assert (first.next != "", rest.next) == (True, "")
    page = signed_in("sam").get("/people/", {"q": "3/4/48"}).text
    assert "Looked for: born on 3 April 1948." in page
