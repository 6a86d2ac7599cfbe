import json
import re
from pathlib import Path

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire

from alongside.instruments import Instrument
from alongside.instruments.library import SHIPPED, build, fhir, shipped
from alongside.outcomes import framework
from support.reading import grade

ASPECT = fhir.code_system("aspect")
ROOT = Path(__file__).parents[3]
PICTOGRAMS = ROOT / "src/alongside/web/site/static/pictograms"

NEEDS = [
    "washing",
    "bathing",
    "grooming",
    "dressing",
    "toileting",
    "continence",
    "eating_drinking",
    "transfers",
    "moving_indoors",
    "positioning",
    "falls",
    "stairs",
    "meals",
    "shopping",
    "housework",
    "laundry",
    "money_paperwork",
    "home_condition",
    "medication",
    "memory",
    "mood",
    "distress",
    "communication",
    "health_tasks",
    "safety_day",
    "safety_night",
    "going_missing",
    "self_neglect",
    "exploitation",
    "getting_out",
    "social_contact",
    "work_learning",
    "family_roles",
]
UNPAID = ["personal", "practical", "supervision", "night", "social"]
CIRCUMSTANCES = {"lives_alone": 2, "carer_strain": 5, "two_people_needed": 2, "rural": 2}


def items(name):
    return build.walk(shipped(name)["item"])


def texts(name):
    """Every (English, Welsh) pair a reader of the form may see."""
    form = shipped(name)
    elements = [(form, "title"), (form, "description")]
    for item in items(name):
        elements.append((item, "text"))
        elements += [(option["valueCoding"], "display") for option in item.get("answerOption", [])]
    for element, key in elements:
        found = [
            extension["extension"]
            for extension in element[f"_{key}"]["extension"]
            if extension["url"] == fhir.TRANSLATION
        ]
        (parts,) = found
        assert parts[0] == {"url": "lang", "valueCode": "cy"}
        yield element[key], parts[1]["valueString"]


def ordinal(option):
    (value,) = [
        extension["valueDecimal"]
        for extension in option["valueCoding"].get("extension", [])
        if extension["url"] == fhir.ORDINAL
    ]
    return value


@pytest.mark.parametrize("name", SHIPPED)
def test_the_committed_form_is_what_its_source_gives(name):
    file = build.HERE / f"{name}.json"
    assert file.read_text(encoding="utf-8") == build.written(build.build(build.sources()[name]))


def test_every_source_ships_and_nothing_else_does():
    assert set(build.sources()) == set(SHIPPED)
    assert {file.stem for file in build.HERE.glob("*.json")} == set(SHIPPED)


def test_a_form_that_does_not_ship_is_refused_with_the_names_of_those_that_do():
    with pytest.raises(KeyError, match="needs-profile"):
        shipped("no-such-form")


def test_each_call_gives_a_copy_of_its_own():
    shipped("review")["item"].clear()
    assert shipped("review")["item"]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_form_is_valid_fhir_and_loads_in_the_engine(name):
    form = shipped(name)
    Questionnaire.model_validate(form)
    assert Instrument.from_fhir(form).to_fhir() == form


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_is_said_in_welsh_too(name):
    for english, welsh in texts(name):
        assert english.strip()
        assert welsh.strip()
        assert english != welsh


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_has_to_be_answered(name):
    assert not [item["linkId"] for item in items(name) if item.get("required")]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_condition_asks_about_an_answer_that_exists(name):
    by_id = {item["linkId"]: item for item in items(name)}
    for item in by_id.values():
        for condition in item.get("enableWhen", []):
            options = by_id[condition["question"]]["answerOption"]
            wanted = condition["answerCoding"]
            assert any(
                (option["valueCoding"]["system"], option["valueCoding"]["code"])
                == (wanted["system"], wanted["code"])
                for option in options
            )


def test_the_needs_profile_asks_exactly_the_columns_of_a_case_file():
    questions = [item["linkId"] for item in items("needs-profile") if item["type"] == "choice"]
    assert questions == [
        *(f"need_{name}" for name in NEEDS),
        *(f"unpaid_{name}" for name in UNPAID),
        *(f"circ_{name}" for name in CIRCUMSTANCES),
    ]


def test_levels_of_the_needs_profile_are_whole_numbers_from_none():
    for item in items("needs-profile"):
        options = item.get("answerOption")
        if not options:
            continue
        codes = [option["valueCoding"]["code"] for option in options]
        expected = CIRCUMSTANCES.get(item["linkId"].removeprefix("circ_"), 5)
        assert codes == [str(level) for level in range(expected)]
        assert [ordinal(option) for option in options] == list(range(expected))


def test_each_level_of_a_need_has_a_sentence_of_its_own():
    for item in items("needs-profile"):
        sentences = [option["valueCoding"]["display"] for option in item.get("answerOption", [])]
        assert len(set(sentences)) == len(sentences)
        assert all(sentence.endswith(".") for sentence in sentences)


FORMS_OF_FRAMEWORKS = [
    ("outcomes-conversation", "people"),
    ("outcomes-conversation-self", "people"),
    ("review", "people"),
    ("review-self", "people"),
    ("carers-conversation", "carers"),
    ("carers-conversation-self", "carers"),
    ("review-carer", "carers"),
    ("review-carer-self", "carers"),
]
ALONE = [name for name, _frame in FORMS_OF_FRAMEWORKS if name.endswith("-self")]


@pytest.mark.parametrize(("name", "frame"), FORMS_OF_FRAMEWORKS)
def test_a_conversation_asks_about_every_outcome_of_its_framework(name, frame):
    wanted = framework(frame)
    asked = {
        code["code"]: item
        for item in items(name)
        if item["type"] == "group"
        for code in item.get("code", [])
        if code["system"] == wanted.system
    }
    assert list(asked) == list(wanted.outcomes)
    for code, item in asked.items():
        assert item["text"] == wanted.outcomes[code].label["en"]


@pytest.mark.parametrize(("name", "frame"), FORMS_OF_FRAMEWORKS)
def test_each_outcome_is_rated_on_four_levels_that_count_up_to_life_as_wanted(name, frame):
    del frame
    for item in items(name):
        if item["linkId"].endswith("-rating"):
            rated = [o for o in item["answerOption"] if o["valueCoding"]["code"] != "not-said"]
            assert [ordinal(option) for option in rated] == [3, 2, 1, 0]


def test_words_come_before_the_rating():
    for name, _frame in FORMS_OF_FRAMEWORKS:
        order = [item["linkId"] for item in items(name)]
        for link_id in order:
            if link_id.endswith("-rating") and "last" not in link_id:
                words = link_id.removesuffix("rating") + "words"
                assert order.index(words) < order.index(link_id)


@pytest.mark.parametrize("name", ["outcomes-conversation", "carers-conversation"])
def test_each_outcome_is_asked_for_in_words_rated_weighed_and_followed_to_what_next(name):
    asked = {}
    for item in items(name):
        aspects = [code["code"] for code in item.get("code", []) if code["system"] == ASPECT]
        if aspects:
            asked.setdefault(item["linkId"].rpartition("-")[0], []).extend(aspects)
    frame = framework(dict(FORMS_OF_FRAMEWORKS)[name])
    assert list(asked) == list(frame.outcomes)
    wanted = ["words", "rating", "importance", "helps", "hinders", "next"]
    assert all(aspects == wanted for aspects in asked.values())


def test_a_carer_who_answers_alone_is_asked_the_same_facts():
    """Work, own health, willing and able: what the law asks about a carer is asked of each."""
    not_asked_alone = {"since", "others", "sees-differently"}
    facts = {}
    for name in ("carers-conversation", "carers-conversation-self"):
        codes = [code for item in items(name) for code in item.get("code", [])]
        system = fhir.code_system("carer-facts")
        facts[name] = {code["code"] for code in codes if code["system"] == system}
    assert facts["carers-conversation"] - facts["carers-conversation-self"] == not_asked_alone


def test_a_review_offers_the_same_ratings_as_the_conversation_did():
    conversation = {item["linkId"]: item for item in items("outcomes-conversation")}
    for item in items("review"):
        if item["linkId"].endswith("-rating"):
            assert item["answerOption"] == conversation[item["linkId"]]["answerOption"]


def test_what_was_said_last_time_can_be_read_but_not_rewritten():
    earlier = [item for item in items("review") if "-last_" in item["linkId"]]
    assert len(earlier) == 2 * len(framework("people").outcomes)
    assert all(item["readOnly"] for item in earlier)


def test_somebody_answering_alone_can_decline_each_rating():
    for name in ALONE:
        for item in items(name):
            if item["linkId"].endswith("-rating"):
                last = item["answerOption"][-1]["valueCoding"]
                assert last["code"] == "not-said"
                assert "extension" not in last


def test_every_outcome_and_need_has_easy_words_in_both_languages_and_a_picture():
    for name in SHIPPED:
        for item in items(name):
            if item["linkId"].endswith("-rating") or item["linkId"].startswith("need_"):
                assert fhir.easy_words(item).endswith("?") or "last_rating" in item["linkId"]
                assert fhir.easy_words(item, "cy")
            if item["linkId"].startswith(("need_", "unpaid_", "circ_")) and "answerOption" in item:
                assert fhir.pictogram(item)


@pytest.mark.parametrize("name", [name for name in SHIPPED if name.startswith("eligibility")])
def test_a_judgement_can_be_read_in_easy_words_with_pictures(name):
    easy = []
    for item in items(name):
        if item["linkId"].endswith("-help"):
            continue
        words = fhir.easy_words(item)
        assert words, item["linkId"]
        assert fhir.easy_words(item, "cy"), item["linkId"]
        easy.append(words if words.endswith("?") else f"{words}.")
        if {code["code"] for code in item.get("code", ())} and item["type"] == "group":
            assert fhir.pictogram(item), item["linkId"]
        for option in item.get("answerOption", ()):
            plain = option["valueCoding"]["code"] in {"yes", "no", "unsure"}
            assert plain or fhir.easy_words(option), option
    assert grade(" ".join(easy)) <= 4


def test_every_picture_that_a_form_names_exists_and_every_picture_is_named():
    named = {fhir.pictogram(item) for name in SHIPPED for item in items(name)} - {None}
    assert named == {file.stem for file in PICTOGRAMS.glob("*.svg")}


def test_pictures_take_the_colour_of_the_words_beside_them_and_load_nothing():
    for file in PICTOGRAMS.glob("*.svg"):
        drawing = file.read_text(encoding="utf-8")
        assert 'viewBox="0 0 48 48"' in drawing
        assert 'stroke="currentColor"' in drawing
        assert not re.search(r"href|script|url\(|#[0-9a-f]{3}", drawing)


PERSON_FACING = [name for name in SHIPPED if not name.startswith("eligibility")]


@pytest.mark.parametrize("name", PERSON_FACING)
def test_what_a_person_reads_has_a_reading_age_of_about_nine_to_eleven(name):
    asked = [
        english if english.endswith((".", "?")) else f"{english}."
        for english, _ in list(texts(name))[2:]
    ]
    assert grade(" ".join(asked)) <= 4
    assert not [text for text in asked if len(text.split()) > 3 and grade(text) > 10.5]


@pytest.mark.parametrize("name", PERSON_FACING)
def test_no_sentence_is_long(name):
    for english, _ in list(texts(name))[2:]:
        for sentence in re.split(r"(?<=[.?!]) ", english):
            assert len(sentence.split()) <= 28, sentence


def test_no_form_assumes_that_caring_is_a_burden():
    for name in SHIPPED:
        for english, _ in texts(name):
            assert not re.search(
                r"burden|suffer(er|ing from)|wheelchair[- ]bound", english, re.IGNORECASE
            )


def test_a_source_without_its_welsh_is_refused_with_the_place():
    source = build.sources()["needs-profile"]
    source["title"] = "Needs profile"
    with pytest.raises(fhir.SourceError, match=r"needs-profile.*English, a bar, and Welsh"):
        build.build(source)


def test_a_link_id_used_twice_is_refused():
    source = build.sources()["needs-profile"]
    source["items"] = source["items"] * 2
    with pytest.raises(fhir.SourceError, match="used twice"):
        build.build(source)


def test_files_are_kept_small_enough_to_load_at_once():
    for name in SHIPPED:
        assert len(json.dumps(shipped(name))) < 400_000
