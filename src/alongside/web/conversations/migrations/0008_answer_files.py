import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alongside.web.conversations import file_rows, rows


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_hidden_people"),
        ("conversations", "0007_own_forms"),
        ("people", "0002_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="AnswerFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "information",
                    models.CharField(
                        choices=[("conversation", "Conversations"), ("carer", "The carer's own record")],
                        default="conversation",
                        max_length=20,
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("title", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=200)),
                ("size", models.PositiveIntegerField()),
                ("hash", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                (
                    "contribution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="conversations.contribution",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.agency"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person"], name="files_of_a_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(size__gte=1), name="a_file_has_something_in_it"
                    )
                ],
            },
        ),
        rows.protect("conversations_answerfile", append_only=True),
        migrations.RunSQL(file_rows.FILES, file_rows.DROP_FILES),
        migrations.RunSQL(file_rows.INVITED_FILES, file_rows.DROP_INVITED_FILES),
    ]
