"""In which of its languages a form's own words are asked; the pages around them stay in the reader's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from alongside.instruments import same_language
from alongside.instruments.languages import as_written
from alongside.web.conversations.markup import attributes_in, e
from alongside.web.people.names import speaks_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alongside.instruments import Instrument, Response

# Languages that are spoken in Britain and that Django does not name, or not as those who speak them do.
NAMES = {
    "am": ("አማርኛ", gettext_lazy("Amharic")),
    "en": ("English", gettext_lazy("English")),
    "fil": ("Filipino", gettext_lazy("Filipino")),
    "gu": ("ગુજરાતી", gettext_lazy("Gujarati")),
    "ha": ("Hausa", gettext_lazy("Hausa")),
    "ku": ("Kurdî", gettext_lazy("Kurdish")),
    "ln": ("Lingála", gettext_lazy("Lingala")),
    "mt": ("Malti", gettext_lazy("Maltese")),
    "pa": ("ਪੰਜਾਬੀ", gettext_lazy("Punjabi")),
    "prs": ("دری", gettext_lazy("Dari")),
    "ps": ("پښتو", gettext_lazy("Pashto")),
    "sd": ("سنڌي", gettext_lazy("Sindhi")),
    "si": ("සිංහල", gettext_lazy("Sinhala")),
    "sn": ("chiShona", gettext_lazy("Shona")),
    "so": ("Soomaali", gettext_lazy("Somali")),
    "ti": ("ትግርኛ", gettext_lazy("Tigrinya")),
    "tl": ("Tagalog", gettext_lazy("Tagalog")),
    "yi": ("ייִדיש", gettext_lazy("Yiddish")),
    "yo": ("Yorùbá", gettext_lazy("Yoruba")),
    "yue": ("廣東話", gettext_lazy("Cantonese")),
    "zh": ("中文", gettext_lazy("Chinese")),
}


def of_the_page() -> str:
    """Give the language of the page, as two letters."""
    return (get_language() or "en")[:2]


def asked_in(response: Response) -> str:
    """Give the language in which the form's words are asked: the one chosen, or the page's."""
    return response.language or of_the_page()


def languages_of(form: Instrument) -> list[str]:
    """Give every language that a form's words can be asked in; ``""`` for a first wording of no named one."""
    own = form.language.lower()
    return [*([] if own in form.languages else [""]), *form.languages]


def choices(languages: Sequence[str]) -> list[str]:
    """Give the languages to choose from, where one is not a language that the pages have.

    Otherwise there is nothing to choose: whoever reads the pages in Welsh is asked in Welsh.
    """
    ours = [code for code, _name in settings.LANGUAGES]
    beyond = any(tag and not any(same_language(tag, own) for own in ours) for tag in languages)
    return list(languages) if beyond and len(languages) > 1 else []


def own_name(tag: str) -> str:
    """Name a language as those who speak it do; a tag that nobody here knows names itself."""
    return _names(tag)[0]


def _names(tag: str) -> tuple[str, str]:
    """Give a language's name in itself and in the reader's language, with the place where it has no name of its own."""
    if not tag:
        return _("The form’s first wording"), _("The form’s first wording")
    whole = tag.lower()
    known = _known(whole)
    if known:
        return known
    written = as_written(tag)
    local, name = _known(whole.split("-")[0]) or (written, written)
    return (local, name) if local == written else (f"{local} ({written})", f"{name} ({written})")


def _known(tag: str) -> tuple[str, str] | None:
    info = LANG_INFO.get(tag, {})
    if tag in NAMES:
        local, name = NAMES[tag]
    elif "name_local" in info:
        local, name = info["name_local"], _(info["name"])
    else:
        return None
    return _capital(local), str(name)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def named(tag: str) -> SafeString:
    """Draw a language's name in itself, marked as being in it."""
    attributes = attributes_in(tag, of_the_page())
    return mark_safe(f"<span{attributes}>{e(own_name(tag))}</span>")  # noqa: S308 - escaped


def in_both(tag: str) -> SafeString:
    """Draw a language's name in itself, and in the reader's language where that is another word."""
    local, name = _names(tag)
    beside = "" if local.casefold() == name.casefold() else f" ({e(name)})"
    return mark_safe(f"{named(tag)}{beside}")  # noqa: S308 - escaped


def switch(response: Response, *, every: bool = False) -> list[dict[str, object]]:
    """Give the languages that somebody who answers may change to, with which is asked in now.

    With ``every``, also where the pages have them all.
    """
    languages = languages_of(response.instrument)
    listed = languages if every and len(languages) > 1 else choices(languages)
    now = _nearest(listed, asked_in(response)) if listed else ""
    return [{"tag": tag, "name": named(tag), "now": tag == now} for tag in listed]


def _nearest(languages: Sequence[str], now: str) -> str:
    """Give that language of a form whose words are shown when this one is asked for."""
    if now.lower() in languages:
        return now.lower()
    near = [tag for tag in languages if tag and same_language(tag, now)]
    return (near or languages)[0]


def spoken(languages: Sequence[str], speaks: str) -> str:
    """Give that language of a form which somebody speaks first, by its name in English; or ``""``."""
    first = speaks_first(speaks)
    return next((tag for tag in languages if tag and first in _in_english(tag)), "")


def _in_english(tag: str) -> Iterator[str]:
    with override("en-gb"):
        yield _names(tag)[1].casefold()
    yield own_name(tag).casefold()
