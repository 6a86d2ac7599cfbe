"""Names of agencies, teams and people: what of them is kept, and when two are one to whoever reads them."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

from alongside.web.design.fields.text import seen
from alongside.web.drafts.refusals import Refused

LONGEST = 200
UNSHOWN = frozenset({"Cc", "Cs", "Co", "Cn"})
# Those that are not of category Cf; the blank of Braille is seen as a space.
_NOT_SEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_BRAILLE_BLANK = "\u2800"
# Cyrillic and Greek letters, small, whose capitals nobody tells from these of the Latin alphabet.
_AS_LATIN = str.maketrans("авекмнорстухіјѕԛԝαβεζηικμνορτυχ", "abekmhopctyxijsqwabezhikmnoptyx")
# Alphabets that one word of Chinese, Japanese or Korean may mix, as Unicode calls them.
_WRITTEN_TOGETHER = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
Named = TypeVar("Named")


def as_read(name: str) -> str:
    """Give what somebody reads of a name: the same for two that nobody could tell apart.

    Capitals and small letters are the same, so are a ligature and its letters, and letters of two
    alphabets that look alike; spaces count once, and what is not seen counts for nothing.
    """
    plain = unicodedata.normalize("NFKD", name.replace(_BRAILLE_BLANK, " ")).casefold()
    shown = "".join(each for each in plain if unicodedata.category(each) != "Cf")
    alike = _NOT_SEEN.sub("", shown).translate(_AS_LATIN)
    return " ".join(unicodedata.normalize("NFKC", alike).split())


def kept(text: str, what: str) -> str:
    """Give a name as it is kept.

    Raises
    ------
    Refused
        When it will not do: a sentence that begins with what it is the name of.
    """
    text = text.strip()
    if any(unicodedata.category(each) in UNSHOWN for each in text):
        raise Refused(f"{what} cannot hold tabs, line ends or characters that cannot be shown.")
    text = " ".join(seen(text).split())
    if not as_read(text):
        raise Refused(f"{what} cannot be empty.")
    if len(text) > LONGEST:
        raise Refused(f"{what} can have {LONGEST} characters at most; this has {len(text)}.")
    check_alphabets(text, what)
    return text


def check_alphabets(text: str, what: str) -> None:
    """Let each word have the letters of one alphabet, whichever that is.

    Raises
    ------
    Refused
        When a word mixes them, as one letter of it may look like another.
    """
    plain = unicodedata.normalize("NFKC", text)
    letters = "".join(each for each in plain if not unicodedata.category(each).startswith("M"))
    for word in re.findall(r"[^\W\d_]+", letters):
        mixed = _alphabets(word)
        if len(mixed) > 1 and not mixed <= _WRITTEN_TOGETHER:
            told = " and ".join(sorted(each.title() for each in mixed))
            raise Refused(
                f"{what} has {told} letters in one word, {word}, and some of them look alike. Type the "
                "word again with letters of one alphabet."
            )


def _alphabets(word: str) -> frozenset[str]:
    """Name the alphabets of a word's letters, as the names of the letters begin; one that all use has none."""
    return frozenset(
        unicodedata.name(each, "").partition(" ")[0]
        for each in word
        if unicodedata.category(each) in ("Lu", "Ll", "Lt", "Lo")
    )


def same(name: str, others: Iterable[str]) -> str | None:
    """Give the one of other names that nobody could tell from this one, if there is one."""
    return next((other for other in others if as_read(other) == as_read(name)), None)


def looks_like(name: str, there: str) -> str:
    """Say what to do where two names are of different alphabets and only look the same; else nothing."""
    if _alphabets(name) == _alphabets(there):
        return ""
    return " Its letters only look like these, so nobody could tell the two apart: add a word."


def find(name: str, named: dict[str, Named], what: str) -> Named | None:
    """Give what a name names: what is called exactly so, or else the only one that is read so.

    Raises
    ------
    Refused
        When it is read as the name of more than one.
    """
    exactly = named.get(name, named.get(name.strip()))
    if exactly is not None:
        return exactly
    read = as_read(name)
    fit = [each for each in named if read and as_read(each) == read]
    if len(fit) > 1:
        typed = ", ".join(map(to_type, sorted(fit)))
        raise Refused(
            f"{name!r} fits {len(fit)} {what}. Give one exactly as it is written: {typed}."
        )
    return named[fit[0]] if fit else None


def to_type(name: str) -> str:
    """Give a name as a shell takes it, with each letter that may be mistaken for another as its number."""
    return shlex.quote(name) if name.isascii() else f"$'{''.join(map(_numbered, name))}'"


def _numbered(letter: str) -> str:
    if letter.isascii():
        return f"\\{letter}" if letter in "\\'" else letter
    return f"\\u{ord(letter):04x}" if ord(letter) <= 0xFFFF else f"\\U{ord(letter):08x}"
