"""Files as answers: what a file is, whatever it is called, and how it becomes a FHIR Attachment.

Where the bytes are kept is not for this library to say: whoever attaches a file gives an address for it.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from alongside.instruments.checking import refuse_count
from alongside.instruments.errors import AnswerError, Fault
from alongside.instruments.fhir import FINISHED
from alongside.instruments.filekinds import BY_ENDING, BY_TYPE, USUAL, allowed, sniff
from alongside.instruments.limits import broken_limit
from alongside.instruments.values import Value, read_json

if TYPE_CHECKING:
    from alongside.instruments.model import Item
    from alongside.instruments.response import Response
    from alongside.instruments.tree import Node

MEGABYTE = 1_000_000
# What a file may have where the form does not say.
USUAL_MB = Decimal(10)
LONGEST_TITLE = 200
UNSAID = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
# By content type, as Python itself knows them: the same on every machine.
TYPES = mimetypes.MimeTypes(filenames=())


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as somebody sent it: ``read`` gives its bytes, and is not called for one that is too large."""

    name: str
    size: int
    read: Callable[[], bytes]


Keep = Callable[[Mapping[str, Any], bytes], str]
"""Keeps a file's bytes and gives the address that the answer then names; ``""`` to keep nothing.

Raises ``AnswerError`` where there is no room.
"""


def attach(
    response: Response, key: str, files: Sequence[Sent], keep: Keep, *, most_mb: Decimal = USUAL_MB
) -> tuple[Fault, ...]:
    """Answer the question of this key with files; gives what is wrong with those that were refused.

    A file replaces the one that is there, or stands after those that are there where the question
    takes several. What is refused changes nothing and is not kept.

    Parameters
    ----------
    most_mb
        How many megabytes a file may have at most where whoever keeps it has less room than the
        form allows.
    """
    node = _asked(response, key)
    if node is None:
        return ()
    good: list[tuple[Mapping[str, Any], bytes]] = []
    faults: list[Fault] = []
    for file in files:
        try:
            good.append(read_file(node.item, file, most_mb=most_mb))
        except AnswerError as error:
            faults.append(error.fault)
    before = node.values() if node.item.repeats else []
    described = [read_json("Attachment", each) for each, _content in good]
    try:
        refuse_count(node.item, [*before, *described])
    except AnswerError as error:
        return (error.fault,)
    kept: list[Value] = []
    for each, content in good:
        try:
            kept.append(Value("Attachment", _kept(each, content, keep)))
        except AnswerError as error:
            faults.append(error.fault)
    if kept:
        response.put(node, [*before, *kept])
    return tuple(faults)


def _asked(response: Response, key: str) -> Node | None:
    if response.status in FINISHED:
        return None
    for node in response.nodes():
        item = node.item
        open_to_all = not (item.read_only or item.calculated is not None or item.looks.hidden)
        if item.type == "attachment" and open_to_all and response.key(node) == key:
            return node
    return None


def _kept(attachment: Mapping[str, Any], content: bytes, keep: Keep) -> dict[str, Any]:
    address = keep(attachment, content)
    return {**attachment, "url": address} if address else dict(attachment)


def read_file(
    item: Item, file: Sent, *, most_mb: Decimal = USUAL_MB
) -> tuple[dict[str, Any], bytes]:
    """Give the Attachment that a file is, without an address, and its bytes.

    Raises
    ------
    AnswerError
        When it is empty, too large, of a kind that is not asked for, or not what its name says.
    """
    title = title_of(file.name)
    most = min(most_mb, item.limits.max_size if item.limits.max_size is not None else USUAL_MB)
    if file.size > most * MEGABYTE:
        _refuse(
            item,
            f"The file for “{item.name()}” must be {most} MB or smaller.",
            "file_size",
            most=str(most),
        )
    content = file.read()
    if not content:
        _refuse(
            item,
            f"The file for “{item.name()}” has nothing in it: {title}.",
            "file_empty",
            file=title,
        )
    kind = _kind_of(item, title, content)
    attachment = {
        "contentType": kind,
        "size": len(content),
        "hash": digest_of(content),
        "title": title,
    }
    broken = broken_limit(item, read_json("Attachment", attachment))
    if broken is not None:
        raise AnswerError(item.link_id, broken.sentence, broken)
    return attachment, content


def _kind_of(item: Item, title: str, content: bytes) -> str:
    """Say what a file is; refuse what is not asked for, and what is not what its name says."""
    wanted = item.limits.mime_types or USUAL
    ending = PurePath(title).suffix.lower()
    known = BY_ENDING.get(ending)
    guessed = known.content_type if known else TYPES.guess_type(f"x{ending}")[0]
    kind = guessed or ("" if ending else sniff(content) or "")
    if not kind or not allowed(kind, wanted):
        listed = ", ".join(_named(wanted))
        _refuse(
            item,
            f"The file for “{item.name()}” must be one of these: {listed}. {title} is not.",
            "file_ending",
            listed=listed,
            file=title,
        )
    found = sniff(content)
    honest = BY_TYPE[kind].matches(content) if kind in BY_TYPE else found in {None, kind}
    if not honest:
        _refuse(
            item,
            f"The file for “{item.name()}” is called {title}, but is another kind of file inside. "
            f"Save it again as {ending}, or choose another.",
            "file_inside",
            file=title,
            ending=ending,
        )
    return kind


def _named(wanted: Sequence[str]) -> Iterator[str]:
    """Name kinds by the endings of their files, where these are known."""
    for each in wanted:
        found = [
            end
            for kind in BY_TYPE.values()
            if allowed(kind.content_type, [each])
            for end in kind.endings
        ]
        yield from found or [each]


def accepted_endings(mime_types: Sequence[str]) -> tuple[str, ...]:
    """Give what a browser should offer to choose from: endings, and the types that have none known here."""
    return tuple(dict.fromkeys(_named(mime_types or USUAL)))


def _refuse(item: Item, sentence: str, kind: str, **values: str) -> None:
    raise AnswerError(item.link_id, sentence, Fault(sentence, kind, values))


def title_of(name: str) -> str:
    """Give a file's own name: without the folders it lay in, and without what no reader sees."""
    plain = UNSAID.sub("", name.replace("\\", "/").rpartition("/")[2]).strip()
    if len(plain) > LONGEST_TITLE:
        ending = PurePath(plain).suffix[:20]
        plain = plain[: LONGEST_TITLE - len(ending)] + ending
    return plain or "file"


def digest_of(content: bytes) -> str:
    """Give the hash of a file as R4 has it: SHA-1, in base64."""
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode("ascii")


def attachments(raw: object) -> Iterator[Mapping[str, Any]]:
    """Give every file among the answers of a response's JSON, in order."""
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            if name == "valueAttachment" and isinstance(value, Mapping):
                yield value
            else:
                yield from attachments(value)
    elif isinstance(raw, list):
        for each in raw:
            yield from attachments(each)


def with_data(raw: Any, read: Callable[[str], bytes | None]) -> Any:
    """Give a response's JSON with the files in it, so that it can be read where their addresses lead nowhere.

    ``read`` gives the bytes that are kept at an address; ``None`` where it is somebody else's.
    """
    return _with_each(raw, lambda held: _with_data(held, read))


def with_addresses(raw: Any, moved: Mapping[str, str]) -> Any:
    """Give a response's JSON with other addresses in place of those of files that have moved."""
    return _with_each(
        raw, lambda held: {**held, "url": moved[held["url"]]} if held.get("url") in moved else held
    )


def _with_data(held: Mapping[str, Any], read: Callable[[str], bytes | None]) -> Mapping[str, Any]:
    content = read(held["url"]) if "url" in held else None
    if content is None:
        return held
    rest = {name: value for name, value in held.items() if name != "url"}
    return {**rest, "data": base64.b64encode(content).decode("ascii")}


def _with_each(raw: Any, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Any:
    if isinstance(raw, Mapping):
        return {
            name: change(value)
            if name == "valueAttachment" and isinstance(value, Mapping)
            else _with_each(value, change)
            for name, value in raw.items()
        }
    return [_with_each(each, change) for each in raw] if isinstance(raw, list) else raw
