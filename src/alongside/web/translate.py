"""The Welsh of every web app: what there is to say, what is said already, and its compiled form.

Each app keeps its own ``locale/cy/LC_MESSAGES/django.po``, with the sentences that no app below it
has said already, for Django lays all catalogues together: one English sentence has one Welsh.

``python -m alongside.web.translate`` brings the catalogues up to date (new sentences come in empty,
sentences that nobody says any more go out) and compiles them. The compiled files are kept beside
them, so that an installation needs no further tool.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel.messages import Catalog

WEB = Path(__file__).parent
# The layers, lowest first: a sentence belongs to the lowest app that says it.
APPS = (
    "design", "accounts", "access", "audit", "drafts", "people",
    "conversations", "budgets", "plans", "reviews", "governance", "site",
)  # fmt: skip
HEADER = """\
Welsh for Alongside: {app}.
A first translation. A fluent reader has not checked it yet.
"""
# Welsh counts in six ways, for one, two, three and six change the word that follows.
PLURALS = "nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;"
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
IN_TEMPLATES = re.compile(
    r"\b(?P<call>gettext|_|ngettext)\((?P<texts>u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"(?:, ?u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))?)"
)


@dataclass(frozen=True, order=True)
class Sentence:
    """An English sentence as the code gives it, with its plural where it counts something."""

    text: str
    plural: str = ""


def catalogue_of(app: str) -> Path:
    """Where an app keeps its Welsh."""
    return WEB / app / "locale/cy/LC_MESSAGES/django.po"


def in_python(source: str) -> Iterator[Sentence]:
    """Give the sentences that a module marks for translation."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [
            argument.value
            for argument in node.args[:2]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        ]
        if node.func.id in ONE and texts:
            yield Sentence(texts[0])
        elif node.func.id in MANY and len(texts) == 2:
            yield Sentence(*texts)


def in_template(source: str) -> Iterator[Sentence]:
    """Give the sentences that a template marks for translation."""
    from django.utils.translation.template import templatize

    for found in IN_TEMPLATES.finditer(templatize(source)):
        texts = ast.literal_eval(f"[{found['texts']}]")
        yield Sentence(*texts) if found["call"] == "ngettext" else Sentence(texts[0])


@cache
def said_by(app: str) -> frozenset[Sentence]:
    """Give every sentence of an app, in its templates and in its code."""
    folder = WEB / app
    said: set[Sentence] = set()
    for path in sorted((folder / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            said.update(in_template(path.read_text("utf-8")))
    # What the apps share, and no app holds, is said by the site.
    shared = WEB.glob("*.py") if app == "site" else ()
    for path in sorted([*folder.rglob("*.py"), *shared]):
        if "migrations" not in path.parts:
            said.update(in_python(path.read_text("utf-8")))
    said.discard(Sentence(""))
    return frozenset(said)


def to_say(app: str) -> set[Sentence]:
    """Give the sentences of an app that no app below it has said."""
    below = {one.text for lower in APPS[: APPS.index(app)] for one in said_by(lower)}
    return {one for one in said_by(app) if one.text not in below}


def read(app: str) -> Catalog:
    """Give an app's catalogue as it is kept, or an empty one."""
    # Babel is a tool of developers: a running platform does not have it.
    from babel.messages import Catalog
    from babel.messages.pofile import read_po

    if not catalogue_of(app).exists():
        return Catalog(locale="cy")
    with catalogue_of(app).open("rb") as kept:
        return read_po(kept, locale="cy")


def brought_up_to_date(app: str) -> Catalog:
    """Give an app's catalogue with exactly the sentences that it has to say; new ones are empty."""
    from babel.messages import Catalog

    kept = read(app)
    fresh = Catalog(locale="cy", charset="utf-8")
    fresh.mime_headers = [("Language", "cy"), ("Plural-Forms", PLURALS)]
    for sentence in sorted(to_say(app)):
        key = (sentence.text, sentence.plural) if sentence.plural else sentence.text
        old = kept.get(sentence.text)
        said: Any = old.string if old is not None and not old.fuzzy else ""
        if sentence.plural and not (isinstance(said, tuple) and len(said) == 6):
            said = ("",) * 6
        elif not sentence.plural and isinstance(said, tuple):
            said = ""
        fresh.add(key, said)
    return fresh


def written(app: str) -> bytes:
    """Give an app's catalogue as the text that is kept."""
    from babel.messages.pofile import write_po

    result = BytesIO()
    write_po(result, brought_up_to_date(app), width=100, omit_header=True)
    head = "".join(f"# {line}\n" for line in HEADER.format(app=app).splitlines())
    fields = (
        "Language: cy",
        f"Plural-Forms: {PLURALS}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    head += 'msgid ""\nmsgstr ""\n' + "".join(f'"{field}\\n"\n' for field in fields) + "\n"
    return head.encode() + result.getvalue()


def compiled(app: str) -> bytes:
    """Give the machine's form of an app's catalogue."""
    from babel.messages.mofile import write_mo

    kept = read(app)
    # The same words make the same file, on any day.
    kept.creation_date = kept.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    result = BytesIO()
    write_mo(result, kept)
    return result.getvalue()


def main() -> None:
    """Bring every catalogue up to date, compile it, and say what still has no Welsh."""
    for app in APPS:
        if not to_say(app):
            continue
        path = catalogue_of(app)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(app))
        path.with_suffix(".mo").write_bytes(compiled(app))
        empty = [message for message in read(app) if message.id and not whole(message.string)]
        sys.stdout.write(f"{app}: {len(to_say(app))} sentences, {len(empty)} without Welsh\n")


def whole(said: Any) -> bool:
    """Say whether a sentence has all of its Welsh, each way of counting included."""
    return all(said) if isinstance(said, tuple) else bool(said)


if __name__ == "__main__":
    main()
