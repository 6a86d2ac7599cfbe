"""The acts of a conversation: each is done whole or not at all, and is remembered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.instruments import Response
from alongside.web.access.permissions import check_may_write
from alongside.web.audit.domain import Act, act
from alongside.web.conversations import asking, carrying, finishing, permissions, uploads
from alongside.web.conversations.catalogue import form_of, loaded, newest
from alongside.web.conversations.models import (
    Contribution,
    Conversation,
    How,
    PartRequest,
    Revision,
    Role,
)
from alongside.web.conversations.policies import CONVERSATION, PART, state_amended
from alongside.web.conversations.writing import Saved, Uploads, ask_in, write_page
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import NOTHING_IS_SENT, check_living, finish_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alongside.instruments import Sent
    from alongside.web.access.actor import Actor
    from alongside.web.people.models import Person

ONE_SITTING = timedelta(hours=1)
WRITTEN = ("draft", "rejected", "skipped", "carried", "versions")


def start(
    *,
    actor: Actor,
    person: Person,
    form_name: str,
    held_on: date,
    how: str = How.FACE_TO_FACE,
    author_name: str = "",
    carry: bool = True,
    asked_in: str = "",
) -> Conversation:
    """Start a conversation with a shipped form; what the record holds already is carried forward.

    ``asked_in`` is the language of the form's own words, where it is not that of the page.

    Raises
    ------
    Refused
        When there is no such form, it has no such language, the day cannot be, or the person has died.
    """
    check_may_write(actor, person.held_by_id)
    form, version = form_of(form_name), newest(form_name)
    if form is None or version is None:
        raise Refused(_("Choose what the conversation is for."), "form")
    check_living(person.pk)
    check_day(person, held_on)
    with act("conversations.start", actor) as doing:
        alone = how == How.ONLINE
        beginning = carrying.begin(
            form, loaded(version), person, finishing.now(), carry=carry, alone=alone
        )
        ask_in(beginning.response, asked_in)
        conversation = Conversation.objects.create(
            person=person,
            purpose=form.purpose,
            instrument=version,
            held_on=held_on,
            how=how,
            information=form.information,
            language=person.languages[:100],
            asked_by=_asker(how),
            follows_id=beginning.follows_id,
            held_by_id=person.held_by_id,
            created_by=actor.user,
        )
        view = Contribution.objects.create(
            conversation=conversation,
            person=person,
            information=form.information,
            role=form.main_role,
            main=True,
            author_name=author_name or _author(form.main_role, person, actor),
            draft=beginning.response.to_fhir(),
            carried=beginning.carried,
            left_behind=beginning.left_behind,
            held_by_id=person.held_by_id,
            created_by=actor.user,
        )
        uploads.bring_along(view, actor)
        doing.about(
            person_id=person.pk,
            held_by_id=person.held_by_id,
            conversation=conversation.pk,
            form=form_name,
        )
    return conversation


def check_day(person: Person, held_on: date) -> None:
    """Refuse a day on which no conversation with somebody can have been held."""
    if held_on > timezone.localdate():
        raise Refused(_("The day of the conversation must be today or in the past."), "held_on")
    if person.born_on and held_on < person.born_on:
        raise Refused(_("The day of the conversation must be after the date of birth."), "held_on")


def check_lived_on(person: Person, held_on: date) -> None:
    """Refuse a day after a person's death, as nothing is begun with them after it either."""
    if person.died_on is not None and held_on > person.died_on:
        until = _("Enter %(day)s, or a day before it.")
        told = until % {"day": date_format(person.died_on, "j F Y")}
        raise Refused(f"{NOTHING_IS_SENT} {told}", "held_on")


def _asker(how: str) -> str:
    asked = Conversation.AskedBy
    return asked.NOBODY if how in (How.ONLINE, How.PAPER) else asked.PRACTITIONER


def _author(role: str, person: Person, actor: Actor) -> str:
    return str(actor.user) if role == Role.PRACTITIONER else person.known_as


def add_view(
    *, actor: Actor, conversation: Conversation, role: str, author_name: str
) -> Contribution:
    """Put another view beside those there are, under the acting user's agency.

    Raises
    ------
    Refused
        When the conversation was set aside, or the person's view is there already.
    """
    permissions.check_may_contribute(actor, conversation)
    if role == Role.PERSON and _views(conversation).filter(role=Role.PERSON).exists():
        raise Refused(_("The person’s own view is here already."), "role")
    home = actor.home
    assert home is not None  # noqa: S101 - check_may_contribute has refused an actor without one
    return _add_view(actor, conversation, home.agency_id, role=role, author_name=author_name)


def contribute(*, actor: Actor, request: PartRequest) -> Contribution:
    """Begin the part that was asked for, under the name and the agency of whoever was asked.

    Raises
    ------
    Refused
        When it was withdrawn, declined or contributed already.
    """
    asking.check_asked(actor, request)
    found = Contribution.objects.filter(request=request).first()
    if found is not None:
        return found
    PART.target(request.state, "take_up")
    return _add_view(
        actor,
        request.conversation,
        request.asked_agency_id,
        role=Role.PRACTITIONER,
        author_name=str(actor.user),
        request=request,
    )


def _add_view(
    actor: Actor, conversation: Conversation, agency_id: int, **fields: Any
) -> Contribution:
    if conversation.state == Conversation.State.SET_ASIDE:
        raise Refused(_("This conversation was set aside. Take it up again to add a view."))
    with act("conversations.add_view", actor) as doing:
        view = Contribution.objects.create(
            conversation=conversation,
            person_id=conversation.person_id,
            information=conversation.information,
            draft=loaded(conversation.instrument).begin(now=finishing.now()).to_fhir(),
            held_by_id=agency_id,
            created_by=actor.user,
            **fields,
        )
        doing.about(
            person_id=conversation.person_id,
            held_by_id=conversation.held_by_id,
            conversation=conversation.pk,
            view=view.pk,
        )
    return view


def _views(conversation: Conversation) -> Any:
    return Contribution.objects.filter(conversation=conversation)


def save_page(
    *,
    actor: Actor,
    view_id: int,
    page: str,
    posted: Mapping[str, Sequence[str]],
    seen_version: int | None,
    chosen: Mapping[str, str] | None = None,
    files: Mapping[str, Sequence[Sent]] | None = None,
) -> Saved:
    """Save one page of a view as it is: gaps are kept as gaps, and what cannot be an answer as typed.

    ``files`` are those sent with it, by the key of their question.

    Raises
    ------
    Clash
        When somebody saved this page after it was opened, and says something else: nothing is written.
    Refused
        When the view is not being written any more.
    """
    with transaction.atomic():
        view = _locked(view_id)
        permissions.check_may_write_view(actor, view)
        _check_open(view)
        new_sitting = _is_new_sitting(view, actor)
        before = uploads.keys_in(view.draft)
        sent = Uploads(files or {}, uploads.keeper(view, actor))
        saved = write_page(
            view, page, posted, seen_version, chosen or {}, now=finishing.now(), uploads=sent
        )
        if not saved.changed:
            return saved
        view.saved_at, view.saved_by = timezone.now(), actor.user
        view.save(update_fields=[*WRITTEN, "saved_at", "saved_by"])
        uploads.let_go(view, before, actor)
        if new_sitting:
            with act("conversations.write", actor) as doing:
                _about_view(doing, view)
    return saved


def _is_new_sitting(view: Contribution, actor: Actor) -> bool:
    """Whether this is not just the next of somebody's savings: one event an hour is remembered, not each."""
    last = view.saved_at
    return last is None or view.saved_by_id != actor.user_id or timezone.now() - last > ONE_SITTING


def _about_view(doing: Act, view: Contribution, **facts: Any) -> None:
    doing.about(
        person_id=view.person_id,
        held_by_id=view.conversation.held_by_id,
        conversation=view.conversation_id,
        view=view.pk,
        **facts,
    )


def _locked(view_id: int) -> Contribution:
    view = (
        Contribution.objects.select_for_update(of=("self",))
        .select_related("conversation__instrument", "saved_by")
        .defer("conversation__instrument__content")
        .filter(pk=view_id)
        .first()
    )
    if view is None:
        raise Refused(
            _("This part of the conversation cannot be found, or cannot be changed by you.")
        )
    return view


def _check_open(view: Contribution) -> None:
    if view.draft is None:
        raise Refused(
            _("This was completed, so it is kept as it is. Amend it to change an answer.")
        )
    if view.conversation.state == Conversation.State.SET_ASIDE:
        raise Refused(_("This conversation was set aside. Take it up again to go on."))


def complete(*, actor: Actor, conversation: Conversation) -> Conversation:
    """Complete the conversation with every view that the actor's agency is writing. Gaps are allowed.

    Answers that were handed in by a link stand already; what was written over them is an amendment.
    """
    check_may_write(actor, conversation.held_by_id)
    with act("conversations.complete", actor) as doing:
        now = locked_conversation(conversation.pk)
        now.state = CONVERSATION.target(now.state, "complete")
        now.completed_at, now.completed_by = timezone.now(), actor.user
        now.version += 1
        now.save()
        views = _views(now).select_for_update().filter(draft__isnull=False).order_by("pk")
        done = [view for view in views if permissions.may_write_view(actor, view)]
        for view in done:
            view.conversation = now
            if view.response is not None:
                _keep_revision(view, actor)
            _finish(view, actor)
        finish_work("conversation", now.pk)
        doing.about(
            person_id=now.person_id,
            held_by_id=now.held_by_id,
            conversation=now.pk,
            views=[view.pk for view in done],
        )
    return now


def locked_conversation(pk: int) -> Conversation:
    """Give a conversation as it is now; whoever else changes it waits until this act is done."""
    return (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("instrument")
        .defer("instrument__content")
        .get(pk=pk)
    )


def _finish(view: Contribution, actor: Actor) -> None:
    view.kept_aside = finishing.kept_aside(view)
    view.response, view.draft = finishing.finished_response(view), None
    view.rejected, view.amending_because = {}, ""
    view.standing_skipped = view.skipped
    view.carried = view.standing_carried = finishing.standing_marks(view.carried, view.response)
    view.revision += 1
    view.completed_at, view.completed_by = timezone.now(), actor.user
    view.save()
    asking.came_back(actor, view)


def complete_view(*, actor: Actor, view: Contribution) -> None:
    """Complete one view of its own, or the amendment of it that is being written.

    The answers that stood before an amendment are kept, with why they were changed.
    """
    with act("conversations.complete_view", actor) as doing:
        now = _locked(view.pk)
        permissions.check_may_write_view(actor, now)
        _check_open(now)
        amended = now.response is not None
        if amended:
            _keep_revision(now, actor)
        _finish(now, actor)
        if amended and now.main:
            held = now.conversation
            held.state = state_amended(held.state)
            held.version += 1
            held.save(update_fields=["state", "version"])
        _about_view(doing, now, revision=now.revision)


def _keep_revision(view: Contribution, actor: Actor) -> None:
    Revision.objects.create(
        contribution=view,
        person_id=view.person_id,
        information=view.information,
        number=view.revision,
        response=view.response,
        skipped=view.standing_skipped,
        carried=view.standing_carried,
        kept_aside=view.kept_aside,
        because=view.amending_because,
        completed_at=view.completed_at or timezone.now(),
        completed_by_id=view.completed_by_id,
        held_by_id=view.held_by_id,
        created_by=actor.user,
    )


def amend(*, actor: Actor, view: Contribution, because: str) -> None:
    """Open a completed view to be changed; what stands goes on standing until the amendment is completed.

    Raises
    ------
    Refused
        Without a reason, or when the view is being written already.
    """
    if not because.strip():
        raise Refused(_("Say why the answers are being amended."), "because")
    with act("conversations.amend", actor) as doing:
        now = _locked(view.pk)
        permissions.check_may_write_view(actor, now)
        if now.draft is not None or now.response is None:
            raise Refused(_("This view is being written already: go on with it."))
        state_amended(now.conversation.state)
        standing = Response.from_fhir(loaded(now.conversation.instrument), now.response)
        now.draft, now.amending_because = standing.amend().to_fhir(), because
        now.skipped, now.carried = now.standing_skipped, now.standing_carried
        now.save(update_fields=["draft", "amending_because", "skipped", "carried"])
        _about_view(doing, now)


def drop_amendment(*, actor: Actor, view: Contribution) -> None:
    """Give up an amendment: what stands stays as it is.

    Raises
    ------
    Refused
        When there is none.
    """
    with act("conversations.drop_amendment", actor) as doing:
        now = _locked(view.pk)
        permissions.check_may_write_view(actor, now)
        if now.response is None or now.draft is None:
            raise Refused(_("There is no amendment to give up."))
        before = uploads.keys_in(now.draft)
        now.draft, now.rejected, now.amending_because = None, {}, ""
        now.skipped, now.carried = now.standing_skipped, now.standing_carried
        now.save(update_fields=["draft", "rejected", "amending_because", "skipped", "carried"])
        uploads.let_go(now, before, actor)
        _about_view(doing, now)


def set_aside(*, actor: Actor, conversation: Conversation, because: str) -> None:
    """Stop a conversation, with the reason; every answer given so far is kept and counted."""
    check_may_write(actor, conversation.held_by_id)
    if not because.strip():
        raise Refused(_("Say why the conversation is being set aside."), "because")
    with transaction.atomic():
        _move(actor, conversation, "set_aside", set_aside_because=because)
        typed_over = _views(conversation).filter(response__isnull=True).exclude(rejected={})
        for view in typed_over.select_for_update():
            if permissions.may_write_view(actor, view):
                view.conversation = conversation
                view.kept_aside = finishing.kept_beneath(view)
                view.draft = finishing.about_to_stand(view).to_fhir()
                view.save(update_fields=["draft", "kept_aside"])


def take_up(*, actor: Actor, conversation: Conversation) -> None:
    """Go on with a conversation that was set aside."""
    check_may_write(actor, conversation.held_by_id)
    _move(actor, conversation, "take_up")


def _move(actor: Actor, conversation: Conversation, step: str, **fields: Any) -> None:
    with act(f"conversations.{step}", actor) as doing:
        now = locked_conversation(conversation.pk)
        now.state = CONVERSATION.target(now.state, step)
        for name, value in fields.items():
            setattr(now, name, value)
        now.version += 1
        now.save()
        doing.about(person_id=now.person_id, held_by_id=now.held_by_id, conversation=now.pk)
