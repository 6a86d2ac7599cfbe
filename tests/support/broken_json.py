"""Ways to break JSON: each is drawn from a seed, so that a failure can be made again."""

import copy
import json
import random

JUNK = (
    None, True, False, 0, -1, 1, 2**31, 10**40, 1e308, -0.5, "", " ", "x", "true", "\x00", "\ud800",
    "🙂" * 50, "2024-02-30", "-", "'", "((((", "%x", "http://example.org/|", "#nothing", [], {}, [None],
    [[]], [{}], {"a": {}}, {"resourceType": "ValueSet"}, {"url": 3}, {"value": "x"}, "(a+)+$", "9" * 400,
)  # fmt: skip
KEYS = (
    "item", "linkId", "type", "text", "answer", "enableWhen", "answerOption", "extension", "repeats",
    "valueString", "valueCoding", "valueInteger", "valueDecimal", "question", "operator", "url", "code",
    "answerValueSet", "initial", "modifierExtension", "maxLength", "status", "required", "contained",
    "expression", "valueExpression", "system", "display", "valueQuantity", "readOnly", "_text",
)  # fmt: skip
WORDS = (
    "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text",
    "url", "choice", "open-choice", "quantity", "attachment", "reference", "question", "=", "!=", ">",
    "exists", "any", "all", "completed", "in-progress", "1 + 2", "%resource", "item.repeat($this)",
)  # fmt: skip


def places(raw):
    """Every container in it with each of its keys."""
    found, stack = [], [raw]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            found += [(each, key) for key in each]
            stack += list(each.values())
        elif isinstance(each, list):
            found += [(each, index) for index in range(len(each))]
            stack += each
    return found


def broken(raw, seed):
    """A copy with one to four things wrong with it."""
    chance = random.Random(seed)
    raw = json.loads(raw if isinstance(raw, str) else json.dumps(raw))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        found = places(raw)
        if not found:
            break
        container, key = chance.choice(found)
        chance.choice(WAYS)(chance, container, key, found)
    return raw


def _junk(chance, container, key, found):
    container[key] = copy.deepcopy(chance.choice(JUNK))


def _word(chance, container, key, found):
    container[key] = chance.choice(WORDS)


def _gone(chance, container, key, found):
    del container[key]


def _renamed(chance, container, key, found):
    if isinstance(container, dict):
        container[chance.choice(KEYS)] = container.pop(key)


def _copied(chance, container, key, found):
    other, place = chance.choice(found)
    container[key] = copy.deepcopy(other[place])


def _added(chance, container, key, found):
    if isinstance(container, dict):
        container[chance.choice(KEYS)] = copy.deepcopy(chance.choice((*JUNK, *WORDS)))


def _doubled(chance, container, key, found):
    if isinstance(container, list):
        container.insert(key, copy.deepcopy(container[key]))


def _wrapped(chance, container, key, found):
    container[key] = chance.choice((lambda each: [each], lambda each: {"item": each}))(
        container[key]
    )


def _swapped(chance, container, key, found):
    if isinstance(container, list):
        other = chance.randrange(len(container))
        container[key], container[other] = container[other], container[key]


def _cut(chance, container, key, found):
    if isinstance(container[key], str) and container[key]:
        cut = chance.randrange(len(container[key]))
        container[key] = container[key][:cut] + chance.choice(("", "'", ")", " ", "\x07"))


WAYS = (
    _junk, _junk, _word, _gone, _renamed, _copied, _added, _doubled, _wrapped, _swapped, _cut,
)  # fmt: skip
