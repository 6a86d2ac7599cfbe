from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("drafts", "0002_row_security")]

    operations = [
        migrations.AddField("draft", "sent_page", models.CharField(default="", max_length=40)),
        migrations.AlterField("draft", "fields", models.JSONField(null=True)),
        migrations.AlterField("draft", "saved_at", models.DateTimeField()),
    ]
