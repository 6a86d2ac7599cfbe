"""Each form says which languages it has words in, so that they can be chosen from without reading it."""

from django.db import migrations, models

from alongside.instruments import Instrument, UnsupportedInstrument


def read_languages(apps, schema_editor):
    """Take the languages of each form out of its content."""
    versions = apps.get_model("conversations", "InstrumentVersion").objects
    for version in versions.using(schema_editor.connection.alias).iterator(chunk_size=50):
        try:
            form = Instrument.from_fhir(version.content)
        except UnsupportedInstrument:  # loaded when less was refused: nobody can hold it now
            continue
        own = form.language.lower()
        version.languages = [*([] if own in form.languages else [""]), *form.languages]
        version.save(using=schema_editor.connection.alias, update_fields=["languages"])


class Migration(migrations.Migration):
    dependencies = [("conversations", "0010_colleagues_by_index")]

    operations = [
        migrations.AddField(
            model_name="instrumentversion",
            name="languages",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.RunPython(read_languages, migrations.RunPython.noop),
    ]
