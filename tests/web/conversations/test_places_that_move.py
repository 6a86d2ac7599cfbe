"""Two write a page on which things are added and taken away: places move, and nothing said goes with the wrong one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from alongside.instruments.parts import html_id
from alongside.web.conversations import domain, invitations, queries
from support.browser_forms import typed_form
from support.instrument_forms import form, item
from support.own_forms import as_text

pytestmark = pytest.mark.django_db

FORM = form(
    item("place", "group",
        item("who", "group", item("name", "string"), item("about", "string"), text="Who", repeats=True),
        item("counted", "integer", item("why", "string"), item("year", "integer"), repeats=True),
        text="Around you",
    ),
    title="Around you", name="around-you",
)  # fmt: skip


@pytest.fixture(scope="module")
def around_you(councils_form):
    """The council's own form with a group and a question that repeat."""
    return councils_form(as_text(FORM))


@pytest.fixture
def view(around_you, amina, start, acting):
    """A view in which two people are named."""
    _held, view = start(amina, around_you.name)
    with acting("sam") as sam:
        for posted in ({"q-name~0": ["Ann"], "act": ["add who~0"]}, {"q-name~1": ["Bel"]}):
            domain.save_page(actor=sam, view_id=view.pk, page="1", posted=posted, seen_version=None)
    return view


class Reader:
    """Somebody with the page open: what they send is what the page holds, with what they change."""

    def __init__(self, client, address):
        self.client, self.address = client, address
        self.open()

    def open(self):
        self.holds = typed_form(self.client.get(self.address).text)

    def send(self, **changed):
        answer = self.client.post(self.address, self.holds | changed)
        if answer.status_code != 302:
            self.holds = typed_form(answer.text)
        return answer

    def press(self, button):
        return self.send(act=button)

    def choose(self, whose):
        """Choose one side of all that the page asks about."""
        return self.send(**dict.fromkeys(self.asked(), whose))

    def asked(self):
        return [f"choose_{name}" for name in self.holds.get("asked_to_choose", ())]


@pytest.fixture
def two(view, signed_in):
    """Give two people with the page open: each a way to send it with what they changed."""
    address = reverse("conversations:sheet", args=[view.pk, 1])

    return Reader(signed_in("priya"), address), Reader(signed_in("sam"), address)


@pytest.fixture
def likes_typed_over(around_you, amina, start, save):
    """A view in which each of two answers was typed over, with something said beneath each."""
    held, view = start(amina, around_you.name)
    type_over(save, view)
    return held, view


def type_over(save, view):
    save(view, counted=["3", "5"])
    save(view, **{"why~0": "On the stairs", "why~1": "In the garden", "year~1": "in May"})
    save(view, counted=["x", "y"])


@pytest.fixture
def save(acting):
    def write(view, **answers):
        posted = {
            f"q-{key}": [said] if isinstance(said, str) else said for key, said in answers.items()
        }
        with acting("sam") as sam:
            domain.save_page(actor=sam, view_id=view.pk, page="1", posted=posted, seen_version=None)

    return write


def kept(acting, view):
    with acting("sam"):
        return [(each["link_id"], each["words"]) for each in queries.view(view.pk).kept_aside]


BENEATH = [("why", "On the stairs"), ("why", "In the garden"), ("year", "in May")]


def test_what_was_said_beneath_answers_that_were_all_typed_over_is_kept_with_them(
    likes_typed_over, acting, signed_in
):
    held, view = likes_typed_over
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    assert kept(acting, view) == [("counted", "x, y"), *BENEATH]
    text = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).text
    assert "stands beneath an answer that was not given" in text


def test_what_was_said_beneath_one_of_several_that_was_typed_over_is_kept_too(
    likes_typed_over, acting, save
):
    held, view = likes_typed_over
    save(view, counted=["x", "5"])
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    assert kept(acting, view)[:2] == [("counted", "x, 5"), BENEATH[0]]


def test_what_was_said_beneath_is_kept_when_a_conversation_is_set_aside_and_taken_up(
    likes_typed_over, acting, save
):
    held, view = likes_typed_over
    with acting("sam") as sam:
        domain.set_aside(actor=sam, conversation=held, because="They were too tired")
    assert kept(acting, view) == BENEATH
    with acting("sam") as sam:
        domain.take_up(actor=sam, conversation=held)
    save(view, counted=["4"])
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
        domain.amend(actor=sam, view=queries.view(view.pk), because="To put it right")
        domain.complete_view(actor=sam, view=queries.view(view.pk))
    assert kept(acting, view) == []


def test_what_was_kept_when_it_was_set_aside_is_there_when_the_answers_come_by_a_private_link(
    around_you, amina, acting, save
):
    with acting("sam") as sam:
        invited = invitations.invite(actor=sam, person=amina, form_name=around_you.name)
        held = invited.invitation.conversation
        view = queries.main_view(held.pk)
    type_over(save, view)
    with acting("sam") as sam:
        domain.set_aside(actor=sam, conversation=held, because="They were too tired")
        domain.take_up(actor=sam, conversation=held)
    sent = {"key": invited.token, "page": "1", "seen_version": None}
    invitations.save_as_guest(**sent, posted={"q-counted": ["4"], "q-year~0": ["in June"]})
    invitations.finish_as_guest(key=invited.token, answered_by="self", help_given="")
    assert kept(acting, view) == [*BENEATH, ("year", "in June")]


def names(acting, view):
    with acting("sam"):
        found = list(queries.walk(queries.view(view.pk).draft["item"]))
    return [
        each["answer"][0]["valueString"]
        for each in found
        if each["linkId"] == "name" and "answer" in each
    ]


def test_what_a_colleague_took_away_does_not_come_back_with_a_page_that_shows_it(two, acting, view):
    priya, sam = two
    assert priya.press("remove who~0").status_code == 302
    assert sam.send().status_code == 302
    assert names(acting, view) == ["Bel"]


def test_two_who_take_away_the_same_one_do_not_take_away_another(two, acting, view):
    priya, sam = two
    priya.press("remove who~0")
    assert sam.press("remove who~0").status_code == 409
    assert names(acting, view) == ["Bel"]
    assert sam.choose("theirs").status_code == 302
    assert names(acting, view) == ["Bel"]


def test_what_is_typed_of_one_that_moved_is_asked_about(two, acting, view):
    priya, sam = two
    priya.press("remove who~0")
    asked = sam.send(**{"q-name~1": "Bel from next door"})
    assert (asked.status_code, "Bel from next door" in asked.text) == (409, True)
    assert names(acting, view) == ["Bel"]
    assert sam.choose("mine").status_code == 302
    assert "Bel from next door" in names(acting, view)
    assert "Bel" in names(acting, view)


def test_what_each_of_two_added_is_there(two, acting, view):
    priya, sam = two
    for person, name in ((priya, "Cat"), (sam, "Dee")):
        assert person.press("add who~1").status_code == 302
        place = len(names(acting, view))
        person.open()
        assert person.send(**{f"q-name~{place}": name}).status_code == 302
    assert names(acting, view) == ["Ann", "Bel", "Cat", "Dee"]


def test_what_is_typed_of_one_does_not_go_to_another_that_moved_to_its_place(two, acting, view):
    priya, sam = two
    for button in ("remove who~0", "add who~0"):
        priya.press(button)
        priya.open()
    priya.send(**{"q-name~1": "Cat"})
    asked = sam.send(**{"q-about~0": "My sister"})
    choices = [f"choose_{html_id(key)}" for key in ("about~0", "name~0", "name~1")]
    assert (asked.status_code, sorted(sam.asked())) == (409, choices)
    assert names(acting, view) == ["Bel", "Cat"]
    chosen = dict(zip(choices, ("mine", "mine", "theirs"), strict=True))
    assert sam.send(**chosen).status_code == 302
    assert names(acting, view) == ["Ann", "Cat"]


@pytest.fixture
def three(two):
    """Give the two with three people on the page."""
    priya, sam = two
    priya.press("add who~1")
    priya.open()
    priya.send(**{"q-name~2": "Cat"})
    for reader in two:
        reader.open()
    return priya, sam


def test_an_entry_that_nobody_touched_is_asked_about_where_it_moved_and_another_is_typed_over(
    three, acting, view
):
    priya, sam = three
    priya.press("remove who~0")
    asked = sam.send(**{"q-name~1": "Bel from next door"})
    choices = [f"choose_{html_id(f'name~{place}')}" for place in (1, 2)]
    assert (asked.status_code, sorted(sam.asked())) == (409, choices)
    assert sam.holds["q-name~2"] == ["Cat"]
    assert sam.choose("mine").status_code == 302
    assert names(acting, view) == ["Bel", "Bel from next door", "Cat"]


def test_entries_that_stay_in_their_places_are_not_asked_about(three, acting, view):
    priya, sam = three
    assert priya.send(**{"q-name~0": "Anna"}).status_code == 302
    assert sam.send(**{"q-name~1": "Bel from next door"}).status_code == 302
    sam.open()
    priya.open()
    assert priya.press("remove who~2").status_code == 302
    assert sam.send(**{"q-name~0": "Ann"}).status_code == 302
    assert names(acting, view) == ["Ann", "Bel from next door"]
