"""What one may ask of the log."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.access.models import Agency
from alongside.web.design.fields import DateField, EmailField, SelectField, TextField
from alongside.web.design.forms import Form
from alongside.web.governance import queries
from alongside.web.governance.queries import Wanted
from alongside.web.governance.words import choices
from alongside.web.numerals import whole_number

# A record's own number, as the list itself writes it, in either language.
RECORD = re.compile(r"(?:record|cofnod)\s*#?\s*([0-9]+)", re.IGNORECASE)


def _day(label: Any) -> DateField:
    return DateField(
        label=label,
        required=False,
        quiet_optional=True,
        not_future=True,
        today=timezone.localdate,
    )


class LogForm(Form):
    """Narrows the log down. Nothing has to be filled in."""

    whose = TextField(
        label=gettext_lazy("Whose record"),
        required=False,
        quiet_optional=True,
        width=20,
        help_text=gettext_lazy(
            "An NHS or council number, or the record’s own number, such as record 12"
        ),
    )
    who = EmailField(
        label=gettext_lazy("Who acted"),
        required=False,
        quiet_optional=True,
        help_text=gettext_lazy("The email address that they sign in with"),
    )
    kind = SelectField(
        label=gettext_lazy("What was done or looked at"),
        required=False,
        quiet_optional=True,
        choices=choices,
    )
    since = _day(gettext_lazy("First day"))
    until = _day(gettext_lazy("Last day"))

    def __init__(self, agencies: list[Agency], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {str(each.pk): each for each in agencies}
        self.agency = agencies[0]
        if len(agencies) > 1:
            self.fields = {"agency": self._which(), **self.fields}
            self.agency = self.agencies.get(str(self.data.get("agency", "")), self.agency)

    def _which(self) -> SelectField:
        return SelectField(
            label=_("Agency"),
            required=False,
            quiet_optional=True,
            choices=[(pk, each.name) for pk, each in self.agencies.items()],
        )

    def clean_whose(self) -> int | None:
        """Give the number of the record that is meant."""
        typed = self.cleaned_data["whose"]
        if not typed:
            return None
        own = RECORD.fullmatch(typed)
        found = [] if own else queries.numbered(self.agency, typed)
        if len(found) > 1:
            records = _(" or ").join(_("record %(number)s") % {"number": pk} for pk in found)
            raise ValidationError(
                _("More than one record has the number “%(typed)s”. Type %(records)s."),
                params={"typed": typed, "records": records},
            )
        pk = found[0] if found else whole_number(own[1] if own else typed)
        if pk is None or not (found or queries.is_known(self.agency, pk)):
            raise ValidationError(
                _(
                    "No record that %(agency)s holds has the number “%(typed)s”. Type an NHS or council "
                    "number, or the record’s own number, such as record 12."
                ),
                params={"agency": self.agency, "typed": typed},
            )
        return pk

    def clean_who(self) -> Any:
        """Give the account that is meant."""
        typed = self.cleaned_data["who"]
        if not typed:
            return None
        user = queries.account(self.agency, typed)
        if user is None:
            raise ValidationError(
                _(
                    "Nobody who signs in as %(email)s belongs to %(agency)s or has done anything in its "
                    "log. Check the address."
                ),
                params={"email": typed, "agency": self.agency},
            )
        return user

    def clean(self) -> dict[str, Any]:
        """Refuse days that end before they begin."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day must not be before the first"))
        return found

    def wanted(self) -> Wanted:
        """Give what is asked for; the form must be valid."""
        asked = self.cleaned_data
        return Wanted(
            self.agency,
            person_id=asked["whose"],
            user_id=asked["who"].pk if asked["who"] else None,
            kind=asked["kind"],
            since=asked["since"],
            until=asked["until"],
        )
