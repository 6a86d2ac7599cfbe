"""Methods of an agency's own: the shipped one with dearer rates, as whoever fitted it would have saved it."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from alongside.allocation.model import store
from alongside.web.budgets.method import example

SHEET = "Fitted on invented people. Not for anybody's money."


def dearer(share: str = "1.10", **changed):
    """Give the content of a method whose rates are higher, with whatever else is changed, whole again."""
    content = copy.deepcopy(dict(example().content)) | changed
    if "rates" not in changed:
        for rate in content["rates"]:
            rate["rate"] = str(round(Decimal(rate["rate"]) * Decimal(share), 2))
    return whole(content)


def whole(content):
    """Give it the digest that fits its content."""
    return {**content, "digest": store.digest(content)}


def foreign():
    """Give a method that asks something which the needs profile that ships does not."""
    text = json.dumps(example().content).replace("need_washing", "need_juggling")
    return whole(json.loads(text))


def altered():
    return {**dearer(), "unseen_error": 0.0}


def as_file(content, name="model.json"):
    """Give a file as a browser sends it."""
    return SimpleUploadedFile(name, as_bytes(content), "application/json")


def as_bytes(content):
    return content if isinstance(content, bytes) else json.dumps(content).encode()
