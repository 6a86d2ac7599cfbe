"""The people that tests are about, as the domain papers name them. Run as a module, it makes the template.

Sam, a council practitioner; Priya, who manages and agrees budgets; Tom, an NHS nurse; Lena, of a
voluntary agency without an agreement; Ade, an analyst; Ruth, information governance; Victor, in the
right agency with no reason to look; Rowan, who may only read; Asha, who administers accounts.
"""

from __future__ import annotations

PASSWORD = "a long enough password"


def make() -> None:
    """Migrate the owner's database and put agencies, teams, users and memberships into it."""
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command

    from alongside.web.access.models import Agency, Membership, Team
    from alongside.web.accounts.models import User

    call_command("migrate", database="owner", verbosity=0)
    call_command("createcachetable", database="owner", verbosity=0)
    from django.db import connections

    from alongside.web.access.grants import grant

    grant(role=connections["default"].settings_dict["USER"])
    agencies = {
        "council": Agency(name="Exampleshire Council", kind="council"),
        "nhs": Agency(name="Exampleshire NHS Trust", kind="nhs"),
        "voluntary": Agency(name="Exampleshire Friends", kind="voluntary"),
        "other": Agency(name="Otherham Council", kind="council"),
    }
    for agency in agencies.values():
        agency.is_example = True
        agency.save(using="owner")
    team = Team(agency=agencies["council"], name="North locality team")
    team.save(using="owner")
    password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    for name, agency, role, more in (
        ("Sam", "council", "practitioner", {}),
        ("Priya", "council", "manager", {"may_agree_up_to": 1500}),
        ("Mina", "council", "manager", {"may_agree_up_to": 100}),
        ("Victor", "council", "practitioner", {}),
        ("Rowan", "council", "practitioner", {"read_only": True}),
        ("Ade", "council", "analyst", {}),
        ("Ruth", "council", "governance", {}),
        ("Asha", "council", "administrator", {}),
        ("Ines", "council", "involvement_lead", {}),
        ("Tom", "nhs", "practitioner", {}),
        ("Lena", "voluntary", "practitioner", {}),
        ("Olu", "other", "practitioner", {}),
    ):
        user = User(
            email=f"{name.lower()}@example.org", name=name, password=password, is_example=True
        )
        user.save(using="owner")
        Membership(
            user=user,
            agency=agencies[agency],
            role=role,
            team=team if agency == "council" and name in ("Sam", "Priya") else None,
            **more,
        ).save(using="owner")


if __name__ == "__main__":
    make()
