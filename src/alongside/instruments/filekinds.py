"""Which kinds of files there are, and how the inside of each begins, whatever the file is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file.

    Attributes
    ----------
    begins
        What stands where at its beginning: one of these is there.
    holds
        What stands somewhere in it besides.
    is_text
        It is words that anything can read, and begins with none of the marks of another kind.
    """

    content_type: str
    endings: tuple[str, ...]
    begins: tuple[tuple[int, bytes], ...] = ()
    holds: bytes = b""
    is_text: bool = False

    def matches(self, content: bytes) -> bool:
        """Whether a file is of this kind inside."""
        if self.is_text:
            wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
            return (wide or b"\x00" not in content) and sniff(content) is None
        begun = any(content.startswith(mark, at) for at, mark in self.begins)
        return begun and self.holds in content


def _starts(*marks: bytes) -> tuple[tuple[int, bytes], ...]:
    return tuple((0, mark) for mark in marks)


def _brands(*names: bytes) -> tuple[tuple[int, bytes], ...]:
    return tuple((4, b"ftyp" + name) for name in names)


PACKED = _starts(b"PK\x03\x04")
COMPOUND = _starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
# Those that hold something in particular stand before those that only begin so.
KINDS = (
    FileKind("application/pdf", (".pdf",), _starts(b"%PDF-")),
    FileKind("image/jpeg", (".jpg", ".jpeg"), _starts(b"\xff\xd8\xff")),
    FileKind("image/png", (".png",), _starts(b"\x89PNG\r\n\x1a\n")),
    FileKind("image/gif", (".gif",), _starts(b"GIF87a", b"GIF89a")),
    FileKind("image/webp", (".webp",), ((8, b"WEBP"),)),
    FileKind("image/heic", (".heic", ".heif"), _brands(b"hei", b"hev", b"mif1", b"msf1")),
    FileKind("image/tiff", (".tif", ".tiff"), _starts(b"II*\x00", b"MM\x00*")),
    FileKind(f"{OFFICE}.wordprocessingml.document", (".docx",), PACKED, b"word/"),
    FileKind(f"{OFFICE}.spreadsheetml.sheet", (".xlsx",), PACKED, b"xl/"),
    FileKind(f"{OFFICE}.presentationml.presentation", (".pptx",), PACKED, b"ppt/"),
    FileKind(f"{OPEN}.text", (".odt",), PACKED, f"mimetype{OPEN}.text".encode()),
    FileKind(f"{OPEN}.spreadsheet", (".ods",), PACKED, f"mimetype{OPEN}.spreadsheet".encode()),
    FileKind("application/zip", (".zip",), PACKED),
    FileKind("application/rtf", (".rtf",), _starts(b"{\\rtf")),
    FileKind("audio/mpeg", (".mp3",), _starts(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    FileKind("audio/mp4", (".m4a",), _brands(b"M4A", b"mp42", b"isom")),
    FileKind("audio/wav", (".wav",), ((8, b"WAVE"),)),
    FileKind("audio/ogg", (".ogg", ".oga"), _starts(b"OggS")),
    FileKind("video/quicktime", (".mov",), _brands(b"qt")),
    FileKind("video/mp4", (".mp4",), _brands(b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3gp")),
    FileKind("application/msword", (".doc",), COMPOUND),
    FileKind("application/vnd.ms-excel", (".xls",), COMPOUND),
    FileKind("application/vnd.ms-powerpoint", (".ppt",), COMPOUND),
    FileKind("application/x-msdownload", (".exe", ".dll"), _starts(b"MZ"), b"\x00"),
    FileKind("application/x-executable", (), _starts(b"\x7fELF")),
    FileKind("text/plain", (".txt",), is_text=True),
    FileKind("text/csv", (".csv",), is_text=True),
    FileKind("application/json", (".json",), is_text=True),
)  # fmt: skip
BY_TYPE = {kind.content_type: kind for kind in KINDS}
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
# What a question for a file does not take unless its form says so: programs, and what may hold one.
UNUSUAL = frozenset(
    {
        "application/json",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/x-executable",
        "application/x-msdownload",
        "application/zip",
    }
)
USUAL = tuple(kind.content_type for kind in KINDS if kind.content_type not in UNUSUAL)
# As some forms write them.
ALIASES = {
    "application/x-pdf": "application/pdf",
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "image/heif": "image/heic",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "text/rtf": "application/rtf",
}


def sniff(content: bytes) -> str | None:
    """Say what a file is by its inside; ``None`` where that is not known, as of plain words."""
    return next(
        (kind.content_type for kind in KINDS if not kind.is_text and kind.matches(content)), None
    )


def allowed(content_type: str, wanted: Sequence[str]) -> bool:
    """Whether a content type is one of those wanted, such as ``image/*``."""
    plain = _plain(content_type)
    return any(fnmatchcase(plain, _plain(each)) for each in wanted)


def _plain(content_type: str) -> str:
    name = content_type.partition(";")[0].strip().casefold()
    return ALIASES.get(name, name)
