"""What the example assumes stands in dated files with their sources, and nowhere in the code."""

import ast
import re
from pathlib import Path

import pytest

from alongside import example
from alongside.parameters import load

SOURCES = sorted(Path(example.__file__).parent.glob("*.py"))

# Nothing and all, the first and the next: where counting begins, and how shares end.
COUNTING = {0, 1}

# Every other number in the code has a name, given to it at the top of its module, and assumes nothing
# about anybody. This is why, one by one.
STRUCTURE = {
    "fixed": {
        "HUNDREDTHS": "pence to a pound, parts of a unit, per cent to the whole",
        "HALF": "half of a hundred, to round halves up",
        "DAYS_A_WEEK": "the calendar",
        "MINUTES_AN_HOUR": "the clock",
        "SHORTEST_YEAR": "the calendar: so many days after a birthday, the next is still to come",
        "YEARS_A_DECADE": "the calendar",
        "EPOCH": "the day from which NumPy counts",
        "GREATEST": "the last of the answers that the needs profile offers",
        "ALMOST_NOTHING": "keeps a division from dividing by nothing",
    },
    "journey": {
        "FAR": "a sign for no day at all, further off than any day",
        "FEWEST_DAYS": "a choice of days needs two",
    },
    "numbers": {
        "BASE": "decimal digits",
        "MODULUS": "the check digit, by the NHS Data Dictionary",
        "WEIGHTS": "the check digit, by the NHS Data Dictionary",
        "PLACES": "the decimal places of nine digits",
        "GOLDEN": "a step through a range of numbers that belong to nobody",
        "NEXT_ODD": "from one odd number to the next",
    },
    "population": {"MOST": "how many people may be asked for; nobody is drawn by it"},
    "staff": {
        "POOL": "a prime: how many names are made before they are dealt out",
        "STEP": "a prime: how they are dealt out, so that they do not repeat",
    },
    "stories": {"FEWEST_FOR_STORIES": "when there is room for stories that are written by hand"},
    "telling": {
        "COVERAGE": "which range a method is asked for, as the platform asks",
        "PENNY": "money is rounded to the penny",
    },
}


def numbers_in(code, named=()):
    """Find the numbers in code, each with its line, but for counting and what these names are given at the top.

    A text that reads as a number or a span, such as "14d", is a number too.
    """
    tree = ast.parse(code)
    passed = {
        part
        for node in tree.body
        if isinstance(node, ast.Assign) and names_of(node) <= set(named)
        for part in ast.walk(node)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [(node.lineno, node.value) for node in constants if node not in passed and assumes(node)]


def names_of(node):
    """Give every name in what an assignment gives a value to."""
    given = [part for target in node.targets for part in ast.walk(target)]
    return {part.id for part in given if isinstance(part, ast.Name)}


def assumes(node):
    if isinstance(node.value, str):
        return bool(re.fullmatch(r"[-+]?\d[\d_.,]*\s*[a-z%]*", node.value))
    is_number = isinstance(node.value, int | float | complex) and not isinstance(node.value, bool)
    return is_number and node.value not in COUNTING


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_number_is_a_parameter_or_named_with_its_reason(source):
    found = numbers_in(source.read_text(encoding="utf-8"), STRUCTURE.get(source.stem, {}))
    assert not found, "Give it to parameters/files/population/, with its source and its day."


@pytest.mark.parametrize("module", STRUCTURE)
def test_every_name_with_a_reason_still_holds_a_number(module):
    source = next(path for path in SOURCES if path.stem == module)
    code = source.read_text(encoding="utf-8")
    for name in STRUCTURE[module]:
        others = STRUCTURE[module].keys() - {name}
        assert numbers_in(code, others), name


@pytest.mark.parametrize(
    "code",
    [
        "parent = np.where(age > 66, 3, relation)",
        "chance[told] = 0.5",
        "shift = -10",
        "def draw(days=30): ...",
        "due = pl.col('since').dt.offset_by('-30d')",
        "limit = Decimal('0.85')",
        "HUNDREDTHS, SPAN = 100, 45",
        "def within():\n    HUNDREDTHS = 45",
    ],
)
def test_a_number_that_slips_in_is_found(code):
    assert numbers_in(code, ["HUNDREDTHS"])


def test_counting_and_what_has_its_reason_may_stand():
    assert not numbers_in("HUNDREDTHS = 100\nfirst = rows[0] - 1\nwhole = 1.0", ["HUNDREDTHS"])


@pytest.mark.parametrize("file", ["chances", "journey", "services", "spans"])
def test_everything_assumed_without_a_source_is_drawn_with(file):
    """A parameter that nothing reads would be a number that only looks as if it mattered."""
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    names = names_within(load(f"population/{file}").latest().value)
    assert {name for name in names if f'"{name}"' not in code} == set()


def names_within(value):
    """Give the names in a parameter, and in what they name."""
    parts = value.items() if isinstance(value, dict) else ()
    return {name for name, _part in parts}.union(*(names_within(part) for _name, part in parts))
