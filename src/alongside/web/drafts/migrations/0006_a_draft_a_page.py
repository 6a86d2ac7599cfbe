from django.conf import settings
from django.db import migrations, models

# Of a page of a conversation that saved itself once a sign-in had run out, and was sent after that, the
# last counts. Where a page was sent, its name tells what arrives too late.
AS_ONE = """
DELETE FROM drafts_draft saved USING drafts_draft sent
 WHERE saved.user_id = sent.user_id AND saved.page = sent.page AND saved.form = sent.form || 'save/';
UPDATE drafts_draft SET form = left(form, -5) WHERE form LIKE '/views/%/pages/%/save/';
UPDATE drafts_draft SET sent = true WHERE page <> '';
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("drafts", "0005_forms_alone"),
    ]

    operations = [
        migrations.RenameField("draft", "sent_page", "page"),
        migrations.AddField("draft", "sent", models.BooleanField(default=False)),
        migrations.RemoveConstraint("draft", "one_draft_a_form"),
        migrations.AddConstraint(
            "draft",
            models.UniqueConstraint(fields=("user", "form", "page"), name="one_draft_a_page"),
        ),
        migrations.RunSQL(AS_ONE, migrations.RunSQL.noop),
    ]
