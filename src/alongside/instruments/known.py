"""Every extension of HL7's that a form may carry, and what becomes of it here.

An extension is known by its short name, whichever of HL7's addresses it was published under:
``http://hl7.org/fhir/StructureDefinition/questionnaire-hidden``, the SDC guide's address of today
and that of its first release are all ``hidden``.
"""

from __future__ import annotations

from functools import lru_cache

ADDRESSES = (
    "http://hl7.org/fhir/StructureDefinition/",
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/",
    "http://hl7.org/fhir/us/sdc/StructureDefinition/",
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.item.",
)
PREFIXES = ("sdc-questionnaire-", "questionnaire-", "sdc-")
OWN = "https://alongside.example/fhir/"

# Read, and done as they say: see extensions.py.
READ = frozenset(
    {
        "answerExpression", "answerOptionsToggleExpression", "calculatedExpression",
        "choiceOrientation", "collapsible", "constraint", "displayCategory",
        "enableWhenExpression", "entryFormat", "hidden", "initialExpression", "itemControl",
        "keyboard", "launchContext", "maxDecimalPlaces", "maxOccurs", "maxQuantity", "maxSize",
        "maxValue", "mimeType", "minLength", "minOccurs", "minQuantity", "minValue", "openLabel",
        "optionExclusive", "optionPrefix", "referenceResource", "regex",
        "sliderStepValue", "supportLink", "targetConstraint", "translation", "unit", "unitOpen",
        "unitOption", "unitValueSet", "usageMode", "variable", "itemWeight", "ordinalValue",
        "valueset-ordinalValue", "codesystem-ordinalValue", "valueset-label", "sourceQueries",
        "itemPopulationContext", "cqf-expression",
    }
)  # fmt: skip
# They change neither what is asked, nor of whom, nor what it adds up to.
HARMLESS = frozenset(
    {
        "artifactComment", "assemble-expectation", "assembledFrom", "artifact-author",
        "artifact-contactDetail", "artifact-endorser", "choiceColumn", "columnCount",
        "copyrightLabel", "cqf-artifactComment", "cqf-citation", "cqf-scope",
        "cqf-knowledgeCapability", "data-absent-reason", "designNote", "disabledDisplay",
        "display", "displayName", "elementdefinition-translatable", "endpoint", "instance-name",
        "instance-description", "isSubject", "lookupQuestionnaire", "narrativeLink",
        "observationLinkPeriod", "observation-extract-category", "optionalDisplay",
        "performerType", "preferredTerminologyServer", "rendered-value", "rendering-markdown",
        "rendering-style", "rendering-xhtml", "replaces", "resource-approvalDate",
        "resource-effectivePeriod", "resource-lastReviewDate", "structuredefinition-fmm",
        "structuredefinition-standards-status", "structuredefinition-wg", "unitSupplementalSystem",
        "valueset-concept-comments", "valueset-conceptOrder", "versionAlgorithm", "width",
    }
)  # fmt: skip
REFUSED = {
    "subQuestionnaire": "the form is made of parts held elsewhere; assemble it first",
    "adaptive": "the next question comes from a server that is not known here",
    "questionnaireAdaptive": "the next question comes from a server that is not known here",
    "cqf-calculatedValue": "is worked out by a library of logic that is not read here",
}
NOTED = {
    "answerConstraint": "says in R5's way whether other answers may be given; the type says it here",
    "assembleContext": "names a context for putting forms together, which is not used",
    "baseType": "names a type defined elsewhere, which is not checked",
    "candidateExpression": "offers no candidate answers from a server",
    "contextExpression": "shows no context from a server",
    "cqf-library": "names a library of logic, which is not read",
    "definitionExtract": "is not turned into other resources",
    "definitionExtractValue": "is not turned into other resources",
    "entryMode": "asks for an order of answering; here any order will do",
    "extractAllocateId": "is not turned into other resources",
    "fhirType": "names a type defined elsewhere, which is not checked",
    "itemAnswerMedia": "has a picture or a sound with an option, which is not shown",
    "itemContext": "is not turned into other resources",
    "itemExtractionContext": "is not turned into other resources",
    "itemMedia": "has a picture or a sound, which is not shown",
    "itemPopulationContext": "is not filled in from queries to a server",
    "library": "names a library of logic, which is not read",
    "observationExtract": "is not turned into observations",
    "referenceFilter": "narrows what may be referred to, which is not checked",
    "referenceProfile": "narrows what may be referred to, which is not checked",
    "referencesContained": "names contained resources to keep, which is not needed here",
    "rendering-styleSensitive": "says that its looks matter; the words are shown plainly",
    "shortText": "has a shorter text for small screens, which is not shown",
    "signatureRequired": "asks for a signature, which is not collected here",
    "sourceQueries": "is not filled in from queries to a server",
    "sourceStructureMap": "is not filled in by a map",
    "targetStructureMap": "is not turned into other resources",
    "templateExtract": "is not turned into other resources",
    "templateExtractBundle": "is not turned into other resources",
    "templateExtractContext": "is not turned into other resources",
    "templateExtractValue": "is not turned into other resources",
}


@lru_cache(maxsize=2048)
def short(url: str) -> str:
    """Give the short name of one of HL7's extensions; of any other its whole address.

    >>> short("http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minOccurs")
    'minOccurs'
    >>> short("https://example.org/hidden")
    'https://example.org/hidden'
    """
    for address in ADDRESSES:
        if url.startswith(address):
            name = url.removeprefix(address)
            prefix = next((each for each in PREFIXES if name.startswith(each)), "")
            return name.removeprefix(prefix)
    return url


def remark(url: str) -> str:
    """Say what is left aside of an extension; ``""`` where nothing is."""
    name = short(url)
    if name in NOTED:
        return NOTED[name]
    if name in READ or name in HARMLESS or name.startswith(OWN):
        return ""
    return f"carries the extension {url[:200]}, which is not known here and is left aside"
