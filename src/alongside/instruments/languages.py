"""Words that know their language, and from which side a language is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Self

RIGHT_TO_LEFT_SCRIPTS = frozenset(
    {"adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"}
)
# Where the tag names no script: languages that are usually written from the right.
RIGHT_TO_LEFT = frozenset(
    {
        "acm", "apc", "ar", "arc", "ary", "arz", "azb", "bal", "bqi", "ckb", "dv", "fa", "glk", "haz",
        "he", "iw", "ji", "ks", "lrc", "mzn", "nqo", "pbt", "pnb", "prs", "ps", "sd", "sdh", "skr",
        "syr", "ug", "ur", "yi",
    }
)  # fmt: skip
TAG = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")
ARABIC_MARKS = str.maketrans("٫٬", ".,")  # between whole and part, and between thousands
SCRIPT, REGION = 4, 2  # how many letters each has in a tag


class InLanguage(str):
    """Words that know the language that they are in; in everything else, an ordinary text.

    ``language`` is a tag in small letters, such as ``ur``; ``""`` where nobody said.
    """

    __slots__ = ("language",)
    language: str

    def __new__(cls, words: str = "", language: str = "") -> Self:
        made = super().__new__(cls, words)
        made.language = language
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return str(self), self.language


def language_of(words: str) -> str:
    """Give the language that words are known to be in; ``""`` where that is not known."""
    return words.language if isinstance(words, InLanguage) else ""


def same_language(one: str, other: str) -> bool:
    """Whether two tags name one language, wherever and in whatever letters it is written."""
    return one.lower().split("-")[0] == other.lower().split("-")[0]


def is_tag(text: str) -> bool:
    """Whether a text in small letters is written as a tag of a language is."""
    return TAG.fullmatch(text) is not None


def as_written(tag: str) -> str:
    """Write a tag as standards recommend: ``pt-br`` as ``pt-BR``, ``pa-arab`` as ``pa-Arab``."""
    first, *rest = tag.lower().split("-")
    return "-".join(
        [
            first,
            *(
                each.upper()
                if len(each) == REGION
                else each.title()
                if len(each) == SCRIPT
                else each
                for each in rest
            ),
        ]
    )


@lru_cache(maxsize=500)
def right_to_left(tag: str) -> bool:
    """Whether a language is written from the right: by the script that its tag names, or by itself."""
    first, *rest = tag.lower().split("-")
    script = rest[0] if rest and len(rest[0]) == SCRIPT and rest[0].isalpha() else ""
    return script in RIGHT_TO_LEFT_SCRIPTS if script else first in RIGHT_TO_LEFT


def translated(text: str, texts: Mapping[str, str], language: str | None) -> str:
    """Pick the words of a language, then of one near it, then the first wording.

    ``cy-GB`` falls back to ``cy``, and ``fr`` to ``fr-FR``. A wording that knows its own language is
    what is given for that language, whatever is near it.
    """
    own = language_of(text)
    if not language or not texts:
        return text
    wanted = language.lower()
    first = wanted.split("-")[0]
    for tag in (wanted, first):
        if tag == own:
            return text
        if tag in texts:
            return InLanguage(texts[tag], tag)
    if own.split("-")[0] == first:
        return text
    near = next((tag for tag in sorted(texts) if tag.split("-")[0] == first), None)
    return text if near is None else InLanguage(texts[near], near)


def in_our_figures(text: str) -> str:
    """Write the figures of any script as 0 to 9, and the signs between Arabic figures as ours."""
    if text.isascii():
        return text
    plain = text.translate(ARABIC_MARKS)
    return "".join(str(unicodedata.decimal(each, each)) for each in plain)


def stripped(words: str) -> str:
    """Give words without blanks around them, still knowing their language."""
    return InLanguage(words.strip(), language_of(words))


def joined(between: str, texts: Iterable[str]) -> str:
    """Put words together; the whole knows its language where all are in one."""
    found = list(texts)
    languages = {language_of(each) for each in found}
    return InLanguage(between.join(found), languages.pop() if len(languages) == 1 else "")
