from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_one_address")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="links_ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
