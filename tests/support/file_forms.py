"""A form that asks for files, and files to answer it with."""

from __future__ import annotations

from support.instrument_forms import ext, form, item

PDF = b"%PDF-1.7\nA letter from the clinic\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00a picture of a door"


def letters_form(name="letters"):
    """One file, several pictures of at most a megabyte, and words beside them."""
    limits = [ext("maxSize", valueDecimal=1), ext("mimeType", valueCode="image/*")]
    asked = form(
        item("letter", "attachment", text="Letter from the clinic"),
        item("pictures", "attachment", text="Pictures", repeats=True, extension=limits),
        item("words", "string", text="What is in it"),
    )
    return {**asked, "name": name, "title": "Letters and pictures"}
