"""For authors of instruments: paste or upload a form, see it, answer it, see its scores and its response."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import View

from alongside.instruments import Instrument, UnsupportedInstrument
from alongside.instruments.instrument import read_json_text
from alongside.web.conversations import rendering
from alongside.web.conversations.sheets import sheets_of
from alongside.web.conversations.views import language

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from alongside.instruments import Response

LARGEST = 2_000_000


class Preview(View):
    """The preview keeps nothing: the form travels with the page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            text = _text_of(request)
            instrument = Instrument.from_fhir(read_json_text(text))
        except UnsupportedInstrument as refusal:
            box = "#file" if "file" in request.FILES else "#questionnaire"
            refused = {"text": f"{refusal.element}: {refusal.reason}", "href": box}
            typed = request.POST.get("questionnaire", "")
            return self._show(request, {"refused": refused, "typed": typed}, status=422)
        response = instrument.begin()
        response.accept(rendering.posted_answers(dict(request.POST.lists())))
        return self._show(request, {"typed": text, **_seen(instrument, response)})

    def _show(self, request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
        context = {"title": _("Preview a form"), **told}
        return render(request, "conversations/preview.html", context, status=status)


def _text_of(request: HttpRequest) -> str:
    upload = request.FILES.get("file")
    if upload is None:
        text = request.POST.get("questionnaire", "")
        if not text.strip():
            raise UnsupportedInstrument(_("The form"), _("is missing. Paste it, or choose a file."))
        return text
    if (upload.size or 0) > LARGEST:
        raise UnsupportedInstrument(_("The file"), _("is larger than 2 MB."))
    try:
        return upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnsupportedInstrument(
            _("The file"),
            _("is not UTF-8 text: byte %(n)s cannot be read.") % {"n": error.start + 1},
        ) from None


def _seen(instrument: Instrument, response: Response) -> dict[str, Any]:
    sheets = sheets_of(response, language())
    scores = response.scores()
    return {
        "instrument": instrument,
        "sheets": [
            (each, rendering.render(each.parts, rendering.Manner(under=each.title)))
            for each in sheets
        ],
        "seen": "\n".join(key for each in sheets for key in rendering.part_keys(each.parts)),
        "problems": [
            {"text": each.problem, "href": f"#{each.html_id}"}
            for page in sheets
            for each in page.fields()
            if each.problem
        ],
        "missing": [*response.problems()[:50], *response.warnings()[:50]],
        "scores": [
            [instrument.text(link, language()) or link, f"{value:f}"]
            for link, value in scores.items()
        ],
        "score_columns": [{"label": _("Question")}, {"label": _("Score"), "numeric": True}],
        "total": scores.total,
        "response": json.dumps(response.to_fhir(), indent=2, ensure_ascii=False),
        "notes": instrument.notes,
    }
