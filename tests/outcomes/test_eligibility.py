import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.instruments.library import shipped
from alongside.instruments.library.build import walk
from alongside.instruments.library.fhir import code_system
from alongside.outcomes import (
    Judged,
    OutcomesError,
    Rule,
    Standing,
    coded_answers,
    eligibility,
    read_answers,
    rule,
    spoken_to,
)
from alongside.parameters import parse

ADULTS, CARERS = rule("care-act-adults"), rule("care-act-carers")
YES = {"impairment": True, "impact": True}


def unable(*outcomes, ways=("needs-help",), rest="able", of=ADULTS, **judgements):
    said = {outcome: ("unable" if outcome in outcomes else rest) for outcome in of.outcomes}
    return Judged(said, dict.fromkeys(outcomes, ways), judgements or YES)


def test_two_outcomes_and_a_significant_impact_make_needs_eligible():
    found = eligibility(unable("nutrition", "toilet"), ADULTS)
    assert found.standing is Standing.ELIGIBLE
    assert found.unable == ("nutrition", "toilet")


def test_one_outcome_is_not_enough():
    found = eligibility(unable("nutrition"), ADULTS)
    assert found.standing is Standing.NOT_ELIGIBLE


def test_two_outcomes_without_significant_impact_are_not_enough():
    judged = unable("nutrition", "toilet", impairment=True, impact=False)
    found = eligibility(judged, ADULTS)
    assert found.standing is Standing.NOT_ELIGIBLE
    assert "There is no significant impact on well-being, and none is likely." in found.reasons


def test_needs_that_come_from_no_impairment_are_not_eligible():
    judged = unable("nutrition", "toilet", impairment=False, impact=True)
    assert eligibility(judged, ADULTS).standing is Standing.NOT_ELIGIBLE


@pytest.mark.parametrize("way", ["needs-help", "distress", "danger", "much-longer"])
def test_each_way_of_being_unable_counts_for_adults(way):
    judged = unable("nutrition", "toilet", ways=(way,))
    assert eligibility(judged, ADULTS).standing is Standing.ELIGIBLE


def test_taking_longer_does_not_count_for_carers():
    yes = {"necessary_care": True, "health_at_risk": False, "impact": True}
    longer = unable("nutrition", ways=("much-longer",), of=CARERS, **yes)
    assert eligibility(longer, CARERS).standing is Standing.NOT_ELIGIBLE
    helped = unable("nutrition", ways=("needs-help",), of=CARERS, **yes)
    assert eligibility(helped, CARERS).standing is Standing.ELIGIBLE


def test_a_carer_whose_health_is_at_risk_needs_no_outcome_besides():
    judged = unable(of=CARERS, necessary_care=True, health_at_risk=True, impact=True)
    found = eligibility(judged, CARERS)
    assert found.standing is Standing.ELIGIBLE
    assert "The carer's own health is at risk because of caring." in found.reasons


def test_what_is_not_known_stays_not_known_and_says_what_to_find_out():
    found = eligibility(Judged(), ADULTS)
    assert found.standing is Standing.NOT_YET
    assert len(found.still_to_find_out) == 3
    assert "eating and drinking well" in " ".join(found.still_to_find_out)


def test_unable_without_saying_in_what_way_is_not_yet_enough():
    judged = unable("nutrition", "toilet", ways=())
    found = eligibility(judged, ADULTS)
    assert found.standing is Standing.NOT_YET
    assert any("in what way" in sentence for sentence in found.still_to_find_out)


def test_nothing_is_left_to_find_out_once_the_answer_is_settled():
    judged = unable("nutrition", "toilet", rest="unsure")
    found = eligibility(judged, ADULTS)
    assert found.standing is Standing.ELIGIBLE
    assert found.still_to_find_out == ()


def test_reasons_name_the_outcomes_and_the_ways_in_both_languages():
    judged = unable("nutrition", "toilet", ways=("distress",))
    english = " ".join(eligibility(judged, ADULTS).reasons)
    welsh = " ".join(eligibility(judged, ADULTS, "cy").reasons)
    assert "managing toilet needs (only with much pain, distress or anxiety)" in english
    assert "rheoli anghenion toiled" in welsh


said = st.sampled_from(["able", "unable", "not-relevant", "unsure"])
judgeds = st.builds(
    Judged,
    st.dictionaries(st.sampled_from(list(ADULTS.outcomes)), said),
    st.dictionaries(
        st.sampled_from(list(ADULTS.outcomes)),
        st.lists(st.sampled_from(ADULTS.ways), max_size=2).map(tuple),
    ),
    st.dictionaries(st.sampled_from(ADULTS.judgements()), st.sampled_from([True, False, None])),
)


@given(judgeds)
def test_a_settled_answer_is_not_overturned_by_finding_out_the_rest(judged):
    before = eligibility(judged, ADULTS).standing
    for answer in ("able", "unable"):
        known = {o: judged.outcomes.get(o, "unsure") for o in ADULTS.outcomes}
        known = {o: (answer if s == "unsure" else s) for o, s in known.items()}
        ways = {o: judged.ways.get(o) or ("needs-help",) for o in ADULTS.outcomes}
        rest = {j: judged.judgements.get(j) for j in ADULTS.judgements()}
        rest = {j: (answer == "unable" if v is None else v) for j, v in rest.items()}
        after = eligibility(Judged(known, ways, rest), ADULTS).standing
        assert after is not Standing.NOT_YET
        if before is not Standing.NOT_YET:
            assert after is before


@given(judgeds)
def test_every_condition_gives_a_reason(judged):
    assert len(eligibility(judged, ADULTS).reasons) >= len(ADULTS.conditions)


@pytest.mark.parametrize(
    ("judged", "message"),
    [
        (Judged({"riches": "unable"}), "'riches'"),
        (Judged({"nutrition": "perhaps"}), "'perhaps'"),
        (Judged({"nutrition": "unable"}, {"nutrition": ("slowly",)}), "'slowly'"),
        (Judged(judgements={"means": True}), "'means'"),
    ],
)
def test_what_the_rule_does_not_know_is_refused_with_what_it_does(judged, message):
    with pytest.raises(OutcomesError, match=f"{message}.*Known ones are"):
        eligibility(judged, ADULTS)


def test_reasons_come_only_in_the_languages_that_they_were_written_in():
    with pytest.raises(OutcomesError, match="'fr'"):
        eligibility(Judged(), ADULTS, "fr")


@pytest.mark.parametrize("name", ["wales-adults", "wales-carers"])
def test_another_nations_rule_is_a_file(name):
    wales = rule(name)
    yes = dict.fromkeys(wales.judgements(), True)
    judged = unable("communication", of=wales, **yes)
    assert eligibility(judged, wales).standing is Standing.ELIGIBLE
    one_no = {**yes, "cannot_be_met_otherwise": False}
    judged = unable("communication", of=wales, **one_no)
    assert eligibility(judged, wales).standing is Standing.NOT_ELIGIBLE


OWN = """
id: eligibility/our-own
label: Our own
unit: a rule
values:
  - from: 2020-01-01
    source: {author: A, year: 2020, title: T}
    value: {outcomes: {a: {en: a, cy: a}}, ways: [needs-help], conditions: [CONDITION]}
"""


@pytest.mark.parametrize(
    "condition",
    ["{outcomes_at_least: 2}", "{outcomes_at_least: 0}", "{sometimes: 1}", "{judgement: x}", "5"],
)
def test_a_condition_that_cannot_be_applied_is_refused_when_the_rule_is_read(condition):
    with pytest.raises(OutcomesError, match="cannot be applied"):
        Rule.from_parameter(parse(OWN.replace("CONDITION", condition)))


def test_a_file_that_is_no_rule_is_refused():
    with pytest.raises(OutcomesError, match="lacks"):
        Rule.from_parameter(parse(OWN.replace("conditions: [CONDITION]", "conditions: []")))


def test_the_profile_shows_where_to_look_and_judges_nothing():
    profile = {"need_meals": 2, "need_toileting": 0, "need_getting_out": None}
    assert spoken_to(ADULTS, profile) == {"nutrition": ("need_meals",)}


def choice(form, link_id, *codes):
    (item,) = [item for item in walk(form["item"]) if item["linkId"] == link_id]
    options = {o["valueCoding"]["code"]: o["valueCoding"] for o in item["answerOption"]}
    kept = [{k: options[code][k] for k in ("system", "code", "display")} for code in codes]
    return {"linkId": link_id, "answer": [{"valueCoding": coding} for coding in kept]}


def test_the_shipped_form_answers_the_rule():
    form = shipped("eligibility-adult")
    group = {
        "linkId": "outcomes",
        "item": [
            {
                "linkId": name,
                "item": [
                    choice(form, f"{name}-able", "unable"),
                    choice(form, f"{name}-ways", "needs-help", "danger"),
                ],
            }
            for name in ("nutrition", "clothed")
        ],
    }
    response = {
        "resourceType": "QuestionnaireResponse",
        "item": [
            {"linkId": "cause", "item": [choice(form, "cause-impairment", "yes")]},
            group,
            {"linkId": "wellbeing", "item": [choice(form, "wellbeing-impact", "yes")]},
        ],
    }
    response = json.loads(json.dumps(response))
    judged = Judged.from_answers(
        read_answers(form, response, code_system("care-act-adult")),
        coded_answers(form, response, "eligibility"),
    )
    found = eligibility(judged, ADULTS)
    assert found.standing is Standing.ELIGIBLE
    assert found.unable == ("nutrition", "clothed")


def test_shipped_forms_ask_about_every_outcome_and_judgement_of_their_rules():
    for name, system, of in (
        ("eligibility-adult", "care-act-adult", ADULTS),
        ("eligibility-carer", "care-act-carer", CARERS),
        ("eligibility-adult-wales", "wales-adult", rule("wales-adults")),
        ("eligibility-carer-wales", "wales-carer", rule("wales-carers")),
    ):
        text = json.dumps(shipped(name))
        for outcome in of.outcomes:
            assert json.dumps({"system": code_system(system), "code": outcome}) in text
        assert set(coded_answers(shipped(name), {}, "eligibility")) == set(of.judgements())
