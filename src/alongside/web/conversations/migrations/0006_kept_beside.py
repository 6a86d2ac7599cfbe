from django.db import migrations, models

from alongside.web.conversations import rows


def added(model, name, default):
    return migrations.AddField(model, name, models.JSONField(blank=True, default=default))


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_nothing_asked_after_a_death")]
    operations = [
        added("contribution", "standing_carried", dict),
        added("contribution", "left_behind", list),
        added("contribution", "kept_aside", list),
        added("revision", "carried", dict),
        added("revision", "kept_aside", list),
        migrations.RunSQL(rows.STANDING_MARKS, migrations.RunSQL.noop),
        migrations.RunSQL(rows.DROP_FINISH, rows.INVITED_SKIPS),
        migrations.RunSQL(rows.FINISH_WHOLE, rows.DROP_FINISH_WHOLE),
    ]
