"""Files as answers: what each is inside, what is refused and why, and how one travels."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from decimal import Decimal

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from alongside.instruments import Instrument, Response, Sent, attach, attachments, with_data
from alongside.instruments.files import MEGABYTE, accepted_endings, title_of
from support.instrument_forms import ext, form, item

PDF = b"%PDF-1.7\nwords\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00"
ADDRESS = "urn:uuid:4b1ec9a0-6f0a-4a58-9f43-5f0b1c4c1f0e"


def packed(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def sent(name, content=PDF):
    return Sent(name, len(content), lambda: content)


def asked(**more):
    return Instrument.from_fhir(form(item("q", "attachment", **more), item("s", "string"))).begin()


class Shelf(dict):
    """Keeps what it is given, at addresses of its own."""

    def __call__(self, attachment, content):
        address = f"urn:uuid:{len(self)}"
        self[address] = content
        return address


def after(response, *files, **more):
    shelf = Shelf()
    faults = attach(response, "q", files, shelf, **more)
    return faults, shelf


def test_a_file_becomes_an_attachment_that_says_what_it_is_and_where():
    response = asked()
    faults, shelf = after(response, sent("Letter.PDF"))
    assert (faults, shelf) == ((), {"urn:uuid:0": PDF})
    assert response.value("q") == {
        "contentType": "application/pdf",
        "size": len(PDF),
        "hash": base64.b64encode(hashlib.sha1(PDF, usedforsecurity=False).digest()).decode(),
        "title": "Letter.PDF",
        "url": "urn:uuid:0",
    }
    assert response.problems() == []


def test_a_second_file_takes_the_place_of_the_first_or_stands_beside_it():
    response = asked()
    after(response, sent("one.pdf"))
    after(response, sent("two.png", PNG))
    assert [each["title"] for each in response.values("q")] == ["two.png"]
    several = asked(repeats=True)
    after(several, sent("one.pdf"))
    after(several, sent("two.png", PNG), sent("three.pdf"))
    assert [each["title"] for each in several.values("q")] == ["one.pdf", "two.png", "three.pdf"]


SIZE = ext("maxSize", valueDecimal=1)
REFUSED = {
    "file_size": ([SIZE], [sent("a.pdf", PDF + b"x" * MEGABYTE)], "1 MB or smaller"),
    "file_empty": ([], [sent("a.pdf", b"")], "nothing in it"),
    "file_inside": ([], [sent("a.pdf", PNG)], "another kind of file inside"),
    "file_ending": ([ext("mimeType", valueCode="image/png")], [sent("a.pdf")], r"one of these: \.png"),
    "one_answer": ([], [sent("a.pdf"), sent("b.pdf")], "takes one answer"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_says_why_is_not_kept_and_changes_nothing(kind):
    extensions, files, words = REFUSED[kind]
    response = asked(extension=extensions)
    response.answer("q", {"url": "https://example.org/before.pdf"})
    faults, shelf = after(response, *files)
    assert [fault.kind for fault in faults] == [kind]
    assert re.search(words, faults[0].sentence)
    assert shelf == {}
    assert response.value("q") == {"url": "https://example.org/before.pdf"}


def test_a_file_that_is_too_large_is_not_read_and_whoever_keeps_it_may_have_less_room():
    def read():
        raise AssertionError("read")

    faults, _ = after(asked(), Sent("a.pdf", 11 * MEGABYTE, read))
    assert "10 MB" in faults[0].sentence, "where the form does not say"
    large = asked(extension=[ext("maxSize", valueDecimal=500)])
    faults, _ = after(large, Sent("a.pdf", 26 * MEGABYTE, read), most_mb=Decimal(25))
    assert "25 MB" in faults[0].sentence


def test_of_several_files_the_good_are_kept_and_each_other_has_its_reason():
    response = asked(repeats=True)
    faults, shelf = after(response, sent("a.pdf"), sent("b.pdf", PNG), sent("c.exe", b"MZ\x00"))
    assert [fault.kind for fault in faults] == ["file_inside", "file_ending"]
    assert [each["title"] for each in response.values("q")] == ["a.pdf"]
    assert len(shelf) == 1


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpeg", b"\xff\xd8\xff\xe0\x00", "image/jpeg"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic", "image/heic"),
        ("a.docx", packed("word/document.xml"), "wordprocessingml"),
        ("a.xlsx", packed("xl/workbook.xml"), "spreadsheetml"),
        ("a.m4a", b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        ("a.wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("a.txt", "Sŵn y môr".encode(), "text/plain"),
        ("a.csv", "a,b".encode("utf-16"), "text/csv"),
        ("scan", PNG, "image/png"),
    ],
)
def test_each_usual_kind_is_known_by_its_inside(name, content, kind):
    response = asked()
    assert after(response, sent(name, content))[0] == ()
    assert kind in response.value("q")["contentType"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", packed("xl/workbook.xml")),
        ("a.xlsx", packed("anything")),
        ("a.txt", PNG),
        ("a.txt", PDF),
        ("a.jpg", b"<svg onload='alert(1)'>"),
        ("a.png", b"MZ\x90\x00"),
        ("a.mp4", b"\x00\x00\x00\x18ftypheic"),
    ],
)
def test_a_file_is_never_taken_for_what_it_only_says_it_is(name, content):
    faults, _ = after(asked(), sent(name, content))
    assert [fault.kind for fault in faults] == ["file_inside"]


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.exe", "a.zip", "a.js", "a", "a."])
def test_what_runs_and_what_nobody_knows_is_not_taken_unless_the_form_asks(name):
    faults, _ = after(asked(), sent(name, b"words"))
    assert [fault.kind for fault in faults] == ["file_ending"]


def test_a_form_may_ask_for_a_whole_family_and_for_a_kind_that_is_not_known_here():
    images = asked(extension=[ext("mimeType", valueCode="image/*")])
    assert after(images, sent("a.png", PNG))[0] == ()
    assert images.problems() == []
    assert after(images, sent("a.pdf"))[0][0].kind == "file_ending"
    pages = asked(extension=[ext("mimeType", valueCode="text/html")])
    assert after(pages, sent("a.html", b"<p>words"))[0] == ()
    assert after(pages, sent("b.html", PNG))[0][0].kind == "file_inside"
    jpg = asked(extension=[ext("mimeType", valueCode="image/jpg")])
    assert after(jpg, sent("a.jpg", b"\xff\xd8\xff\xe0\x00"))[0] == ()
    assert accepted_endings(["image/jpg", "application/dicom"]) == (".jpg", ".jpeg", "application/dicom")  # fmt: skip


def test_a_name_loses_its_folders_and_what_no_reader_sees():
    assert title_of("C:\\Users\\Sam\\le\u202ett\x00er.pdf") == "letter.pdf"
    assert title_of("../../etc/passwd") == "passwd"
    assert title_of("\x00") == "file"
    assert len(title_of("x" * 500 + ".pdf")) == 200
    assert title_of("x" * 500 + ".pdf").endswith(".pdf")


def test_what_is_no_question_for_a_file_takes_none():
    fixed = Instrument.from_fhir(form(item("q", "attachment", readOnly=True))).begin()
    finished = asked().complete(with_gaps=True)
    for response, key in ((asked(), "s"), (asked(), "none"), (fixed, "q"), (finished, "q")):
        shelf = Shelf()
        assert attach(response, key, [sent("a.pdf")], shelf) == ()
        assert shelf == {}


def test_a_response_that_travels_holds_its_files_and_imports_equal():
    response = asked(repeats=True)
    response.answer("q", {"url": "https://example.org/elsewhere.pdf"})
    _faults, shelf = after(response, sent("one.pdf"))
    kept = response.to_fhir()
    travels = with_data(kept, shelf.get)
    assert [each.get("url") for each in attachments(kept)] == ["https://example.org/elsewhere.pdf", "urn:uuid:0"]  # fmt: skip
    held = list(attachments(travels))
    assert base64.b64decode(held[1]["data"]) == PDF
    assert "url" not in held[1]
    assert held[0] == {"url": "https://example.org/elsewhere.pdf"}
    again = Response.from_fhir(response.instrument, travels)
    assert again.to_fhir() == travels
    assert again.problems() == []
    QuestionnaireResponse.model_validate(json.loads(json.dumps(travels)))


def test_a_size_that_is_less_than_the_data_is_not_believed():
    response = asked(extension=[SIZE])
    data = base64.b64encode(b"x" * (MEGABYTE + 1)).decode()
    with pytest.raises(ValueError, match="1 MB or smaller"):
        response.answer("q", {"data": data, "size": 5})


def test_a_page_shows_each_file_with_what_it_is():
    response = asked(extension=[SIZE])
    after(response, sent("one.pdf"))
    field = next(each for each in response.pages()[0].fields() if each.key == "q")
    ((text, held),) = field.files
    assert text == field.values[0] == "urn:uuid:0"
    assert (held["title"], held["size"], field.max_size) == ("one.pdf", len(PDF), 1)
