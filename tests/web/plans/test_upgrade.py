"""What is there already when a version comes that looks at it otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from alongside.web.plans.models import Plan, PlanMove
from support.plans import DAY, TODAY, agreed_plan, cancelled, next_plan

pytestmark = pytest.mark.django_db


def followed(acting):
    """Give by its number the plan that follows each, as it is named where none was."""
    named = import_module("alongside.web.plans.migrations.0007_who_follows").NAMED
    with acting("sam"), connection.cursor() as cursor:
        Plan.objects.update(followed_by=None)
        cursor.execute(named)
        return dict(Plan.objects.exclude(followed_by=None).values_list("pk", "followed_by"))


def test_a_plan_that_held_until_another_before_it_was_kept_which_names_that_one(acting):
    by_hand, before = agreed_plan(acting), agreed_plan(acting)
    cancelled(acting, by_hand)
    later = next_plan(acting, by_hand, TODAY() + 20 * DAY)
    following = next_plan(acting, before, TODAY() + 20 * DAY)
    named = import_module("alongside.web.plans.migrations.0007_who_follows").NAMED
    with acting("sam"), connection.cursor() as cursor:
        # Once, a day to come could be set by hand.
        Plan.objects.filter(pk=by_hand.pk).update(until=TODAY() + 5 * DAY)
        Plan.objects.update(followed_by=None)
        cursor.execute(named)
        followed = dict(Plan.objects.exclude(followed_by=None).values_list("pk", "followed_by"))
    assert followed == {before.pk: following.pk}, f"{later} does not follow the day after"


def test_a_plan_whose_last_day_is_that_of_the_upgrade_names_the_one_of_tomorrow(acting):
    before = agreed_plan(acting)
    following = next_plan(acting, before, TODAY() + DAY)
    assert before.until == TODAY()
    assert followed(acting) == {before.pk: following.pk}


def test_a_plan_ended_by_hand_just_after_midnight_in_summer_names_none_of_the_day_after(
    acting,
):
    before = agreed_plan(acting)
    day = date(TODAY().year + 1, 7, 1)
    next_plan(acting, before, day + DAY)
    half_past_midnight = datetime.combine(day, time(0, 30), timezone.get_default_timezone())
    assert half_past_midnight.astimezone(UTC).date() == day - DAY
    with acting("sam"):
        there = PlanMove.objects.filter(plan=before, act="end").values().get()
        PlanMove.objects.create(**there | {"id": None, "at": half_past_midnight})
    assert followed(acting) == {}
