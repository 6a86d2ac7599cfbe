"""Making a first agency, its teams and its people from a terminal, against a real database and a real server."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from typing import get_args

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.db import connection, connections
from django.utils import timezone
from typer.testing import CliRunner

from alongside.cli import agencies as commands
from alongside.cli import app
from alongside.cli.console import Mistake
from alongside.web.access.models import Agency, Membership, Role, Team
from alongside.web.accounts.models import User
from alongside.web.agencies import domain, queries
from alongside.web.audit.models import Event
from alongside.web.drafts.refusals import Refused
from support.own_forms import RULE, as_text, quality_form

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
NEW = "rhubarb lantern quartz"


def post(session, address, **typed):
    session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
    return session.post(address, typed, timeout=30)


def sign_in(server, email, password):
    session = requests.Session()
    address = f"{server.url}/account/login/"
    session.get(address, timeout=30)
    return post(session, address, login=email, password=password).text


@pytest.mark.slow
def test_from_nothing_to_a_practitioner_at_work(terminal, server):
    assert "Make one first" in terminal.refuses("team", "add", "North team")
    assert "is there" in terminal.says("agency", "add", "Northshire Council", "--kind", "council")
    assert "North team" in terminal.says("team", "add", "North team")
    told = terminal.says(
        "user", "add", "First.Last@council.example", "--name", "First Last", "--role",
        "practitioner", "--team", "north team", "--address", server.url,
    )  # fmt: skip
    assert "First Last, North team, Northshire Council: practitioner." in told
    link = re.search(r"http://\S+", told)[0]
    session = requests.Session()
    page = session.get(link, timeout=30)
    assert "New password again" in page.text
    assert (
        "There is a problem" in post(session, page.url, password1="short", password2="short").text
    )
    assert "is changed" in post(session, page.url, password1=NEW, password2=NEW).text
    assert "too old" in requests.get(link, timeout=30).text
    assert "My work" in sign_in(server, "first.last@council.example", NEW)
    listed = terminal.says("user", "list")
    assert "First Last" in listed
    assert "North team" in listed
    assert "1" in terminal.says("agency", "list")


@pytest.mark.slow
def test_a_password_typed_at_the_terminal_is_not_shown_and_lets_in(terminal, server):
    terminal.run("agency", "add", "Typing Trust", "--kind", "nhs")
    words = (
        "user", "add", "typed@trust.example", "--name", "Typed", "--role", "manager",
        "--agency", "Typing Trust", "--agrees-up-to", "£1,200.50", "--ask-password",
    )  # fmt: skip
    refused = terminal.types("short", "short", words=words)
    assert refused.code == 2
    assert "at least 12 characters" in " ".join(refused.seen.split())
    done = terminal.types(NEW, NEW, words=words)
    assert done.code == 0, done.seen
    assert NEW not in done.seen
    assert "agrees budgets up to £1,200.50 a week" in done.seen
    assert "My work" in sign_in(server, "typed@trust.example", NEW)
    assert "no terminal" in terminal.refuses(*words[:2], "other@trust.example", *words[3:])


WRONG = [
    (["--agency", "Nothern Council"], "There is no agency called"),
    (["--agrees-up-to", "lots"], "an amount in pounds a week"),
    (["--agrees-up-to", "6,00"], "'6,00' was found"),
    (["--agrees-up-to", "0,950"], "'0,950' was found"),
    (["--agrees-up-to", "600"], "Only a manager"),
    (["--address", "care.council.example"], "should look like https://"),
    (["--address", "http://[abc"], "should look like https://"),
    (["--address", "http://localhost:8000/?x=1#y"], "without a user, a ? or a #"),
    (["--address", "https://elsewhere.example"], "Name it in ALONGSIDE_HOSTS"),
    (["--role", "boss"], "practitioner"),
]


@pytest.mark.slow
def test_wrong_words_are_refused_in_a_sentence_and_nobody_is_let_in(terminal, subtests):
    terminal.run("agency", "add", "Northern Council", "--kind", "council")
    for words, says in WRONG:
        with subtests.test(says):
            said = terminal.refuses(
                "user", "add", "wrong@council.example", "--name", "Wrong", "--role", "practitioner",
                "--agency", "Northern Council", *words,
            )  # fmt: skip
            assert says in " ".join(said.split())
    assert "Nobody signs in as" in terminal.refuses("user", "link", "wrong@council.example")


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:99999", "http://localhost/?", "http://localhost/#", "http://localhost?x=1",
        "http://elsewhere.example\\@localhost", "http://somebody@localhost", "http://local host/",
        "http://localhost/a b", "http:///", "http://[::1",
    ],
)  # fmt: skip
def test_an_address_from_which_a_link_leads_nowhere_is_refused(address):
    with pytest.raises(Mistake, match="should look like https://care.council.example"):
        commands._home(address)


@pytest.mark.parametrize(
    "address",
    ["http://localhost", "http://localhost:8000/", "HTTP://localhost/care/", "http://[::1]:8000"],
)
def test_an_address_at_which_the_platform_is_reached_is_taken(address):
    assert commands._home(address) == address


@pytest.mark.parametrize(
    "words",
    [
        ["agency"], ["agency", "add"], ["agency", "list"], ["team", "add"], ["user"], ["user", "add"],
        ["user", "link"], ["user", "change"], ["user", "join"], ["user", "leave"], ["user", "list"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_command_teaches_what_it_does(words):
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "120"})
    assert done.exit_code == 0
    assert len(done.output.split()) > 20


def test_the_commands_offer_what_the_platform_knows():
    assert set(get_args(commands.Role)) == set(Role.values)
    assert set(get_args(commands.Kind)) == set(Agency.Kind.values)
    assert set(get_args(commands.Route)) == set(Agency.Route.values)


def place(agency, role="practitioner", **more):
    return domain.Place(agency=agency, role=role, **more)


def test_a_real_agency_is_not_put_beside_the_example(db):
    with pytest.raises(Refused, match="a database of their own"):
        domain.add_agency(name="Real", kind="council", route="budget_first")


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x" * 250 + "@example.org", "a\x00@example.org"]
)
def test_what_is_no_address_is_refused(council, email):
    with pytest.raises(Refused, match="email address"):
        domain.add_user(email=email, name="Somebody", place=place(council))


def test_nobody_is_let_in_twice(council):
    domain.add_user(email="one@council.example", name="One", place=place(council))
    with pytest.raises(Refused, match="alongside user join one@council.example"):
        domain.add_user(email=" ONE@council.example", name="One", place=place(council))


@pytest.mark.parametrize(
    ("role", "more", "says"),
    [
        ("practitioner", {"may_agree_up_to": Decimal(10)}, "Only a manager"),
        ("manager", {"may_agree_up_to": Decimal(10), "read_only": True}, "Only a manager"),
        ("manager", {"may_agree_up_to": Decimal(0)}, "above 0"),
        ("manager", {"may_agree_up_to": Decimal("10.001")}, "whole pence"),
        ("manager", {"may_agree_up_to": Decimal("NaN")}, "pounds a week"),
        ("manager", {"may_agree_up_to": Decimal("1e12")}, "pounds a week"),
    ],
)
def test_a_place_whose_parts_do_not_go_together_is_refused(council, role, more, says):
    with pytest.raises(Refused, match=says):
        domain.add_user(email="m@council.example", name="M", place=place(council, role, **more))
    assert not User.objects.using("owner").filter(email="m@council.example").exists()


def test_who_leaves_cannot_sign_in_and_who_comes_back_can(council):
    user = domain.add_user(email="goes@council.example", name="Goes", place=place(council))
    domain.leave(user=user, agency=council, now=timezone.now())
    user.refresh_from_db(using="owner")
    assert not user.is_active
    with pytest.raises(Refused, match="does not work in"):
        domain.leave(user=user, agency=council, now=timezone.now())
    with pytest.raises(Refused, match="user join"):
        domain.give_link(user=user)
    domain.join(user=user, place=place(council, "analyst"))
    user.refresh_from_db(using="owner")
    assert user.is_active
    with pytest.raises(Refused, match="already"):
        domain.join(user=user, place=place(council, "analyst"))
    assert [each.role for each in queries.places(council)] == ["analyst"]


def test_a_name_and_an_address_are_changed_and_never_taken_from_another(council):
    one = domain.add_user(email="one@council.example", name="One", place=place(council))
    domain.add_user(email="two@council.example", name="Two", place=place(council))
    domain.change_user(user=one, email="ONE.new@council.example", name="One New")
    kept = User.objects.using("owner").get(pk=one.pk)
    assert (kept.email, kept.name) == ("one.new@council.example", "One New")
    for given, says in (
        ({"email": "two@council.example"}, "already"),
        ({"email": "two"}, "not an email address"),
        ({"name": ""}, "cannot be empty"),
        ({}, "Nothing would change"),
    ):
        with pytest.raises(Refused, match=says):
            domain.change_user(user=one, **given)


def test_what_a_provider_said_of_an_address_ends_with_it(council):
    user = domain.add_user(email="old@council.example", name="One", place=place(council))
    came = SocialAccount.objects.using("owner")
    came.create(user=user, provider="agency", uid="of old@council.example")
    domain.change_user(user=user, name="One New")
    assert came.filter(user=user).exists()
    domain.change_user(user=user, email="new@council.example")
    assert not came.filter(user=user).exists()


def test_who_leaves_one_of_two_agencies_goes_on_in_the_other(council):
    other = domain.add_agency(name="Northshire Trust", kind="nhs", route="plan_first")
    user = domain.add_user(email="two@council.example", name="Two", place=place(council))
    domain.join(user=user, place=place(other))
    domain.leave(user=user, agency=council, now=timezone.now())
    user.refresh_from_db(using="owner")
    assert user.is_active
    assert Membership.objects.using("owner").get(user=user, ended_at=None).agency_id == other.pk


def test_each_act_is_remembered_without_anybodys_name(council):
    team = domain.add_team(agency=council, name="North team")
    with pytest.raises(Refused):
        domain.add_team(agency=council, name="north TEAM")
    user = domain.add_user(
        email="kept@council.example", name="Kept", place=place(council, team=team)
    )
    domain.give_link(user=user)
    acts = Event.objects.using("owner").filter(act__startswith="agencies.").order_by("pk")
    assert [each.act.partition(".")[2] for each in acts] == [
        "add_agency", "add_team", "add_user", "give_link",
    ]  # fmt: skip
    assert {each.user_id for each in acts} == {None}
    assert all(each.facts["machine_account"] == os.getuid() for each in acts)
    assert "Kept" not in str([each.facts for each in acts])
    assert Team.objects.using("owner").get(pk=team.pk).agency_id == council.pk


@pytest.fixture
def governed():
    """Give an agency with somebody of information governance, and the acts about accounts that they may see."""
    role = connection.settings_dict["USER"]

    def agency(name):
        made = domain.add_agency(name=name, kind="council", route="budget_first")
        email = f"{name.split()[0].lower()}@governance.example"
        ruth = domain.add_user(email=email, name="Ruth", place=place(made, "governance"))

        def sees():
            with connections["owner"].cursor() as cursor:
                cursor.execute("SELECT set_config('alongside.user_id', %s, true)", [str(ruth.pk)])
                cursor.execute(f"SET LOCAL ROLE {role}")
                cursor.execute(
                    "SELECT act, (facts->>'user')::int, held_by_id FROM audit_event"
                    " WHERE act IN ('agencies.change_user', 'agencies.give_link') ORDER BY id"
                )
                found = cursor.fetchall()
                cursor.execute("RESET ROLE")
            return found

        return made, sees

    return agency


def test_what_is_done_with_an_account_is_seen_where_somebody_works_and_nowhere_else(
    transactional_owner, governed
):
    (north, north_sees), (south, south_sees), (_west, west_sees) = map(
        governed, ("North Council", "South Council", "West Council")
    )
    one = domain.add_user(email="one@north.example", name="One", place=place(north))
    both = domain.add_user(email="both@north.example", name="Both", place=place(north))
    domain.join(user=both, place=place(north, "analyst"))
    domain.join(user=both, place=place(south))
    domain.change_user(user=one, name="One New")
    domain.give_link(user=both)
    changed, given = "agencies.change_user", "agencies.give_link"
    assert north_sees() == [(changed, one.pk, north.pk), (given, both.pk, north.pk)]
    assert south_sees() == [(given, both.pk, south.pk)], "and nothing of One, nor of the north"
    assert west_sees() == []
    assert Event.objects.using("owner").filter(act__in=(changed, given)).count() == 3


def test_an_account_that_works_nowhere_is_that_of_where_it_worked(transactional_owner, governed):
    (north, north_sees), (south, south_sees) = map(governed, ("North Council", "South Council"))
    user = domain.add_user(email="goes@north.example", name="Goes", place=place(north))
    domain.join(user=user, place=place(south))
    domain.leave(user=user, agency=north, now=timezone.now())
    domain.change_user(user=user, name="Goes South")
    assert north_sees() == [], "whom they left is not told what the other agency does"
    assert len(south_sees()) == 1
    domain.leave(user=user, agency=south, now=timezone.now())
    domain.change_user(user=user, name="Gone")
    assert (len(north_sees()), len(south_sees())) == (1, 2)


@pytest.mark.slow
def test_who_governs_an_agency_sees_acts_at_the_terminal_and_others_do_not(terminal):
    terminal.run("agency", "add", "Watched Council", "--kind", "council")
    terminal.says(
        "user", "add", "ruth@watched.example", "--name", "Ruth", "--role", "governance",
        "--agency", "Watched Council",
    )  # fmt: skip
    with terminal.addresses.owner.connect() as connection:
        query = "SELECT id FROM accounts_user WHERE email = 'ruth@watched.example'"
        ruth = connection.execute(query).fetchone()[0]
    with terminal.addresses.application.connect() as connection:
        acting = "SELECT set_config('alongside.user_id', %s, false)"
        connection.execute(acting, [str(ruth)])
        seen = {row[0] for row in connection.execute("SELECT act FROM audit_event")}
        connection.execute(acting, [""])
        assert not connection.execute("SELECT act FROM audit_event").fetchall()
    assert {"agencies.add_agency", "agencies.add_user"} <= seen


@pytest.mark.slow
def test_square_brackets_in_a_name_or_a_title_break_no_list(terminal, tmp_path):
    where, who, titled = "Old [/north] Agency", "[red]Ann[/red]", "[/b] Eight :heart: questions"
    terminal.says("agency", "add", where, "--kind", "nhs")
    terminal.says(
        "user", "add", "ann@old.example", "--name", who, "--role", "analyst", "--agency", where
    )
    form = tmp_path / "a[b].json"
    form.write_text(as_text(quality_form(title=titled)), "utf-8")
    to = ("--agency", where)
    terminal.says("instrument", "load", str(form), "--value-set", "ascot-2012-england", *to)
    assert where in terminal.says("agency", "list")
    assert who in terminal.says("user", "list", *to)
    assert titled in terminal.says("instrument", "list", *to)


def test_an_agency_is_given_forms_of_its_own(terminal, tmp_path):
    where = "Formshire Council"
    terminal.says("agency", "add", where, "--kind", "council")
    form, rule = tmp_path / "life.json", tmp_path / "northland.yaml"
    form.write_text(as_text(quality_form()), "utf-8")
    rule.write_text(RULE, "utf-8")
    to = ("--agency", where)
    assert "has no form of its own" in terminal.refuses("instrument", "list", *to)
    worth = ("--value-set", "ascot-2012-england")
    assert "is there for" in terminal.says("instrument", "load", str(form), *worth, *to)
    assert "is there for" in terminal.says("instrument", "load", str(rule), *to)
    listed = terminal.says("instrument", "list", *to)
    assert "Life in eight questions" in listed
    assert "Needs of adults, Northland" in listed
    form.write_text(as_text(quality_form(item=[])), "utf-8")
    assert "Questionnaire.item" in terminal.refuses("instrument", "load", str(form), *to)
    assert "no file called" in terminal.refuses("instrument", "load", "nowhere.json", *to)
