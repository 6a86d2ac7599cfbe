"""Compiles the Welsh of the design system, without needing the system's gettext.

Run ``python -m alongside.web.design.translate`` after changing ``django.po``. The compiled file is
kept beside it, as Django keeps its own, so that an installation needs no further tool.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

CATALOGUE = Path(__file__).parent / "locale/cy/LC_MESSAGES/django.po"


def compiled(catalogue: Path = CATALOGUE) -> bytes:
    """The machine's form of a catalogue."""
    # Babel is a tool of developers: a running platform does not have it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with catalogue.open("rb") as source:
        messages = read_po(source, locale="cy")
    result = BytesIO()
    write_mo(result, messages)
    return result.getvalue()


if __name__ == "__main__":
    CATALOGUE.with_suffix(".mo").write_bytes(compiled())
