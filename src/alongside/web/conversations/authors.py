"""For authors of instruments: paste or upload a form, see it, answer it, see its scores and its response."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import View

from alongside.instruments import (
    InLanguage,
    Instrument,
    Response,
    UnsupportedInstrument,
    language_of,
)
from alongside.instruments.instrument import read_json_text
from alongside.web.conversations import finishing, rendering
from alongside.web.conversations.asking_languages import asked_in, switch
from alongside.web.conversations.faults import problem_of
from alongside.web.conversations.markup import own_words
from alongside.web.conversations.sheets import sheets_of, takes_files
from alongside.web.conversations.writing import (
    Uploads,
    add_or_remove,
    choose_language,
    sent_files,
    take_files,
    without_dropped,
)
from alongside.web.drafts.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from alongside.instruments.parts import Page, Part
    from alongside.instruments.posting import Rejected
    from alongside.web.conversations.sheets import Sheet

LARGEST = 2_000_000  # bytes
JSON_FILES = (".json", "application/json", "application/fhir+json")
MOST_LISTED = 50  # of what is missing or wrong


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
        posted = dict(request.POST.lists())
        response = _gone_on_from(instrument, request.POST.get("draft", ""))
        given = rendering.posted_answers(posted)
        response.accept(given | without_dropped(posted, given))
        response.rejected |= _files_taken(response, request)
        told = {}
        try:
            add_or_remove(response, posted)
            choose_language(response, posted)
        except Refused as refusal:
            told["cannot"] = str(refusal)
        by = "question" if request.POST.get("by") == "question" else "section"
        return self._show(request, {"typed": text, **told, **_seen(instrument, response, by)})

    def _show(self, request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
        context = {"title": _("Preview a form"), "json_files": JSON_FILES, **told}
        return render(request, "conversations/preview.html", context, status=status)


def _gone_on_from(instrument: Instrument, draft: str) -> Response:
    """Go on from the answers that the page carried; begin where it is another form's, or none."""
    try:
        return Response.from_draft(instrument, json.loads(draft), now=finishing.now())
    except (ValueError, RecursionError):
        return instrument.begin(now=finishing.now())


def _files_taken(response: Response, request: HttpRequest) -> dict[str, Rejected]:
    """Take in files as a conversation does; the preview keeps what each is, and not its bytes."""
    uploads = Uploads(sent_files(request.FILES))
    found: dict[str, Rejected] = {}
    for page in response.pages() if uploads.files else ():
        found |= take_files(response, page, uploads)
    return found


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


def _pages(response: Response, by: str) -> list[tuple[Page | Sheet, Sequence[Part]]]:
    """Give the pages as people meet them: a section each, or one thing each."""
    if by == "question":
        return [(each, each.contents) for each in response.pages(asked_in(response), by=by)]
    return [(each, each.parts) for each in sheets_of(response, asked_in(response))]


def _title(instrument: Instrument, language: str) -> str:
    title = instrument.title_in(language) or instrument.url
    return InLanguage(f"{title} {instrument.version}".strip(), language_of(title))


def _seen(instrument: Instrument, response: Response, by: str) -> dict[str, Any]:
    pages = _pages(response, by)
    scores = response.scores()
    missing = [*response.problems(), *response.warnings()]
    return {
        "instrument": instrument,
        "form_title": _title(instrument, asked_in(response)),
        "asking_languages": switch(response, every=True),
        "sheets": [
            (each, rendering.render(parts, rendering.Manner(under=each.title)))
            for each, parts in pages
        ],
        "by": by,
        "takes_files": any(takes_files(page) for page, _parts in pages),
        "draft": json.dumps(response.to_draft(), ensure_ascii=False),
        "seen": "\n".join(key for _page, parts in pages for key in rendering.part_keys(parts)),
        "problems": [
            {"text": problem_of(each), "href": f"#{each.html_id}"}
            for page, _parts in pages
            for each in page.fields()
            if each.problem
        ],
        "missing": missing[:MOST_LISTED],
        "left_unsaid": max(0, len(missing) - MOST_LISTED),
        "scores": [
            [own_words(instrument.text(link, asked_in(response)) or link), f"{value:f}"]
            for link, value in scores.items()
        ],
        "score_columns": [{"label": _("Question")}, {"label": _("Score"), "numeric": True}],
        "total": scores.total,
        "response": json.dumps(response.to_fhir(), indent=2, ensure_ascii=False),
        "notes": instrument.notes,
    }
