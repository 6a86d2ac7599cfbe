"""Forms of our own in the style of those published: each uses much of the SDC guide at once."""

from support.instrument_forms import CORE, SDC, coded, control, ext, form, item, path, when

UCUM = "http://unitsofmeasure.org"
CALCULATED = "sdc-questionnaire-calculatedExpression"
ENABLED = "sdc-questionnaire-enableWhenExpression"
INITIAL = "sdc-questionnaire-initialExpression"
OFFERED = "sdc-questionnaire-answerExpression"
TOGGLED = "sdc-questionnaire-answerOptionsToggleExpression"


def unit(code, display=""):
    return ext(
        "questionnaire-unit", valueCoding={"system": UCUM, "code": code, "display": display or code}
    )


def unit_option(code):
    return ext(
        "questionnaire-unitOption", valueCoding={"system": UCUM, "code": code, "display": code}
    )


def query(extension, expression, **more):
    language = "application/x-fhir-query"
    return ext(extension, valueExpression={"language": language, "expression": expression, **more})


def answers(link_id):
    return f"%resource.repeat(item).where(linkId='{link_id}').answer.value"


def launch(name):
    parts = [
        {"url": "name", "valueCoding": {"code": name}},
        {"url": "type", "valueCode": "Patient"},
    ]
    return ext("sdc-questionnaire-launchContext", extension=parts)


def rule(key, human, expression, severity="error", name="questionnaire-constraint"):
    parts = [
        {"url": "key", "valueId": key},
        {"url": "severity", "valueCode": severity},
        {"url": "expression", "valueString": expression},
        {"url": "human", "valueString": human},
    ]
    return ext(name, extension=parts)


# A risk worked out through a chain of variables, with a power that is no whole number.
RISK = form(
    item("age", "decimal", required=True, extension=[ext("minValue", valueDecimal=30)]),
    item(
        "notice", "display", enableBehavior="any",
        enableWhen=[when("age", "<", answerDecimal=30), when("age", ">", answerDecimal=79)],
    ),
    item("smokes", "choice", answerOption=coded("Y", "N"), extension=[control("radio-button")]),
    item(
        "systolic", "decimal",
        extension=[unit("mm[Hg]"), ext("questionnaire-minOccurs", valueInteger=1)],
    ),
    item(
        "risk", "decimal",
        extension=[path(CALCULATED, "%risk"), ext("questionnaire-hidden", valueBoolean=True)],
    ),
    item(
        "percent", "string", readOnly=True,
        extension=[path(CALCULATED, "iif(%risk.exists(), (%risk * 100).round(1).toString() & '%', {})")],
    ),
    extension=[
        ext("structuredefinition-fmm", valueInteger=0),
        path("variable", "item.where(linkId='age').answer.value", name="age"),
        path("variable", "item.where(linkId='smokes').answer.value.code", name="code"),
        path("variable", "iif(%code.exists(), iif(%code = 'Y', 1, 0), {})", name="smokes"),
        path("variable", "item.where(linkId='systolic').answer.value", name="systolic"),
        path("variable", "%age.exists() and %smokes.exists() and %systolic.exists()", name="all"),
        path("variable", "(%age.ln() - 3.9) + 2.5 * (%systolic.ln() - 4.8) + 0.6 * %smokes", name="sum"),
        path("variable", "iif(%all, 1 - (0.98767).power(%sum.exp()), {})", name="risk"),
    ],
)  # fmt: skip

# Amounts, files and references, each with every limit there is.
LIMITS = form(
    item(
        "weight", "quantity",
        extension=[
            unit_option("kg"), unit_option("[lb_av]"),
            ext("sdc-questionnaire-minQuantity", valueQuantity={"value": 10, "code": "kg", "system": UCUM}),
            ext("sdc-questionnaire-maxQuantity", valueQuantity={"value": 100, "code": "kg", "system": UCUM}),
        ],
    ),
    item(
        "dose", "quantity",
        extension=[unit_option("mL"), ext("sdc-questionnaire-unitOpen", valueCode="optionsOrString")],
    ),
    item(
        "proof", "attachment",
        extension=[
            ext("mimeType", valueCode="image/*"), ext("mimeType", valueCode="application/pdf"),
            ext("maxSize", valueDecimal=1),
        ],
    ),
    item("who", "reference", extension=[ext("questionnaire-referenceResource", valueCode="Practitioner")]),
    item("pin", "integer", extension=[ext("regex", valueString="[0-9]{4}")]),
    item("price", "decimal", extension=[ext("regex", valueString=r"\d+\.\d{2}")]),
    item("digits", "integer", maxLength=3),
    item(
        "treatments", "choice", repeats=True,
        answerOption=[*coded("aspirin", "diet"), {
            "valueCoding": {"system": "s", "code": "none", "display": "None"},
            "extension": [ext("questionnaire-optionExclusive", valueBoolean=True)],
        }],
        # Published forms write these under either of two addresses.
        extension=[
            {"url": SDC + "sdc-questionnaire-maxOccurs", "valueUnsignedInt": 2},
            ext("preferredTerminologyServer", valueUrl="https://example.org/tx"),
            ext("questionnaire-choiceOrientation", valueCode="horizontal"),
        ],
    ),
    item("site", "url"),
    item("why", "text", enableWhen=[when("site", "=", answerString="https://example.org/")]),
)  # fmt: skip

# A household: groups that repeat within groups that repeat, tables, questions beneath answers.
HOUSEHOLD = form(
    item(
        "home", "group",
        item("street", "string"),
        item(
            "who", "group",
            item("name", "string", extension=[ext("sdc-questionnaire-width", valueQuantity={"value": 40, "code": "%"})]),
            item("born", "date", extension=[ext("entryFormat", valueString="dd/mm/yyyy")]),
            item(
                "conditions", "choice",
                item("since", "integer", extension=[ext("minValue", valueInteger=1900)]),
                item("help", "display", extension=[control("help")]),
                repeats=True, answerOption=coded("asthma", "gout"),
            ),
            item(
                "adult", "boolean", readOnly=True,
                extension=[path(CALCULATED, "(%born + 18 years) <= today()")],
            ),
            item("vote", "boolean", enableWhen=[when("adult", "=", answerBoolean=True)]),
            repeats=True,
            extension=[
                control("gtable"), path("variable", "item.where(linkId='born').answer.value", name="born"),
            ],
        ),
        item(
            "people", "integer", readOnly=True,
            extension=[path(CALCULATED, "item.where(linkId='none').count() + %here.count()")],
        ),
        repeats=True,
        extension=[
            ext("questionnaire-maxOccurs", valueInteger=3),
            path("variable", "item.where(linkId='who').item.where(linkId='name').answer", name="here"),
            ext("sdc-questionnaire-collapsible", valueCode="default-closed"),
        ],
    ),
    item(
        "all", "integer", readOnly=True,
        extension=[path(CALCULATED, "%resource.item.where(linkId='home').item.where(linkId='people').answer.value.sum()")],
    ),
)  # fmt: skip

# Options that other answers decide, and options that come and go.
OPTIONS = form(
    item("friends", "string", repeats=True, initial=[{"valueString": "Ann"}, {"valueString": "Bob"}]),
    item("best", "choice", extension=[path(OFFERED, "%resource.item.where(linkId='friends').answer.value")]),
    item("sex", "choice", answerOption=coded("f", "m")),
    item(
        "illness", "choice", answerValueSet="#illnesses", repeats=True,
        extension=[
            ext(TOGGLED, extension=[
                {"url": "option", "valueCoding": {"system": "i", "code": "prostate"}},
                {"url": "expression", "valueExpression": {
                    "language": "text/fhirpath",
                    "expression": "%resource.item.where(linkId='sex').answer.value.code = 'm'",
                }},
            ]),
        ],
    ),
    item("gp", "reference", extension=[query(OFFERED, "Practitioner?active=true")]),
    contained=[
        {
            "resourceType": "CodeSystem", "id": "cs", "url": "i", "status": "active", "content": "complete",
            "property": [{"code": "itemWeight", "uri": "http://hl7.org/fhir/concept-properties#itemWeight", "type": "decimal"}],
            "concept": [
                {"code": "flu", "display": "Flu", "property": [{"code": "itemWeight", "valueDecimal": 1}]},
                {"code": "prostate", "display": "Prostate", "property": [{"code": "itemWeight", "valueDecimal": 4}],
                 "designation": [{"language": "cy", "value": "Prostad"}]},
                {"code": "gout", "display": "Gout"},
            ],
        },
        {"resourceType": "ValueSet", "id": "all", "url": "https://example.org/all", "compose": {"include": [{"system": "i"}]}},
        {
            "resourceType": "ValueSet", "id": "illnesses",
            "compose": {"include": [
                {"system": "i", "concept": [{"code": "flu"}, {"code": "prostate"}], "valueSet": ["https://example.org/all"]},
                {"valueSet": ["#all", "https://example.org/few"]},
            ]},
        },
        {"resourceType": "ValueSet", "id": "few", "url": "https://example.org/few", "compose": {"include": [{"system": "i", "concept": [{"code": "flu"}]}]}},
    ],
)  # fmt: skip

# What a server would fill in beforehand: a person can answer it as well.
BEFOREHAND = form(
    item("given", "string", readOnly=True, extension=[path(INITIAL, "%patient.name.where(use='official').given.first()")]),
    item("day", "date", extension=[path(INITIAL, "today() + 7 days")]),
    item("count", "integer", extension=[path(INITIAL, "%Found.entry.first().resource.total")]),
    item("score", "decimal", extension=[path(INITIAL, "%last.value")]),
    item("cql", "string", extension=[ext(INITIAL, valueExpression={"language": "text/cql-identifier", "expression": "Name"})]),
    item(
        "address", "group",
        item("city", "string", extension=[path(INITIAL, "%homeAddress.city")]),
        extension=[path("sdc-questionnaire-itemPopulationContext", "%patient.address", name="homeAddress")],
    ),
    {
        "linkId": "said", "type": "display", "text": "Said before.",
        "_text": {"extension": [path("cqf-expression", "'Said on ' + today().toString()")]},
    },
    contained=[{"resourceType": "Bundle", "id": "Found", "type": "batch"}],
    extension=[
        launch("patient"),
        ext("sdc-questionnaire-sourceQueries", valueReference={"reference": "#Found"}),
        ext("sdc-questionnaire-entryMode", valueCode="sequential"),
        ext("sdc-questionnaire-endpoint", valueUri="https://example.org/"),
        query("variable", "Observation?code=1", name="last"),
    ],
)  # fmt: skip

# Rules between answers: some refuse, some only warn.
RULES = form(
    item(
        "stay", "group",
        item("from", "date"), item("to", "date"),
        extension=[rule("r1", "The stay ends before it begins.", "item.where(linkId='to').answer.value >= item.where(linkId='from').answer.value")],
    ),
    item("hours", "integer", extension=[rule("r2", "More hours than a week has.", "answer.value <= 168", name="targetConstraint")]),
    item("nights", "integer", extension=[rule("r3", "That is every night.", "answer.value < 7", "warning")]),
    extension=[rule("r4", "Either hours or nights, please.", f"{answers('hours')}.exists() or {answers('nights')}.exists()")],
)  # fmt: skip

# How it asks to be shown: nothing of this changes what is asked.
SHOWN = form(
    item(
        "look", "group",
        {"linkId": "first", "type": "string", "text": "First name", "_text": {"extension": [ext("rendering-style", valueString="color:green")]}},
        item("mood", "integer", initial=[{"valueInteger": 50}], extension=[
            control("slider"), ext("questionnaire-sliderStepValue", valueInteger=10),
            ext("minValue", valueInteger=0), ext("maxValue", valueInteger=100),
        ]),
        item(
            "mood-words", "choice",
            item("low", "display", extension=[control("lower")]),
            item("security", "display", extension=[ext(
                "questionnaire-displayCategory", valueCodeableConcept={"coding": [{"code": "security"}]},
            )]),
            item("sometimes", "display", enableWhen=[when("mood", ">", answerInteger=60)], extension=[control("help")]),
            answerOption=[{
                "valueCoding": {"code": "a", "display": "Good"}, "initialSelected": True,
                "extension": [ext("questionnaire-optionPrefix", valueString="(a)"), ext("sdc-questionnaire-itemAnswerMedia", valueAttachment={"url": "https://example.org/a.png"})],
            }, *coded("b")],
        ),
        item("other", "open-choice", answerOption=coded("x"), extension=[
            control("autocomplete"), control("inline"), ext("sdc-questionnaire-openLabel", valueString="Something else"),
            ext("questionnaire-supportLink", valueUri="https://example.org/1"), ext("questionnaire-supportLink", valueUri="https://example.org/2"),
        ]),
        item("phone", "string", extension=[ext("sdc-questionnaire-keyboard", valueCoding={"code": "phone"}), ext("sdc-questionnaire-shortText", valueString="Phone")]),
        item("office", "string", required=True, extension=[ext("questionnaire-usageMode", valueCode="display")]),
        item("signed", "attachment", extension=[
            ext("questionnaire-signatureRequired", valueCodeableConcept={"text": "witness"}), ext("questionnaire-usageMode", valueCode="capture"),
        ]),
        extension=[control("page"), {"url": "https://vendor.example/ext/colour", "valueString": "red"}],
    ),
    item("grid", "group", item("one", "choice", answerOption=coded("y", "n")), item("two", "choice", answerOption=coded("y", "n")), extension=[control("grid")]),
    item("table", "group", item("three", "choice", answerOption=coded("y", "n")), extension=[control("htable")]),
)  # fmt: skip

# Conditions of FHIRPath that look at everything.
CONDITIONS = form(
    item("birth", "date"), item("weight", "quantity"), item("wants", "boolean"),
    item("many", "choice", repeats=True, answerOption=coded("a", "b", "c")),
    item("senior", "string", extension=[path(ENABLED, f"today() - 65 years >= {answers('birth')}")]),
    item("heavy", "string", extension=[path(ENABLED, f"{answers('weight')} > 100 'kg'")]),
    item("not-a", "string", extension=[path(ENABLED, f"({answers('many')}.code contains 'a').not() and {answers('many')}.exists()")]),
    item("said", "string", extension=[path(ENABLED, f"{answers('wants')} and {answers('birth')}")]),
    item("less", "decimal", extension=[path(CALCULATED, f"-({answers('many')}.count()) + 1/3")]),
)  # fmt: skip

# Scores in all the places that published forms keep them.
SCORES = form(
    item("here", "choice", answerOption=coded("x", "y", weights=(1, 2))),
    item("coding", "choice", answerOption=[
        {"valueCoding": {"code": "p", "display": "P", "extension": [ext("itemWeight", valueDecimal=4)]}}, *coded("q"),
    ]),
    item("old", "choice", answerOption=[
        {"valueCoding": {"code": "m"}, "extension": [{"url": CORE + "questionnaire-ordinalValue", "valueDecimal": 8}]}, *coded("n"),
    ]),
    item("set", "choice", answerValueSet="#weighed"),
    item("whole", "choice", answerValueSet="#system"),
    item("boxes", "choice", repeats=True, answerOption=coded("s", "t", weights=(64, 128))),
    item("total", "integer", readOnly=True, extension=[path(CALCULATED, "%resource.item.answer.value.ordinal().sum()")]),
    item("mean", "decimal", readOnly=True, extension=[path(CALCULATED, "%resource.item.where(linkId != 'total').answer.weight().avg().round(1)")]),
    contained=[
        {"resourceType": "ValueSet", "id": "weighed", "compose": {"include": [{"system": "w", "concept": [
            {"code": "u", "extension": [ext("valueset-ordinalValue", valueDecimal=16), ext("valueset-label", valueString="A.")]}, {"code": "v"},
        ]}]}},
        {"resourceType": "CodeSystem", "id": "c", "url": "k", "concept": [{"code": "deep", "display": "Deep", "concept": [
            {"code": "er", "display": "Deeper", "extension": [ext("codesystem-ordinalValue", valueDecimal=32)]},
        ]}]},
        {"resourceType": "ValueSet", "id": "system", "compose": {"include": [{"system": "k"}]}},
    ],
)  # fmt: skip

# Units that a value set lists, and words in two languages everywhere that words stand.
UNITS = form(
    {
        "linkId": "age", "type": "quantity", "text": "Age",
        "_text": {"extension": [ext("translation", extension=[{"url": "lang", "valueCode": "cy"}, {"url": "content", "valueString": "Oed"}])]},
        "extension": [ext("questionnaire-unitValueSet", valueCanonical="#ages"), ext("minValue", valueQuantity={"value": 1, "code": "a"})],
    },
    item("days", "integer", extension=[unit("d", "days")]),
    contained=[{"resourceType": "ValueSet", "id": "ages", "expansion": {"contains": [
        {"system": UCUM, "code": "a", "display": "years"}, {"system": UCUM, "code": "mo", "display": "months"},
    ]}}],
)  # fmt: skip

ALL = {
    "risk": RISK, "limits": LIMITS, "household": HOUSEHOLD, "options": OPTIONS,
    "beforehand": BEFOREHAND, "rules": RULES, "shown": SHOWN, "conditions": CONDITIONS,
    "scores": SCORES, "units": UNITS,
}  # fmt: skip
