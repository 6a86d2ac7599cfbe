from django.db import migrations

# The library takes every address in its table for one that signs in, beside the account's own. There is one
# address, the agency's: whatever would write another fails, rather than let somebody in by it.
ONE_ADDRESS = """
TRUNCATE account_emailaddress CASCADE;
ALTER TABLE account_emailaddress ADD CONSTRAINT the_accounts_own_address_only CHECK (false);
"""
AS_BEFORE = "ALTER TABLE account_emailaddress DROP CONSTRAINT the_accounts_own_address_only;"


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunSQL(ONE_ADDRESS, AS_BEFORE)]
