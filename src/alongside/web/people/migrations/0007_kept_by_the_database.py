from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("people", "0006_one_number_of_a_kind")]

    operations = [
        migrations.AddIndex(
            model_name='lookupentry',
            index=models.Index(condition=models.Q(('year__isnull', False)), fields=['held_by', 'year', 'key', 'person'], name='lookup_by_year_and_name'),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_out_at__isnull', True)), fields=('held_by', 'scheme', 'value'), name='a_number_is_one_persons'),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_out_at__isnull', True)), fields=('person', 'held_by', 'scheme'), name='one_number_of_a_kind'),
        ),
    ]
