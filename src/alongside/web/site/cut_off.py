"""How files arrive: no file takes more room than is kept of any, however much of it is sent."""

from __future__ import annotations

from django.core.files.uploadhandler import FileUploadHandler

from alongside.web.conversations.file_rows import MOST_BYTES


class CutOff(FileUploadHandler):
    """Lets through a little more than the largest file that is kept, and drops the rest.

    What is left is larger than any file may be, so it is refused with a sentence, and the rest of
    the page arrives as it was typed.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= MOST_BYTES else None

    def file_complete(self, _file_size: int) -> None:
        return None
