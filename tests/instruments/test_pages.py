"""What a server renders, and what it takes back from a browser."""

import copy

from alongside.instruments import Instrument, Response
from alongside.instruments.errors import Fault
from alongside.instruments.pages import Section, Text
from alongside.instruments.posting import Rejected, take_back
from support.instrument_forms import (
    LEVELS,
    answered,
    coded,
    control,
    everything,
    ext,
    form,
    item,
    path,
    when,
)


def begin(*items, **more):
    return Instrument.from_fhir(form(*items, **more)).begin()


def fields(response, **more):
    return {field.key: field for page in response.pages(**more) for field in page.fields()}


def test_each_top_level_group_is_a_page_and_loose_questions_share_one():
    response = begin(
        item("a", "string"),
        item("b", "string"),
        item("g", "group", item("c", "string")),
        item("d", "string"),
        title="My form",
    )
    assert [(p.title, [f.key for f in p.fields()]) for p in response.pages()] == [
        ("My form", ["a", "b"]),
        ("About g?", ["c"]),
        ("My form", ["d"]),
    ]


def test_one_thing_a_page_keeps_words_with_their_question_and_grids_whole():
    response = begin(
        item("g", "group",
             item("words", "display"), item("a", "string"), item("b", "string"),
             item("grid", "group", item("c", "choice", answerOption=LEVELS),
                  item("d", "choice", answerOption=LEVELS), extension=[control("gtable")])),
    )  # fmt: skip
    found = response.pages(by="question")
    assert [[part.key for part in page.contents] for page in found] == [
        ["words", "a"],
        ["b"],
        ["grid"],
    ]
    assert [page.trail for page in found] == [("About g?",)] * 3
    grid = found[2].contents[0]
    assert [choice.key for choice in grid.options] == ["well", "fair", "poor"]


def test_each_question_names_the_control_that_suits_it():
    many = coded(*[f"c{number}" for number in range(20)])
    bounds = [ext("minValue", valueInteger=0), ext("maxValue", valueInteger=9)]
    response = begin(
        item("yes", "boolean"),
        item("few", "choice", answerOption=LEVELS),
        item("many", "choice", answerOption=many),
        item("asked", "choice", answerOption=LEVELS, extension=[control("drop-down")]),
        item("boxes", "choice", answerOption=LEVELS, repeats=True),
        item("slide", "integer", extension=[control("slider"), *bounds]),
        item("typed", "choice", answerOption=many, extension=[control("autocomplete")]),
        item("story", "text"), item("day", "date"), item("at", "dateTime"), item("kg", "quantity"),
        item("file", "attachment"), item("free", "open-choice"),
    )  # fmt: skip
    assert {key: field.control for key, field in fields(response).items()} == {
        "yes": "yes-no", "few": "radios", "many": "select", "asked": "select",
        "boxes": "checkboxes", "slide": "slider", "typed": "autocomplete", "story": "textarea",
        "day": "date", "at": "date-time", "kg": "quantity", "file": "file", "free": "text",
    }  # fmt: skip


def test_help_and_ends_and_units_belong_to_their_question():
    unit = ext("questionnaire-unit", valueCoding={"code": "h", "display": "hours"})
    response = begin(
        item(
            "q", "integer",
            item("h", "display", extension=[control("help")]),
            item("lo", "display", extension=[control("lower")]),
            extension=[unit, ext("entryFormat", valueString="a number")],
        ),
    )  # fmt: skip
    (field,) = fields(response).values()
    assert (field.help, field.lower, field.unit, field.hint) == (
        ("About h?",),
        "About lo?",
        "hours",
        "a number",
    )
    assert not field.below


def test_hidden_items_are_never_given_to_a_page():
    response = Instrument.from_fhir(everything()).begin()
    assert "hidden" not in fields(response)
    assert "hidden" not in response.visible()


def test_a_condition_is_given_to_the_browser_where_it_can_tell():
    response = begin(
        item("a", "choice", answerOption=LEVELS),
        item("n", "integer"),
        item("d", "date"),
        item("then", "string", enableBehavior="any",
             enableWhen=[when("a", "=", answerCoding={"system": "s", "code": "poor"}), when("n", ">", answerInteger=3)]),
        item("later", "string", enableWhen=[when("d", ">", answerDate="2024-01-01")]),
        item("worked", "string", extension=[path("sdc-questionnaire-enableWhenExpression", "false")]),
    )  # fmt: skip
    found = fields(response)
    assert found["then"].condition == {
        "any": [
            {"key": "a", "names": ["a"], "operator": "=", "value": "poor", "number": False},
            {"key": "n", "names": ["n"], "operator": ">", "value": "3", "number": True},
        ]
    }
    for key in ("later", "worked"):
        assert found[key].condition is None
        assert found[key].server_side
        assert not found[key].shown


def test_what_a_page_shows_can_be_posted_back_and_changes_nothing():
    response = answered(Instrument.from_fhir(everything()))
    before = response.to_fhir()
    posted = {}
    for field in fields(response).values():
        if "" in field.names:
            posted[field.key] = list(field.values)
        posted |= {name: [text] for name, text in field.parts.items() if name not in posted}
        if "" in field.names and field.parts.get(field.key) and field.control == "quantity":
            posted[field.key] = [field.parts[field.key]]
    accepted = response.accept(posted)
    assert accepted.problems == {}
    assert accepted.unknown == ()
    assert response.to_fhir() == before


def test_bad_input_is_shown_again_and_never_costs_a_good_answer():
    response = begin(item("n", "integer"), item("s", "string"), item("d", "date", required=True))
    response.answer("n", 3)
    accepted = response.accept(
        {"n": ["three"], "s": ["kept"], "d-day": ["31"], "d-month": ["2"], "d-year": ["2024"]}
    )
    assert not accepted
    assert accepted.kept == ("s",)
    assert list(accepted.problems) == ["n", "d"]
    found = fields(response)
    assert found["n"].values == ("three",)
    assert found["n"].problem.startswith("“About n?” must be a whole number")
    assert found["d"].parts == {"d-day": "31", "d-month": "2", "d-year": "2024"}
    assert response.value("n") == 3
    assert len(response.problems()) == 2
    draft = Response.from_draft(response.instrument, copy.deepcopy(response.to_draft()))
    assert fields(draft)["n"].values == ("three",)
    response.accept({"n": ["4"], "d-day": [""], "d-month": ["2"], "d-year": ["2024"]})
    assert response.rejected == {}
    assert (response.value("n"), response.value("d")) == (4, "2024-02")


def test_a_date_is_put_together_from_its_parts_with_a_sentence_for_each_fault():
    response = begin(item("d", "date"))
    for parts, words in (
        (("31", "13", "2024"), "month"),
        (("32", "1", "2024"), "day"),
        (("1", "", "2024"), "must include a month"),
        (("1", "1", "24"), "year of four figures"),
    ):
        posted = {f"d-{name}": [p] for name, p in zip(("day", "month", "year"), parts, strict=True)}
        accepted = response.accept(posted)
        assert words in accepted.problems["d"].problem
    response.accept({"d-day": ["5"], "d-month": ["January"], "d-year": ["2024"]})
    assert response.value("d") == "2024-01-05"
    response.accept({"d-day": [""], "d-month": [""], "d-year": [""]})
    assert response.value("d") is None


def test_an_empty_hidden_input_clears_boxes_and_a_name_not_posted_changes_nothing():
    response = begin(item("b", "choice", answerOption=LEVELS, repeats=True), item("s", "string"))
    response.accept({"b": ["", "well", "poor"], "s": ["x"]})
    assert [c.code for c in response.values("b")] == ["well", "poor"]
    response.accept({"b": [""]})
    assert response.values("b") == []
    assert response.value("s") == "x"


def test_good_answers_among_several_are_kept():
    response = begin(item("n", "integer", repeats=True))
    accepted = response.accept({"n": ["1", "x", "3", ""]})
    assert response.values("n") == [1, 3]
    assert fields(response)["n"].values == ("1", "x", "3")
    assert "“x” is not" in accepted.problems["n"].problem


def test_words_of_ones_own_are_posted_beside_the_options():
    response = begin(item("o", "open-choice", answerOption=LEVELS))
    response.accept({"o": [""], "o-other": ["mine"]})
    assert response.value("o") == "mine"
    assert fields(response)["o"].other == "mine"
    accepted = response.accept({"o": ["well"], "o-other": ["mine"]})
    assert "not both" in accepted.problems["o"].problem


def test_instances_that_a_page_added_are_made_when_they_are_posted():
    response = Instrument.from_fhir(everything()).begin()
    accepted = response.accept({"first~0": ["Ann"], "first~1": ["Bob"], "age~2": ["9"]})
    assert accepted.problems == {}
    assert response.values("first", within=1) == ["Bob"]
    assert response.values("age", within=2) == [9]
    sections = [p for page in response.pages() for p in page.contents if isinstance(p, Section)]
    people = [s for s in sections if s.link_id == "person"]
    assert [(s.key, s.can_add, s.can_remove) for s in people] == [
        ("person~0", False, True),
        ("person~1", False, True),
        ("person~2", True, True),
    ]


def test_what_belongs_to_no_question_is_named_and_fixed_answers_stay():
    response = begin(
        item("r", "string", readOnly=True, initial=[{"valueString": "fixed"}]), item("s", "string")
    )
    accepted = response.accept({"r": ["other"], "s": ["x"], "csrf": ["y"]})
    assert accepted.unknown == ("csrf",)
    assert response.value("r") == "fixed"


def test_progress_counts_what_is_asked_and_shown():
    response = begin(
        item("a", "boolean", required=True),
        item("b", "string", enableWhen=[when("a", "=", answerBoolean=True)]),
        item("r", "string", readOnly=True),
        item("w", "display"),
        item("h", "string", extension=[ext("questionnaire-hidden", valueBoolean=True)]),
    )
    assert (response.progress().answered, response.progress().shown) == (0, 1)
    assert response.progress().required_left == 1
    response.answer("a", "yes")
    assert (response.progress().answered, response.progress().shown) == (1, 2)
    assert response.pages()[0].progress == response.progress()


def test_ids_for_html_are_plain_and_unique():
    response = begin(item("a/b", "string"), item("a b", "string"), item("a-b", "string"))
    ids = [field.html_id for field in fields(response).values()]
    assert len(set(ids)) == 3
    assert all(each.replace("-", "").isalnum() for each in ids)


def test_words_to_read_are_parts_of_a_page():
    response = begin(item("w", "display"))
    (part,) = response.pages()[0].contents
    assert isinstance(part, Text)
    assert part.text == "About w?"


def test_a_group_that_asks_to_be_a_page_is_one_however_deep_it_stands():
    page = [control("page")]
    response = begin(
        item("before", "group", item("a", "string"), text="Before"),
        item("whole", "group",
             item("b", "string"),
             item("part", "group", item("p1", "group", item("c", "string"), text="One", extension=page),
                  item("p2", "group", item("d", "string"), text="Two", extension=page), text="Part"),
             item("last", "string"), text="Whole"),
    )  # fmt: skip
    assert [(page.trail, page.title, [f.key for f in page.fields()]) for page in response.pages()] == [
        ((), "Before", ["a"]),
        (("Whole",), "Whole", ["b"]),
        (("Whole", "Part"), "One", ["c"]),
        (("Whole", "Part"), "Two", ["d"]),
        (("Whole",), "Whole", ["last"]),
    ]  # fmt: skip


def test_an_answer_typed_over_with_what_is_none_can_be_taken_back_and_good_ones_beside_it_stay():
    response = begin(item("n", "integer"), item("m", "integer", repeats=True), item("s", "string"))
    response.accept({"n": ["35"], "m": ["1", "2"], "s": ["x"]})
    response.accept({"n": ["about 20"], "m": ["3", "x"]})
    take_back(response)
    assert (response.value("n"), response.values("m"), response.value("s")) == (None, [3], "x")
    assert fields(response)["n"].values == ("about 20",)
    response.accept({"m": ["y"]})
    take_back(response)
    assert response.values("m") == []


def test_what_is_asked_beneath_an_answer_that_is_taken_back_goes_with_it():
    falls = item("falls", "integer", item("how", "string"), item("when", "integer"), repeats=True)
    response = begin(falls, item("last", "integer"))
    response.accept({"falls": ["3"], "last": ["1"]})
    response.accept({"how~0": ["On the stairs"], "falls": ["x"], "last": ["y"]})
    take_back(response)
    assert (response.values("falls"), response.value("last")) == ([], None)
    assert fields(response)["falls"].values == ("x",)
    assert fields(response)["how~0"].values == ()


def test_what_was_typed_beneath_a_good_answer_stays_with_it_when_another_is_taken_back():
    falls = item("falls", "integer", item("when", "integer"), repeats=True)
    response = begin(falls)
    response.accept({"falls": ["3", "4"], "when~0": ["1"], "when~1": ["2"]})
    response.accept({"when~0": ["2010"], "when~1": ["in May"]})
    response.rejected["falls"] = Rejected({"falls": ("x", "4")}, Fault("That is no number."))
    take_back(response)
    assert response.values("falls") == [4]
    assert fields(response)["when~0"].values == ("in May",)
    assert response.value("when", within=0) is None
