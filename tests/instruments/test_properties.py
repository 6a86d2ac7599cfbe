"""What holds for any form and any answers: made by Hypothesis, small and strange."""

import itertools
import json

from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from alongside.instruments import AnswerError, Instrument, Response, UnsupportedInstrument
from support.instrument_forms import form, when

CODES = ("p", "q", "r")
OPTIONS = [
    {
        "valueCoding": {"system": "s", "code": code, "display": code * 3},
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": weight}
        ],
    }
    for code, weight in zip(CODES, (0, 1.5, -2), strict=True)
]
ANSWERS = {
    "boolean": st.booleans(),
    "integer": st.integers(-5, 5),
    "decimal": st.decimals(-5, 5, places=2),
    "string": st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
    "text": st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
    "date": st.dates().map(lambda day: day.isoformat()),
    "choice": st.sampled_from(CODES),
    "open-choice": st.sampled_from(CODES),
}
TYPES = st.sampled_from(sorted(ANSWERS))
CONDITIONS = {
    "boolean": st.booleans().map(lambda value: ("=", {"answerBoolean": value})),
    "integer": st.tuples(st.sampled_from(["=", "!=", "<", ">", "<=", ">="]),
                         st.integers(-5, 5).map(lambda value: {"answerInteger": value})),
    "choice": st.tuples(st.sampled_from(["=", "!="]),
                        st.sampled_from(CODES).map(lambda code: {"answerCoding": {"code": code}})),
}  # fmt: skip
EXISTS = st.booleans().map(lambda value: ("exists", {"answerBoolean": value}))


@st.composite
def forms(draw):
    """A form of a few items, nested and repeating, with conditions on questions anywhere."""
    names = (f"i{number}" for number in itertools.count())
    questions = []

    def items(depth):
        found = []
        for _ in range(draw(st.integers(1, 3 if depth == 0 else 2))):
            kind = draw(st.just("group") | TYPES) if depth < 3 else draw(TYPES)
            each = {"linkId": next(names), "type": kind, "text": "Words"}
            if kind.endswith("choice"):
                each["answerOption"] = OPTIONS
            if draw(st.booleans()):
                each["repeats"] = draw(st.booleans())
            if kind != "group":
                questions.append(each)
            if kind == "group" or (depth < 2 and draw(st.integers(0, 5)) == 0):
                each["item"] = items(depth + 1)
            if questions and draw(st.integers(0, 2)) == 0:
                each["enableWhen"] = draw(st.lists(conditions(), min_size=1, max_size=2))
                each["enableBehavior"] = draw(st.sampled_from(["all", "any"]))
            found.append(each)
        return found

    @st.composite
    def conditions(draw):
        target = draw(st.sampled_from(questions))
        operator, answer = draw(CONDITIONS.get(target["type"], EXISTS) | EXISTS)
        return when(target["linkId"], operator, **answer)

    return form(*items(0))


def load(raw):
    """The instrument; a draw in which conditions go round in circles is passed over."""
    try:
        return Instrument.from_fhir(raw)
    except UnsupportedInstrument as refused:
        reason = str(refused)
    assert "loop" in reason or "answered itself" in reason
    return reject()


def draw_acts(data, instrument):
    """Some answers, each with where it stands."""
    acts = []
    questions = [each for each in instrument if each.is_question]
    for _ in range(data.draw(st.integers(0, 8))):
        each = data.draw(st.sampled_from(questions)) if questions else None
        if each is None:
            break
        count = 2 if each.repeats and data.draw(st.booleans()) else 1
        above = [i for i in instrument.above(each.link_id) if i.repeats]
        within = tuple(data.draw(st.integers(0, 1)) if i.is_group else 0 for i in above)
        values = [data.draw(ANSWERS[each.type]) for _ in range(count)]
        acts.append((each.link_id, values, within))
    return acts


def do(response, acts):
    for link_id, values, within in acts:
        try:
            response.answer(link_id, *values, within=within)
        except AnswerError as error:
            assert "is not asked at the place" in str(error)  # noqa: PT017 - any other fails


@settings(max_examples=25)
@given(st.data())
def test_any_response_comes_back_equal_and_is_valid(data):
    instrument = load(data.draw(forms()))
    response = instrument.begin()
    do(response, draw_acts(data, instrument))
    raw = json.loads(json.dumps(response.to_fhir()))
    QuestionnaireResponse.model_validate(raw)
    again = Response.from_fhir(instrument, raw)
    assert again == response
    assert again.to_fhir() == raw
    done = response.complete(with_gaps=True)
    QuestionnaireResponse.model_validate(done.to_fhir())
    assert Response.from_fhir(instrument, done.to_fhir()) == done
    assert done.scores().answers == response.scores().answers
    assert done.scores().total.so_far == response.scores().total.so_far


@settings(max_examples=25)
@given(st.data())
def test_what_is_shown_and_scored_does_not_depend_on_the_order_of_answering(data):
    instrument = load(data.draw(forms()))
    acts = [act for act in draw_acts(data, instrument) if all(i == 0 for i in act[2])]
    once = list({link_id: (link_id, values, within) for link_id, values, within in acts}.values())
    flat = [act for act in once if not any(not i.is_group for i in instrument.above(act[0]))]
    first, second = instrument.begin(), instrument.begin()
    do(first, flat)
    do(second, data.draw(st.permutations(flat)))
    second.visible()
    assert first.visible() == second.visible()
    assert first.scores() == second.scores()
    assert first.problems() == second.problems()
    assert first == second


@settings(max_examples=25)
@given(st.data())
def test_what_is_shown_stands_in_groups_that_are_shown_and_in_order(data):
    instrument = load(data.draw(forms()))
    response = instrument.begin()
    do(response, draw_acts(data, instrument))
    visible = response.visible()
    assert visible == [link_id for link_id in instrument.by_link if link_id in set(visible)]
    for link_id in visible:
        assert {above.link_id for above in instrument.above(link_id)} <= set(visible)
    shown = {f.key for page in response.pages() for f in page.fields() if f.shown}
    assert shown == {
        response.key(node) for node in response.nodes()
        if node.item.is_question and response.is_shown(node)
    }  # fmt: skip
    progress = response.progress()
    assert 0 <= progress.answered <= progress.shown == len(shown)


@settings(max_examples=25)
@given(st.data())
def test_a_page_posted_as_it_stands_changes_nothing(data):
    instrument = load(data.draw(forms()))
    response = instrument.begin()
    do(response, draw_acts(data, instrument))
    before = response.to_fhir()
    posted = {}
    for page in response.pages():
        for field in page.fields():
            if "year" in field.names:
                posted |= {name: [text] for name, text in field.parts.items()}
                continue
            posted[field.key] = list(field.values) or [""]
            if "other" in field.names:
                posted[field.names["other"]] = [field.other]
    accepted = response.accept(posted)
    assert accepted.problems == {}
    assert accepted.unknown == ()
    assert response.to_fhir() == before


@settings(max_examples=100)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)))  # fmt: skip
def test_anything_at_all_given_as_an_answer_is_taken_or_refused_with_a_sentence(value):
    kinds = [*ANSWERS, "dateTime", "time", "url", "quantity", "attachment", "reference"]
    items = [{"linkId": kind, "type": kind, "answerOption": OPTIONS} if kind.endswith("choice")
             else {"linkId": kind, "type": kind} for kind in kinds]  # fmt: skip
    response = Instrument.from_fhir(form(*items)).begin()
    for kind in kinds:
        try:
            response.answer(kind, value)
        except AnswerError as error:
            assert str(error).endswith(".")  # noqa: PT017 - any other error fails the test
    QuestionnaireResponse.model_validate(response.to_fhir())
    assert Response.from_fhir(response.instrument, response.to_fhir()) == response
