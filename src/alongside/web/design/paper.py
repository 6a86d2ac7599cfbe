"""Typesetting: sheets to keep and forms to fill in, as accessible PDFs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typst
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NO_FONT = "could not be displayed with font"


def typeset(template: Path, content: Mapping[str, Any]) -> bytes:
    """Typeset a template with its content, of which ``opening`` is what stands at its top: a PDF/UA-1.

    What people say may hold letters or pictures for which this machine has no font. A sheet with the
    rest is better than none, so these are printed as boxes and the sheet says so at its top. It is
    tagged as any other, but is no PDF/UA-1, which has no place for them.
    """
    try:
        return _compiled(template, content, pdf_standards="ua-1")
    except typst.TypstError as error:
        if NO_FONT not in str(error):
            raise
    note = _(
        "Some letters or pictures are shown here as boxes, because the server that printed this has no font for them."
    )
    return _compiled(template, {**content, "opening": [*content["opening"], note]})


def _compiled(template: Path, content: Mapping[str, Any], **more: Any) -> bytes:
    pdf: bytes = typst.compile(
        template.read_bytes(), format="pdf", sys_inputs={"data": json.dumps(content)}, **more
    )
    return pdf
