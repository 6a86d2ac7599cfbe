"""Amina, who draws on support, and what she says."""

from __future__ import annotations

from datetime import date

import pytest


@pytest.fixture
def amina(acting):
    from alongside.web.people.domain import add_person

    with acting("sam") as sam:
        return add_person(
            actor=sam,
            details={"given_name": "Amina", "family_name": "Yusuf", "born_on": date(1948, 3, 27)},
            today=date(2026, 3, 2),
        )


@pytest.fixture
def start(acting):
    """Start a conversation as somebody; gives it with its main view."""
    from alongside.web.conversations import domain, queries

    def begin(person, form="outcomes-conversation", held_on=date(2026, 3, 3), who="sam", **more):
        with acting(who) as actor:
            held = domain.start(actor=actor, person=person, form_name=form, held_on=held_on, **more)
            return held, queries.main_view(held.pk)

    return begin


@pytest.fixture
def say(acting):
    """Save answers by link id on whichever pages they stand, as a browser would."""
    from alongside.web.conversations import domain, queries
    from alongside.web.conversations.sheets import sheets_of
    from alongside.web.conversations.writing import PREFIX, response_of

    def write(view, who="sam", **answers):
        wanted = {key.replace("__", "-"): value for key, value in answers.items()}
        with acting(who) as actor:
            for page in sheets_of(response_of(queries.view(view.pk))):
                mine = {f.key for f in page.fields()} & wanted.keys()
                if mine:
                    domain.save_page(
                        actor=actor,
                        view_id=view.pk,
                        page=str(page.number),
                        posted={PREFIX + key: [wanted[key]] for key in mine},
                        seen_version=None,
                    )
                    for key in mine:
                        wanted.pop(key)
        assert not wanted, f"No such questions: {wanted}"

    return write


@pytest.fixture(scope="module")
def councils_form(django_db_setup, django_db_blocker):
    """Load forms as the council's own, about outcomes, for as long as the tests of one file run."""
    from django.db import connections

    from alongside.web.access.models import Agency
    from alongside.web.conversations import own_forms

    made = []

    def load(text):
        council = Agency.objects.using("owner").get(name="Exampleshire Council")
        held_as = own_forms.held_as(purpose="outcomes", about="people")
        made.append(own_forms.load_form(agency=council, text=text, held_as=held_as))
        return made[-1]

    with django_db_blocker.unblock():
        yield load
        with connections["owner"].cursor() as cursor:
            for each in made:
                cursor.execute(
                    "DELETE FROM conversations_instrumentversion WHERE id = %s", [each.pk]
                )
            cursor.execute("DELETE FROM audit_event WHERE act = 'conversations.load_form'")
