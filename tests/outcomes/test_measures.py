from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.instruments.library import shipped
from alongside.instruments.library.build import walk
from alongside.instruments.library.fhir import code_system
from alongside.outcomes import OutcomesError, ReviewAnswers, measures, national_measures
from alongside.outcomes.measures import read_measures
from alongside.parameters import parse


def found(reviews):
    return {result.measure.code: result for result in national_measures(reviews)}


def person(asked_by="worker", **answers):
    return ReviewAnswers("person", answers, asked_by)


def carer(asked_by="worker", **answers):
    return ReviewAnswers("carer", answers, asked_by)


def test_there_are_four():
    assert [measure.code for measure in measures()] == [
        "users_feel_safe",
        "satisfied_with_involvement",
        "satisfied_with_contact",
        "carers_able_to_continue",
    ]


def test_each_has_numerator_denominator_and_those_who_did_not_say():
    safe = found(
        [
            person(feel_safe="always"),
            person(feel_safe="mostly"),
            person(feel_safe="never"),
            person(feel_safe=None),
            person(feel_safe="rather-not"),
            person(),
        ]
    )["users_feel_safe"]
    assert (safe.total.numerator, safe.total.denominator, safe.total.not_said) == (2, 3, 2)
    assert safe.not_asked == 1
    assert safe.total.percent == Decimal("66.7")
    assert safe.total.response == Decimal("60.0")


def test_answers_stay_apart_by_who_asked():
    safe = found([person("worker", feel_safe="always"), person("peer", feel_safe="never")])
    by_asker = safe["users_feel_safe"].by_asker
    assert by_asker["worker"].percent == 100
    assert by_asker["peer"].percent == 0


def test_people_and_carers_both_speak_of_their_part_in_deciding():
    involved = found([person(involved="very"), carer(carer_involved="unsatisfied")])
    assert involved["satisfied_with_involvement"].total.percent == 50


def test_a_carer_is_not_counted_as_missing_from_a_question_for_people():
    results = found([carer(carer_continue="mostly", carer_involved="very")])
    assert results["users_feel_safe"].not_asked == 0
    assert results["users_feel_safe"].total.asked == 0
    assert results["users_feel_safe"].total.percent is None
    assert results["users_feel_safe"].total.response is None
    assert results["carers_able_to_continue"].total.percent == 100


def test_an_answer_that_a_question_does_not_know_is_refused():
    with pytest.raises(OutcomesError, match=r"'purple'.*feel_safe"):
        national_measures([person(feel_safe="purple")])


@given(st.lists(st.sampled_from(["always", "sometimes", "rather-not", None])))
def test_nobody_is_lost_between_the_counts(answers):
    safe = found(person(feel_safe=answer) for answer in answers)["users_feel_safe"]
    assert safe.total.asked == len(answers)
    assert sum(counts.asked for counts in safe.by_asker.values()) == len(answers)
    assert 0 <= safe.total.numerator <= safe.total.denominator


def test_the_shipped_reviews_ask_every_question_with_the_answers_that_measures_know():
    asked = {}
    for name in ("review", "review-self", "review-carer"):
        for item in walk(shipped(name)["item"]):
            for code in item.get("code", []):
                if code["system"] == code_system("national-measure"):
                    options = {o["valueCoding"]["code"] for o in item["answerOption"]}
                    asked.setdefault(code["code"], set()).update(options)
    for measure in measures():
        for question in measure.questions:
            known = question.counts | question.does_not | question.declined
            assert asked.pop(question.code) == known
    assert not asked


def test_a_file_that_holds_no_measures_is_refused():
    text = "id: x\nlabel: X\nunit: u\nvalues:\n  - {from: 2020-01-01, value: {a: 1}, source: {author: A, year: 1, title: T}}"
    with pytest.raises(OutcomesError, match="does not hold measures"):
        read_measures(parse(text))
