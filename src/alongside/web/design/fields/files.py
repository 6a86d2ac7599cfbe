"""Files that people send."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from alongside.instruments.filekinds import BY_ENDING
from alongside.web.design import words
from alongside.web.design.fields.base import Sentences

if TYPE_CHECKING:
    from collections.abc import Sequence


class FileField(Sentences, forms.FileField):
    """A file of one of ``endings`` (".csv", ".pdf") and at most ``largest`` bytes.

    Looks inside: a file that is not what its name says is refused.
    """

    widget = forms.FileInput
    asks = staticmethod(words.select)

    def __init__(self, *, endings: Sequence[str], largest: int = 10_000_000, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)
        self.endings, self.largest = tuple(endings), largest
        self.widget.attrs["accept"] = ",".join(endings)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not upload or upload is initial:
            return upload
        ending = PurePath(upload.name).suffix.lower()
        if ending not in self.endings:
            raise self.problem(
                "ending",
                _("%(label)s must be a %(endings)s file"),
                endings=_(" or ").join(self.endings),
            )
        if upload.size > self.largest:
            raise self.problem(
                "too_big",
                _("%(label)s must be smaller than %(most)s"),
                most=filesizeformat(self.largest),
            )
        content = upload.read()
        upload.seek(0)
        if not is_what_it_says(ending, content):
            raise self.problem(
                "not_what_it_says",
                _(
                    "%(label)s is called %(ending)s but is another kind of file. Save it again as %(ending)s."
                ),
                ending=ending,
            )
        return upload


def is_what_it_says(ending: str, content: bytes) -> bool:
    """Whether the inside of a file is what its ending says; of endings not known here there is nothing to say."""
    kind = BY_ENDING.get(ending)
    return kind is None or kind.matches(content)
