from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Access(AppConfig):
    name = "alongside.web.access"
    label = "access"

    def ready(self) -> None:
        from alongside.web.access.grants import grant_after_migrate

        # Once, after the last app: the signal is sent for each, and granting is idempotent.
        post_migrate.connect(grant_after_migrate, sender=self)
