"""Indexes in the order in which the log is read: an agency’s, of one account, and of one kind."""

from django.db import migrations, models


def index(model: str, name: str, *fields: str) -> migrations.AddIndex:
    return migrations.AddIndex(model, models.Index(fields=fields, name=name))


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_acts_at_a_terminal")]

    operations = [
        index("event", "events_of_a_user", "user_id", "held_by_id", "-at", "-id"),
        index("event", "events_of_an_agency", "held_by_id", "-at", "-id"),
        index("event", "events_of_a_kind", "held_by_id", "act", "-at", "-id"),
        index("view", "views_of_a_user", "user_id", "held_by_id", "-at", "-id"),
        index("view", "views_of_an_agency", "held_by_id", "-at", "-id"),
        index("view", "views_of_a_part", "held_by_id", "part", "-at", "-id"),
    ]
