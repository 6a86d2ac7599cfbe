"""An administrator adds the agency's own method and puts it in use; nobody else sees or does that."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from html import escape

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from alongside.allocation import PackageModel
from alongside.web.access.actor import Actor
from alongside.web.audit.models import Event
from alongside.web.budgets import domain, queries
from alongside.web.budgets.forms import UseMethodForm
from alongside.web.budgets.method import example, work_out
from alongside.web.budgets.models import AllocationMethod, MethodInUse
from alongside.web.budgets.permissions import administers, may_change
from alongside.web.drafts.refusals import Refused
from alongside.web.people.views import MyWork
from support.methods import SHEET, altered, as_file, dearer, foreign, whole
from support.page_forms import read
from support.plans import TODAY

pytestmark = pytest.mark.django_db

METHODS, ADD = reverse("budgets:methods"), reverse("budgets:add_method")


def use_of(method):
    return reverse("budgets:use_method", args=[method.pk])


def files_of(method):
    return [reverse(f"budgets:{name}", args=[method.pk]) for name in ("method_file", "data_sheet")]


def typed(**changed):
    return {"name": "Our method", "version": "2026.1", "data_sheet": SHEET} | changed


def on(day):
    return {"since_day": day.day, "since_month": day.month, "since_year": day.year}


def council_of(actor):
    return actor.home.agency_id


@pytest.fixture
def ours(acting):
    """A method that Asha's agency uses from today."""
    with acting("asha") as asha:
        method = domain.publish_method(
            actor=asha, agency_id=council_of(asha), content=dearer(), **typed(name="Hushed method")
        )
        domain.put_method_in_use(
            actor=asha, agency_id=council_of(asha), method=method, since=TODAY(), today=TODAY()
        )
    return method


def test_a_method_is_added_from_its_file_and_used_from_the_day_that_is_chosen(acting, signed_in):
    client = signed_in("asha")
    assert METHODS in client.get("/").text
    assert "The example that ships" in client.get(METHODS).text
    added = client.post(ADD, {**typed(), "model": as_file(dearer("1.20"))}, follow=True)
    assert "Our method 2026.1 is added." in added.text
    with acting("asha") as asha:
        council, method = council_of(asha), AllocationMethod.objects.get()
        assert (method.digest, method.data_sheet) == (dearer("1.20")["digest"], SHEET)
        assert method.published_by == asha.user
        assert queries.method_in_use(council, TODAY()).digest == example().digest
    day = TODAY() + timedelta(7)
    used = client.post(use_of(method), on(day), follow=True)
    assert "Our method 2026.1 is in use from" in used.text
    table = used.text.partition("<table")[2].partition("</table>")[0]
    assert ">From</th>" in table
    assert table.index("The example that ships") < table.index("Our method")
    with acting("sam"):
        assert queries.method_in_use(council, day - timedelta(1)).digest == example().digest
        own = queries.method_in_use(council, day)
        assert own.digest == method.digest
    answers = {item.name: 1 for item in example().model(day).published_.items}
    mine, shipped = (work_out(answers, on=day, method=each) for each in (own, example()))
    assert mine.weekly > shipped.weekly
    assert sum(line.amount for line in mine.lines) == mine.weekly
    with acting("ruth"):
        acts = Event.objects.filter(act__startswith="budgets.", held_by_id=council)
        assert set(acts.values_list("act", flat=True)) == {
            "budgets.publish_method",
            "budgets.put_method_in_use",
        }


WRONG = {
    "altered": (altered(), "was altered after it was saved"),
    "of another kind": ({"kind": "a shopping list"}, "not a package model"),
    "a list": ([1, 2], "not a package model"),
    "no JSON": (b"name,rate\n", "cannot be read as JSON"),
    "not text": (b"\xff\xfe\x00", "cannot be read as JSON"),
    "endless": (b"[" * 200_000, "cannot be read as JSON"),
    "no number": (b'{"kind": NaN}', "cannot be read as JSON"),
    "empty": (b"", "empty"),
    "of another time": (whole({**dearer(), "version": 99}), "another version of the program"),
    "half": (whole({name: dearer()[name] for name in ("kind", "version")}), "not whole"),
    "of other questions": (foreign(), "need_juggling"),
    "without prices": (dearer(rates=None), "no price"),
    "not exact": (dearer(unseen_error=-0.0), "cannot be kept exactly"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_file_that_will_not_do_is_refused_in_a_sentence_and_nothing_is_kept(
    kind, acting, signed_in
):
    content, says = WRONG[kind]
    answer = signed_in("asha").post(ADD, {**typed(version="7.7"), "model": as_file(content)})
    assert answer.status_code == 422
    told = read(answer.text)
    assert says in told.said
    assert "#id_model" in told.links
    assert 'value="7.7"' in answer.text
    with acting("asha"):
        assert not AllocationMethod.objects.exists()
        assert not Event.objects.filter(act="budgets.publish_method").exists()


def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_stays(ours, acting, signed_in):
    client = signed_in("asha")
    nothing = read(client.post(ADD, {}).text)
    assert len(nothing.links) == 4
    both = client.post(
        ADD,
        {
            **typed(name="hushed METHOD", data_sheet=""),
            "model": as_file(altered()),
        },
    )
    told = read(both.text).said
    for says in ("was altered", "There is a version 2026.1 of hushed METHOD already", "fitted on"):
        assert says in told, says
    assert "hushed METHOD" in client.get(ADD).text
    again = client.post(ADD, {**typed(name="Another"), "model": as_file(dearer())})
    assert "published already: it is Hushed method 2026.1" in read(again.text).said
    with acting("asha"):
        assert AllocationMethod.objects.get() == ours


def test_a_day_that_will_not_do_is_refused_in_a_sentence_and_stays(ours, acting, signed_in):
    client = signed_in("asha")
    with acting("asha") as asha:
        late = dearer()
        newest = {rate["service"]: rate for rate in late["rates"]}
        late["rates"] = [{**rate, "valid_from": "2090-04-01"} for rate in newest.values()]
        priced_later = domain.publish_method(
            actor=asha, agency_id=council_of(asha), content=whole(late), **typed(name="Late")
        )
    for method, day, says in (
        (ours, TODAY() - timedelta(1), "must be today or in the future"),
        (ours, date(2126, 4, 1), "This day is more than two years ahead. Check the year"),
        (ours, TODAY(), "A method comes into use on that day already"),
        (priced_later, TODAY() + timedelta(1), "no price for each of its services on that day"),
    ):
        answer = client.post(use_of(method), on(day))
        assert answer.status_code == 422
        assert says in read(answer.text).said
        assert f'value="{day.year}"' in answer.text
    assert read(client.post(use_of(ours), {}).text).links == ["#id_since_day"]
    with acting("asha"):
        assert MethodInUse.objects.count() == 1
        assert Event.objects.filter(act="budgets.put_method_in_use").count() == 1


@pytest.mark.parametrize(
    ("today", "latest", "says"),
    [
        (date(2026, 11, 28), date(2028, 11, 28), "28 November 2028 is the latest"),
        (date(2025, 6, 1), date(2027, 6, 1), "1 June 2027 is the latest"),
        (date(2024, 2, 29), date(2026, 2, 28), "28 February 2026 is the latest"),
    ],
)
def test_a_method_is_put_in_use_up_to_the_same_day_two_years_later(
    ours, acting, today, latest, says
):
    with acting("asha") as asha:
        given = {"actor": asha, "agency_id": council_of(asha), "method": ours, "today": today}
        with pytest.raises(Refused, match=says):
            domain.put_method_in_use(**given, since=latest + timedelta(1))
        assert domain.put_method_in_use(**given, since=latest).since == latest


@pytest.mark.parametrize(
    "who", ["sam", "priya", "rowan", "ruth", "ade", "ines", "tom", "lena", "olu"]
)
def test_nobody_else_sees_or_reaches_the_methods(who, ours, acting, signed_in):
    client = signed_in(who)
    assert METHODS not in client.get("/").text
    for address in (METHODS, ADD, use_of(ours), *files_of(ours)):
        page = client.get(address)
        assert page.status_code == 403
        assert not [each for each in ("Hushed", SHEET, ours.digest) if each in page.text]
    assert client.post(ADD, {**typed(), "model": as_file(dearer("1.3"))}).status_code == 403
    assert client.post(use_of(ours), on(TODAY() + timedelta(3))).status_code == 403
    with acting("asha"):
        assert AllocationMethod.objects.get() == ours
        assert MethodInUse.objects.get().method == ours


def test_whoever_is_not_signed_in_is_asked_to(ours, client):
    for address in (METHODS, ADD, use_of(ours), *files_of(ours)):
        answer = client.get(address)
        assert answer.status_code == 302
        assert "login" in answer.url


def test_an_administrator_who_only_reads_changes_nothing(ours, acting):
    with acting("asha") as asha:
        only_reads = replace(asha, memberships=tuple(copy(each) for each in asha.memberships))
        for each in only_reads.memberships:
            each.read_only = True
        council = asha.home.agency
        assert (administers(only_reads), may_change(only_reads)) == ([council], [])
        with pytest.raises(PermissionDenied):
            domain.put_method_in_use(
                actor=only_reads, agency_id=council.pk, method=ours, since=TODAY(), today=TODAY()
            )


def test_whoever_opens_records_too_finds_the_methods_beside_their_work(acting, cast, rf):
    memberships = []
    for name in ("sam", "asha"):
        with acting(name) as actor:
            memberships += actor.memberships
    request = rf.get("/")
    request.user, request.session = cast.asha, {}
    with acting("asha"):
        request.actor = Actor(cast.asha, tuple(memberships))
        page = MyWork.as_view()(request).render().text
    assert reverse("people:find") in page
    assert METHODS in page


def test_whoever_administers_two_agencies_says_which(acting):
    with acting("asha") as asha, acting("tom") as tom:
        both = [asha.home.agency, tom.home.agency]
    one = UseMethodForm(on(TODAY()), agencies=both[:1])
    assert one.is_valid()
    assert one.chosen == both[0]
    unsaid = UseMethodForm(on(TODAY()), agencies=both)
    assert set(unsaid.errors) == {"agency"}
    said = UseMethodForm({**on(TODAY()), "agency": str(both[1].pk)}, agencies=both)
    assert said.is_valid()
    assert said.chosen == both[1]


def test_what_several_agencies_use_is_asked_once(ours, acting, django_assert_num_queries):
    with acting("tom") as tom:
        trust = tom.home.agency
    with acting("asha") as asha:
        council = asha.home.agency
        newer, later = TODAY() + timedelta(7), TODAY() + timedelta(14)
        for day in (later, newer):
            domain.put_method_in_use(
                actor=asha, agency_id=council.pk, method=ours, since=day, today=TODAY()
            )
        for day, days in (
            (TODAY(), [TODAY(), newer, later]),
            (newer + timedelta(1), [newer, later]),
            (later, [later]),
        ):
            with django_assert_num_queries(1):
                found = queries.uses_of([council, trust], day)
            assert {agency: [each.since for each in uses] for agency, uses in found.items()} == {
                council.pk: days
            }
            assert all(each.method.name == "Hushed method" for each in found[council.pk])


def test_many_methods_are_a_page_at_a_time(acting, signed_in):
    with acting("asha") as asha:
        for n in range(queries.METHODS_A_PAGE + 1):
            AllocationMethod.objects.create(
                name=f"Method {n:02}.", version="1", digest=f"{n:064}", model={}, data_sheet="x",
                published_by=asha.user,
            )  # fmt: skip
    client = signed_in("asha")
    first = client.get(METHODS).text
    assert "Method 20." in first
    assert "Method 00." not in first
    older = first.partition("?before=")[2].partition('"')[0]
    assert "Method 00." in client.get(METHODS, {"before": older}).text
    assert client.get(METHODS, {"before": "9" * 50}).status_code == 200
    assert client.get(METHODS, {"before": "x"}).status_code == 200


def test_a_data_sheet_is_read_as_it_was_written(acting, signed_in):
    sheet = "# Ours\n\n<b>Not</b> for anybody under 18."
    client = signed_in("asha")
    client.post(ADD, {**typed(data_sheet=sheet), "model": as_file(dearer())})
    assert escape(sheet) in client.get(METHODS).text.replace("\r\n", "\n")


def test_an_administrator_takes_the_file_and_the_data_sheet_of_a_method(ours, signed_in, tmp_path):
    client = signed_in("asha")
    page = client.get(METHODS).text
    assert all(f'href="{address}" download' in page for address in files_of(ours))
    file, sheet = (client.get(address) for address in files_of(ours))
    assert 'attachment; filename="hushed-method-2026-1.json"' in file["Content-Disposition"]
    (tmp_path / "model.json").write_bytes(file.content)
    assert PackageModel.load(tmp_path / "model.json").digest_ == ours.digest
    assert sheet.text == SHEET
    assert "hushed-method-2026-1-data-sheet.md" in sheet["Content-Disposition"]
    gone = reverse("budgets:method_file", args=[ours.pk + 1])
    assert client.get(gone).status_code == 404


def test_it_is_there_in_welsh(ours, signed_in):
    page = signed_in("asha").get(METHODS, headers={"Accept-Language": "cy"}).text
    assert "Y dulliau a ychwanegwyd" in page
    assert "The methods that were added" not in page
