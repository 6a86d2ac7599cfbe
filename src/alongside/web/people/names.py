"""How names, birthdays and numbers are written for looking up: the same way for storing and for asking."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

LONGEST_KEY = 400


def name_key(text: str) -> str:
    """Write a name without case, accents, punctuation or doubled spaces.

    A name of signs alone keeps them: there is nothing else to find it by.

    >>> name_key("  Siân  O'Connor-Lloyd "), name_key(" 🌻 ")
    ('sian oconnor lloyd', '🌻')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    letters = letters.replace("'", "").replace("’", "")
    words = re.sub(r"[\W_]+", " ", letters).split() or text.casefold().split()
    return " ".join(words)[:LONGEST_KEY]


def speaks_first(languages: str) -> str:
    """Give the first of the languages that somebody speaks, in small letters: ``welsh``, or nothing."""
    return re.split(r"[,;/&+(]|\band\b", languages.strip().lower(), maxsplit=1)[0].strip()


def number_key(text: str) -> str:
    """Write a number of any scheme without spaces or dashes, in capitals."""
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()[:LONGEST_KEY]


def not_of_a_number(text: str) -> list[str]:
    """Give the signs that belong to no number, each once: neither letters, figures nor what stands between them.

    What nobody sees, as it comes with a number that was copied, is not told.

    >>> not_of_a_number("AB-12/3"), not_of_a_number("<b>'12")
    ([], ['<', '>', "'"])
    """
    found = dict.fromkeys(re.findall(r"[^0-9A-Za-z\s\-‐‑–—−/._:]", text))
    return [sign for sign in found if unicodedata.category(sign) != "Cf"]


def lookup_names(given: str, family: str, preferred: str) -> set[str]:
    """Give every order in which somebody may type this name."""
    first = {name_key(given), name_key(preferred)} - {""}
    last = name_key(family)
    if not last:
        return first
    return {f"{name} {last}" for name in first} | {f"{last} {name}" for name in first} or {last}


def born_key(day: date, precision: str = "day") -> str:
    """Write a birthday, no more exact than it is known: what is known less exactly begins the same.

    >>> born_key(date(1948, 4, 3)), born_key(date(1948, 4, 1), "month"), born_key(date(1948, 1, 1), "estimated")
    ('1948-04-03', '1948-04', '1948')
    """
    return day.isoformat()[: {"day": 10, "month": 7}.get(precision, 4)]


def prefix_range(key: str) -> tuple[str, str]:
    """Give the half-open range of keys that start with this one, in byte order."""
    return key, key + "\U0010ffff"
