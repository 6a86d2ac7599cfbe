import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alongside.web.access.rows import own_rows


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("drafts", "0003_sent_page"),
    ]

    operations = [
        migrations.CreateModel(
            "Sent",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=64)),
                ("leads_to", models.CharField(default="", max_length=500)),
                ("sent_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "mark"), name="sent_once")
                ]
            },
        ),
        own_rows("drafts_sent"),
    ]
