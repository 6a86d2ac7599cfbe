"""Files that are handed out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

Answer = TypeVar("Answer", bound=HttpResponseBase)


def download(content: str | bytes, name: str, content_type: str) -> HttpResponse:
    """Hand out a file to be saved under a name, never to be shown or run in the page's own name."""
    return _saved(HttpResponse(content, content_type=content_type), name)


def download_in_parts(parts: Iterable[str], name: str, content_type: str) -> StreamingHttpResponse:
    """Hand out a file in the same way while it is being made, so that a long one takes no more memory."""
    return _saved(StreamingHttpResponse(parts, content_type=content_type), name)


def _saved(response: Answer, name: str) -> Answer:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
