"""A client without a browser that sends what a browser would."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.test import Client

from alongside.web.drafts.domain import FORGERY_FIELD


class PageClient(Client):
    """Sends the field against forged requests with what it posts: another one each time, as of a page opened anew.

    Whoever posts the field of a page that was opened, to send that page twice, sends what they give.
    """

    def post(self, path, data=None, *args, **kwargs):
        if data is None or isinstance(data, Mapping):
            data = {FORGERY_FIELD: uuid4().hex, **(data or {})}
        return super().post(path, data, *args, **kwargs)
