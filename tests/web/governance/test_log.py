"""Information governance reads what was done and looked at in its agency's records, and nobody else does."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alongside.web.access.models import Membership, NamedAccess, Share
from alongside.web.audit.models import Event, View
from alongside.web.budgets import codes
from alongside.web.governance import copying, presenting, queries
from alongside.web.governance.forms import LogForm
from alongside.web.governance.queries import PAGE, Wanted
from alongside.web.people import domain, numbering
from alongside.web.people.models import Person
from support.plans import add_person

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
NHS = "9990000018"


@pytest.fixture
def amina(acting, signed_in):
    """Amina, whose record Sam made and Victor looked at."""
    with acting("sam") as sam:
        person = domain.add_person(
            actor=sam,
            details={"given_name": "Amina", "family_name": "Yusuf"},
            numbers={"nhs": NHS, "council": "C-1001"},
            today=TODAY(),
        )
    signed_in("victor").get(f"/people/{person.pk}/")
    return person


def rows(page):
    """Give the rows of the log on a page, each as the texts of its cells."""
    assert page.status_code == 200
    body = page.text.partition("<tbody")[2].partition("</tbody>")[0]
    return [
        [unescape(re.sub(r"<[^>]+>", " ", cell)) for cell in re.findall(r"<t[dh] .*?</t[dh]>", row)]
        for row in body.split("<tr ")[1:]
    ]


def whats(page):
    return [row[2].strip() for row in rows(page)]


def lines_of(answer):
    """Give the lines of a file that was handed out, each by the names of its columns."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def said(page):
    """Give the sentences about what was wrong."""
    return re.findall(r'<li><a href="#[^"]+">(.*?)</a></li>', unescape(page.text))


class TestWho:
    @pytest.mark.parametrize("address", ["/log/", "/log/log.csv"])
    @pytest.mark.parametrize(
        "who",
        ["sam", "priya", "victor", "rowan", "ade", "asha", "ines", "tom", "lena", "olu"],
    )
    def test_nobody_but_information_governance_reads_it(self, amina, signed_in, who, address):
        page = signed_in(who).get(address)
        assert page.status_code == 403
        assert "Only information governance reads the log." in page.text
        assert "Amina" not in page.text
        assert "The log</a>" not in signed_in(who).get("/").text

    def test_it_says_when_who_what_whose_and_why(self, amina, signed_in):
        looked, added = rows(signed_in("ruth").get("/log/"))
        assert "Victor" in looked[1]
        assert "victor@example.org" in looked[1]
        assert looked[2].strip() == "Looked at the person’s page"
        assert "Amina Yusuf" in looked[3]
        assert f"record {amina.pk}" in looked[3]
        assert looked[4].strip() == "Belongs to the agency that holds the record"
        assert str(TODAY().year) in looked[0]
        assert ("Sam" in added[1], added[2].strip()) == (True, "Added a person")
        assert added[4].strip() == "–"

    def test_the_reason_of_an_act_is_said_where_one_was_kept(self, amina, acting, signed_in):
        with acting("sam") as sam:
            number = amina.identifiers.get(scheme="council")
            numbering.take_out_number(
                actor=sam, number=number, because="anothers", expected_version=number.version
            )
        newest = rows(signed_in("ruth").get("/log/"))[0]
        assert newest[2].strip() == "Took out a number"
        assert newest[4].strip() == "It is somebody else’s number"

    def test_so_is_why_a_budget_differs_from_the_guide(self):
        known = {"reason": "chose_differently"}
        line = queries.Line(timezone.now(), "did", 1, 1, 1, "plans.agree", "", known)
        why = presenting.row(line, {}, {})[4]
        assert why == codes.words("budgets/difference_reasons")["chose_differently"]

    def test_what_a_command_did_is_said_without_a_user(self):
        line = queries.Line(timezone.now(), "did", 1, None, None, "agencies.add_team", "", {})
        assert presenting.row(line, {}, {})[1:4] == [
            {"text": "Whoever looks after the server"}, "Made a team", "–",
        ]  # fmt: skip

    def test_whose_account_was_changed_is_said(self, acting, cast):
        known = {"user": cast.sam.pk}
        line = queries.Line(timezone.now(), "did", 1, None, None, "agencies.give_link", "", known)
        with acting("ruth") as ruth:
            who = queries.who_acted(ruth.home.agency, [line])
        assert presenting.row(line, who, {})[1:4] == [
            {"text": "Whoever looks after the server"},
            "Made a link to choose a password",
            {"text": "Sam", "detail": "sam@example.org"},
        ]


class TestNothingElse:
    """Rows that are there, and that row security may even let the reader see, are not the agency's to read."""

    @pytest.fixture
    def theirs(self, acting, signed_in):
        """Bela, whose record the trust holds and shares with the council: Sam and Ruth looked at it."""
        with acting("sam") as sam:
            council = sam.home.agency
        with acting("tom") as tom:
            bela = add_person(tom, given="Bela")
            domain.add_number(actor=tom, person=bela, scheme="council", value="T-77")
            Share.objects.create(
                person=bela, agency=council, kind="identity", because="x", since=timezone.now()
            )
        for who in ("sam", "ruth"):
            assert signed_in(who).get(f"/people/{bela.pk}/").status_code == 200
        return bela

    def test_what_was_done_in_another_agencys_record_is_not_shown(
        self, amina, theirs, acting, signed_in
    ):
        with acting("ruth"):
            assert View.objects.filter(person_id=theirs.pk).exists(), "her own look, at least"
        client = signed_in("ruth")
        assert whats(client.get("/log/")) == ["Looked at the person’s page", "Added a person"]
        assert "Bela" not in client.get("/log/").text
        assert {line["Record"] for line in lines_of(client.get("/log/log.csv"))} == {
            "", str(amina.pk),
        }  # fmt: skip
        for text in (f"record {theirs.pk}", "T-77"):
            page = client.get("/log/", {"whose": text})
            assert "No record that Exampleshire Council holds has the number" in said(page)[0]
            assert rows(page) == []

    def test_nor_is_who_acted_only_elsewhere(self, amina, theirs, signed_in):
        client = signed_in("ruth")
        nobody, outsider = (
            said(client.get("/log/", {"who": f"{name}@example.org"}))[0] for name in ("x", "tom")
        )
        assert nobody.replace("x@", "tom@") == outsider
        assert said(client.get("/log/", {"who": "sam@example.org"})) == []

    def test_a_place_of_another_kind_elsewhere_opens_no_log_there(
        self, amina, theirs, acting, cast, signed_in
    ):
        with acting("asha") as asha:
            Membership.objects.create(user=cast.tom, agency=asha.home.agency, role="governance")
        with acting("tom"):
            assert Event.objects.filter(person_id=theirs.pk).exists()
            assert Event.objects.filter(person_id=amina.pk).exists()
        page = signed_in("tom").get("/log/")
        assert whats(page) == ["Looked at the person’s page", "Added a person"]
        assert "Bela" not in page.text
        asked = {"whose": f"record {theirs.pk}", "agency": theirs.held_by_id}
        assert said(signed_in("tom").get("/log/", asked))

    def test_a_restricted_record_is_there_only_for_who_is_named(
        self, amina, acting, cast, signed_in
    ):
        with acting("sam"):
            NamedAccess.objects.create(
                person=amina, user=cast.sam, because="Works with her", since=timezone.now()
            )
            Person.objects.filter(pk=amina.pk).update(restricted=True)
        client = signed_in("ruth")
        assert rows(client.get("/log/")) == []
        for text in (NHS, "C-1001", f"record {amina.pk}"):
            assert said(client.get("/log/", {"whose": text}))
        with acting("sam"):
            NamedAccess.objects.create(
                person=amina, user=cast.ruth, because="Looks into it", since=timezone.now()
            )
        assert "Amina" in client.get("/log/").text

    def test_a_record_that_cannot_be_opened_has_its_number_and_no_link(
        self, amina, remember, signed_in
    ):
        remember("sam", "audit_event", 1, person=987_654)
        newest = signed_in("ruth").get("/log/", {"whose": "record 987654"})
        assert [row[3].strip() for row in rows(newest)] == ["record 987654"]
        assert "/people/987654/" not in newest.text

    def test_whose_agency_another_is_is_said(self, amina, acting, signed_in):
        with acting("tom") as tom:
            trust = tom.home.agency
        with acting("sam"):
            Share.objects.create(
                person=amina, agency=trust, kind="identity", because="x", since=timezone.now()
            )
        signed_in("tom").get(f"/people/{amina.pk}/")
        newest = rows(signed_in("ruth").get("/log/"))[0]
        assert "tom@example.org, of another agency" in newest[1]
        assert newest[4].strip() == "It is shared with their agency"


class TestNarrowedDown:
    @pytest.fixture
    def others(self, acting):
        with acting("priya") as priya:
            return add_person(priya, given="Joan")

    @pytest.mark.parametrize(
        "text", [NHS, "999 000 0018", "NHS no: 999 000 0018", "c1001", "C-1001", "record", "cofnod"]
    )
    def test_by_whose_record(self, amina, others, signed_in, text):
        text = f"{text} {amina.pk}" if text in ("record", "cofnod") else text
        page = signed_in("ruth").get("/log/", {"whose": text})
        assert len(rows(page)) == 2
        assert "Joan" not in page.text

    def test_a_records_own_number_is_not_taken_for_another_persons(self, amina, acting, signed_in):
        with acting("sam") as sam:
            other = add_person(sam, given="Joan")
            domain.add_number(actor=sam, person=other, scheme="council", value=f"{amina.pk}")
        client = signed_in("ruth")
        assert "Joan" not in client.get("/log/", {"whose": f"record {amina.pk}"}).text
        assert "Amina" not in client.get("/log/", {"whose": f"{amina.pk}"}).text

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"who": "victor@example.org"}, ["Looked at the person’s page"]),
            ({"who": " SAM@example.org "}, ["Added a person"]),
            ({"kind": "looked"}, ["Looked at the person’s page"]),
            ({"kind": "did"}, ["Added a person", "Added a person"]),
            ({"kind": "did:people.add_person", "who": "priya@example.org"}, ["Added a person"]),
            ({"kind": "did:people.move"}, []),
            ({"kind": "looked:money"}, []),
        ],
    )
    def test_by_who_acted_and_by_what(self, amina, others, signed_in, asked, found):
        assert whats(signed_in("ruth").get("/log/", asked)) == found

    def test_by_days_both_of_them_within(self, amina, remember, signed_in):
        noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
        for days in (9, 8, 7, 6):
            remember("sam", "audit_event", 1, person=amina.pk, at=noon - timedelta(days))
        first, last = TODAY() - timedelta(8), TODAY() - timedelta(7)
        asked = {
            f"{name}_{part}": getattr(day, part)
            for name, day in (("since", first), ("until", last))
            for part in ("day", "month", "year")
        }
        assert whats(signed_in("ruth").get("/log/", asked)) == ["Recorded a move"] * 2

    def test_what_was_asked_for_is_said_above_it(self, amina, signed_in):
        asked = {
            "whose": NHS, "who": "sam@example.org", "kind": "did:people.add_person",
            "since": "2026-03-01", "until": "3 April 2026",
        }  # fmt: skip
        client = signed_in("ruth")
        assert (
            f"Shown: record {amina.pk}, by Sam (sam@example.org), Added a person, "
            "from 1 March 2026, until 3 April 2026."
        ) in client.get("/log/", asked).text
        assert "Shown:" not in client.get("/log/", {"whose": "", "kind": ""}).text

    def test_all_that_is_wrong_is_said_at_once_and_nothing_is_shown(self, amina, signed_in):
        wrong = {"whose": "Amina", "who": "Sam", "kind": "x", "since_day": "3", "until_year": "1"}
        client = signed_in("ruth")
        page = client.get("/log/", wrong)
        assert said(page) == [
            (
                "No record that Exampleshire Council holds has the number “Amina”. Type an NHS or "
                "council number, or the record’s own number, such as record 12."
            ),
            "Who acted must be an email address in the correct format, like name@example.com",
            "Your choice is not in the list any more. Choose again.",
            "First day must include a month and a year",
            "Last day must include a day and a month",
        ]
        assert rows(page) == []
        assert 'value="Amina"' in page.text
        assert client.get("/log/log.csv", wrong).headers["Location"].startswith("/log/?whose=Amina")

    def test_days_that_end_before_they_begin_are_refused(self, signed_in):
        asked = {"since": "2026-03-02", "until": "2026-03-01"}
        page = signed_in("ruth").get("/log/", asked)
        assert said(page) == ["The last day must not be before the first"]

    def test_two_records_of_one_number_are_told_apart(self, amina, acting, signed_in):
        with acting("sam") as sam:
            other = add_person(sam, given="Joan")
            domain.add_number(actor=sam, person=other, scheme="council", value=NHS)
        (sentence,) = said(signed_in("ruth").get("/log/", {"whose": NHS}))
        assert f"Type record {amina.pk} or record {other.pk}." in sentence

    @pytest.mark.parametrize(
        "asked",
        [
            {"whose": "'"}, {"whose": "9" * 300}, {"whose": "record " + "9" * 30}, {"who": "%@x.y"},
            {"before": "x"}, {"after": "2026-11-28T10:00:00+00:00~did~²"}, {"before": "~~"},
            {"before": "0001-01-01T00:00:00+14:00~did~1"}, {"after": "9999-12-31T23:59:59-14:00~did~1"},
            {"before": "2026-11-28T10:00:00~did~1"}, {"until": "9999-12-31"}, {"agency": "77"},
        ],
    )  # fmt: skip
    def test_odd_addresses_are_answered(self, amina, signed_in, asked):
        client = signed_in("ruth")
        assert client.get("/log/", asked).status_code == 200
        assert client.get("/log/log.csv", asked).status_code in (200, 302)

    def test_who_governs_two_agencies_reads_one_at_a_time(self, amina, acting):
        with acting("tom") as tom:
            trust = tom.home.agency
        with acting("ruth") as ruth:
            both = [ruth.home.agency, trust]
            for asked, agency in (({}, both[0]), ({"agency": str(trust.pk)}, trust)):
                form = LogForm(both, asked)
                assert form.is_valid()
                assert form.wanted() == Wanted(agency)
            assert not LogForm(both, {"agency": "0"}).is_valid()
            assert "agency" not in LogForm(both[:1], {}).fields


class TestPageByPage:
    @pytest.fixture
    def many(self, amina, remember):
        """More than two pages, of which most happened at the same moment."""
        for table in ("audit_event", "audit_view"):
            remember("sam", table, PAGE + 7, person=amina.pk, apart=0)
            remember("sam", table, 9, person=amina.pk, apart=60)

    def walk(self, client, address, way):
        found = []
        while address:
            page = client.get(address)
            found.append(rows(page))
            link = re.search(rf'href="(\?[^"]*)" rel="{way}"', page.text)
            address = f"/log/{unescape(link[1])}" if link else ""
            last = page
        return found, last

    def test_every_line_is_reached_once_and_the_way_back_ends(self, many, amina, acting, signed_in):
        client, asked = signed_in("ruth"), "/log/?who=sam%40example.org"
        older, last = self.walk(client, asked, "next")
        assert [len(page) for page in older] == [PAGE, PAGE, 2 * (PAGE + 16) + 1 - 2 * PAGE]
        with acting("ruth") as ruth:
            wanted = Wanted(ruth.home.agency, user_id=Event.objects.order_by("pk")[0].user_id)
            lines = [line for part in queries.parts(wanted, 11, 1_000) for line in part]
        assert len({line.place for line in lines}) == len(lines) == sum(map(len, older))
        newest_first = lambda line: (line.at, line.source == "did", line.row)
        assert lines == sorted(lines, key=newest_first, reverse=True)
        back = re.search(r'href="(\?[^"]*)" rel="prev"', last.text)
        newer, first = self.walk(client, f"/log/{unescape(back[1])}", "prev")
        assert newer == [older[1], older[0]]
        assert 'rel="prev"' not in first.text
        assert "who=sam%40example.org" in back[1]

    def test_what_happens_meanwhile_moves_nothing_and_is_on_the_first_page(
        self, many, amina, remember, signed_in
    ):
        client = signed_in("ruth")
        first = client.get("/log/", {"kind": "did"})
        older = re.search(r'href="(\?[^"]*)" rel="next"', first.text)[1]
        second = rows(client.get(f"/log/{unescape(older)}"))
        remember("sam", "audit_event", 3, person=amina.pk, at=timezone.now() + timedelta(1))
        page = client.get(f"/log/{unescape(older)}")
        assert rows(page) == second
        newer = unescape(re.search(r'href="(\?[^"]*)" rel="prev"', page.text)[1])
        assert rows(client.get(f"/log/{newer}")) == rows(first)
        assert rows(client.get("/log/", {"kind": "did"}))[3:] == rows(first)[:-3]

    def test_however_much_there_is_the_page_asks_as_often(self, amina, many, signed_in):
        client = signed_in("ruth")
        asked = {"whose": NHS, "who": "sam@example.org", "kind": "did", "since": "2020-01-01"}
        counts = []
        for more in ({"kind": "did:people.add_person"}, {}):
            client.get("/log/", asked | more)
            with CaptureQueriesContext(connection) as counted:
                page = client.get("/log/", asked | more)
            counts.append((len(counted), len(rows(page))))
        assert counts[0][0] == counts[1][0] <= 12
        assert [count[1] for count in counts] == [1, PAGE]


class TestRemembered:
    def test_a_look_at_the_log_is_in_the_log_with_whose_it_was(self, amina, acting, signed_in):
        client = signed_in("ruth")
        client.get("/log/")
        client.get("/log/", {"whose": f"record {amina.pk}"})
        client.get("/log/", {"whose": "wrong"})
        client.get("/log/log.csv", {"whose": f"record {amina.pk}"})
        with acting("ruth") as ruth:
            kept = View.objects.filter(user_id=ruth.user_id).order_by("pk")
            assert list(kept.values_list("part", "person_id", "because", "held_by_id")) == [
                ("log", None, "governance", amina.held_by_id),
                ("log", amina.pk, "governance", amina.held_by_id),
                ("log_copy", amina.pk, "governance", amina.held_by_id),
            ]
        assert whats(client.get("/log/"))[:3] == [
            "Took a copy of the log", "Looked at the log", "Looked at the log",
        ]  # fmt: skip

    def test_the_file_holds_what_the_filter_shows(self, amina, acting, signed_in):
        with acting("sam") as sam:
            formula = add_person(sam, given="=cmd|'/c calc'!A1", family="")
        answer = signed_in("ruth").get("/log/log.csv", {"kind": "did"})
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="log-')
        newest, oldest = lines_of(answer)
        assert newest["Whose record or account"] == "'=cmd|'/c calc'!A1"
        assert (newest["Record"], newest["Email address"]) == (str(formula.pk), "sam@example.org")
        assert (oldest["What"], oldest["Code"]) == ("Added a person", "people.add_person")
        assert oldest["Whose record or account"] == "Amina Yusuf"

    def test_the_file_says_whose_account_was_changed_as_the_page_does(
        self, acting, cast, signed_in
    ):
        known = [{"user": number} for number in (cast.sam.pk, cast.tom.pk, 987_654)]
        with acting("ruth") as ruth:
            for facts in known:
                Event.objects.create(
                    user_id=ruth.user_id,
                    held_by_id=ruth.home.agency_id,
                    act="agencies.give_link",
                    facts=facts,
                )
        found = lines_of(signed_in("ruth").get("/log/log.csv", {"kind": "did"}))
        assert [line["Whose record or account"] for line in reversed(found)] == [
            "Sam <sam@example.org>", "Tom <tom@example.org>, of another agency", "Account 987654",
        ]  # fmt: skip

    @pytest.mark.parametrize(("count", "cut"), [(6, False), (7, False), (8, True)])
    def test_a_file_that_holds_not_everything_says_so_in_its_last_line(
        self, amina, remember, signed_in, monkeypatch, count, cut
    ):
        monkeypatch.setattr(copying, "MOST", 7)
        monkeypatch.setattr(copying, "PART", 3)
        remember("priya", "audit_event", count, person=amina.pk)
        found = lines_of(signed_in("ruth").get("/log/log.csv", {"who": "priya@example.org"}))
        lines = [line for line in found if line["Code"]]
        assert len(lines) == min(count, 7)
        assert ("more than this file may hold" in found[-1]["When"]) is cut

    def test_with_the_file_made_nobody_is_acting_any_more(self, amina, signed_in):
        lines_of(signed_in("ruth").get("/log/log.csv"))
        assert not Event.objects.exists()


def test_a_persons_page_leads_governance_to_who_opened_it(amina, signed_in):
    ruth = signed_in("ruth")
    page = ruth.get(f"/people/{amina.pk}/")
    address = unescape(re.search(r'href="([^"]+)">Who has opened this record', page.text)[1])
    opened = rows(ruth.get(address))
    assert ["Ruth" in row[1] or "Victor" in row[1] for row in opened] == [True, True]
    assert {row[2].strip() for row in opened} == {"Looked at the person’s page"}
    for who in ("sam", "priya", "rowan"):
        assert "Who has opened" not in signed_in(who).get(f"/people/{amina.pk}/").text


def test_the_log_is_there_in_welsh(amina, signed_in):
    page = signed_in("ruth").get("/log/", headers={"Accept-Language": "cy"})
    assert whats(page) == ["Edrychwyd ar dudalen y person", "Ychwanegwyd person"]
    assert "Dewis beth a ddangosir" in page.text
