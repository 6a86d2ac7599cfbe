"""How hard a text is to read."""

from __future__ import annotations

import re


def syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le")
    return max(1, len(groups) - silent)


def grade(text: str) -> float:
    """Flesch-Kincaid grade: 4 to 6 is a reading age of about 9 to 11."""
    sentences = max(1, len(re.findall(r"[.?!]", text)))
    words = re.findall(r"[A-Za-z']+", text)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
