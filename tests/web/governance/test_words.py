"""Everything that is remembered has plain words in the log."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from alongside.web.governance.words import DID, LABELS, LOOKED, PARTS, in_words

WEB = Path(__file__).parents[3] / "src/alongside/web"
# What begins an act under a name; a short name belongs to the app in whose folder it stands.
BEGIN = {"act", "act_at_terminal", "moving", "writing", "_move"}


def names_in(node):
    """Give the names that an argument may be: one, or either of two."""
    if isinstance(node, ast.IfExp):
        return names_in(node.body) | names_in(node.orelse)
    text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return {node.value} if text else set()


def acts():
    found = set()
    for file in WEB.rglob("*.py"):
        app = file.relative_to(WEB).parts[0]
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in BEGIN:
                continue
            names = set().union(*map(names_in, call.args))
            found |= {name if "." in name else f"{app}.{name}" for name in names}
    return found


def test_every_act_has_words_and_every_words_their_act():
    # Whoever answers by a private link is nobody's user: the database itself writes it down.
    by_the_database = {"conversations.answered_by_invitation"}
    assert by_the_database <= set(re.findall(r"'(conversations\.\w+)'", _sql()))
    assert set(LABELS) == acts() | by_the_database


def _sql():
    return (WEB / "conversations/rows.py").read_text("utf-8")


def test_every_part_of_a_record_that_is_looked_at_has_words():
    named = re.compile(
        r'^\s+part = "(\w+)"|looked_at\("(\w+)"\)|self\.remember\(\w+, "(\w+)"\)', re.MULTILINE
    )
    parts = {
        name
        for file in WEB.rglob("*.py")
        for found in named.findall(file.read_text("utf-8"))
        for name in found
        if name
    }
    assert parts == set(PARTS)


def test_what_has_no_words_yet_is_given_as_it_was_kept():
    assert in_words(DID, "moons.landed") == "moons.landed"
    assert in_words(LOOKED, "moon") == "moon"
