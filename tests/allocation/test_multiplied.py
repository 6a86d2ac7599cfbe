"""Amounts of an export that stand in several columns, as visits a week and minutes a visit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from allocation.exported import written
from alongside.allocation.mapping import import_export
from alongside.allocation.problems import AllocationInputError

SOURCE = {"separator": ";"}
CASES = {"case_id": "Ref", "need_washing": {"constant": 1}}


VISITS = "Ref;Visits;Minutes;Workers\n1;14;45;2\n2;7;30;1\n3;0;;1\n4;;30;1\n5;1,000;15;1\n"
TIMES = {"from": "Visits", "times": ["Minutes", "Workers"], "divide": 60}


def visits(tmp_path, export=VISITS, columns=None):
    plan = {"cases": CASES, "packages": {"columns": columns or {"home_care": TIMES}}}
    return written(tmp_path, {"source": SOURCE, **plan}, export)


def test_columns_are_multiplied_and_no_visit_is_no_package_however_long(tmp_path):
    made = import_export(*visits(tmp_path))
    units = dict(made.packages.select("case_id", "units_per_week").iter_rows())
    assert units == {"1": Decimal(21), "2": Decimal("3.5"), "5": Decimal(250)}
    one = {"home_care": {"from": "Visits", "times": "Minutes", "divide": 60}}
    made = import_export(*visits(tmp_path, columns=one))
    assert made.packages.row(0) == ("1", "home_care", Decimal("10.5"))
    assert made.report.unused == ["Workers"]


def test_what_is_to_be_multiplied_by_an_empty_or_wrong_cell_is_refused_by_its_column(tmp_path):
    export = (
        "Ref;Visits;Minutes;Workers\n1;14;;2\n2;7;half an hour;1\n3;2;-30;1\n4;x;30;1\n5;1;5;1\n"
    )
    with pytest.raises(AllocationInputError) as caught:
        import_export(*visits(tmp_path, export))
    found = [(each.row, each.column, each.says.split(".")[0]) for each in caught.value.problems]
    empty = "nothing is known here, and what stands in 'Visits' is to be multiplied by it"
    assert found == [
        (2, "Minutes", empty),
        (3, "Minutes", "'half an hour' is not a number"),
        (4, "Minutes", "'-30' is negative: give 0 or more"),
        (5, "Visits", "'x' is not a number"),
    ]


def test_of_a_second_export_each_cell_that_cannot_be_multiplied_is_told_once(tmp_path):
    (tmp_path / "services.csv").write_text(
        "Who,What,Visits,Minutes\n1,home_care,7,60\n1,home_care,7,\n1,home_care,,30\n1,home_care,x,9\n",
        encoding="utf-8",
    )
    units = {"from": "Visits", "times": "Minutes", "divide": 60}
    long = {"case_id": "Who", "service": "What", "units_per_week": units}
    with pytest.raises(AllocationInputError) as caught:
        import_export(
            *written(tmp_path, {"cases": CASES, "packages": {"long": long}}, "Ref\n1\n"),
            packages=tmp_path / "services.csv",
        )
    assert [(each.row, each.column) for each in caught.value.problems] == [
        (3, "Minutes"),
        (4, "Visits, Minutes"),
        (5, "Visits"),
    ]


def test_all_that_is_wrong_with_what_is_multiplied_is_told_in_one_go(tmp_path):
    export = (
        "Ref;Visits;Minutes;Workers\n1;14;;\n2;x;;1\n3;7;1e30;1\n4;1e26;30;x\n5;1;n/a;1\n6;0;n/a;\n"
    )
    with pytest.raises(AllocationInputError) as caught:
        import_export(
            *visits(tmp_path, export, {"home_care": {**TIMES, "missing": ["n/a"]}}),
        )
    assert [(each.row, each.column, each.says.split(",")[0]) for each in caught.value.problems] == [
        (2, "Minutes", "nothing is known here"),
        (2, "Workers", "nothing is known here"),
        (3, "Visits", "'x' is not a number."),
        (3, "Minutes", "nothing is known here"),
        (4, "Minutes", "'1e30' is more than can be."),
        (5, "Visits", "'1e26' is more than can be."),
        (5, "Workers", "'x' is not a number."),
        (6, "Minutes", "nothing is known here"),
    ]


def test_a_fault_of_a_column_to_multiply_by_hides_none_of_what_is_multiplied(tmp_path):
    plan = {"case_id": "Ref", "need_visits": "Visits"}
    export = "Ref;Visits;Minutes;Workers\n1;2.5;;1\n2;3;30;1\n"
    mapping = {
        "source": SOURCE,
        "cases": plan,
        "packages": {"columns": {"care": TIMES}},
    }
    with pytest.raises(AllocationInputError) as caught:
        import_export(*written(tmp_path, mapping, export))
    assert {(each.row, each.column) for each in caught.value.problems} == {
        (2, "Visits"),
        (2, "Minutes"),
    }


def test_a_column_to_multiply_by_that_is_not_there_is_named_with_the_nearest(tmp_path):
    near = {"home_care": {"from": "Visits", "times": "Minute", "divide": 60}}
    with pytest.raises(AllocationInputError, match="no column 'Minute'. Was 'Minutes' meant"):
        import_export(*visits(tmp_path, columns=near))


def test_packages_of_which_no_cell_has_any_units_are_said_not_to_be_there(tmp_path):
    made = import_export(*visits(tmp_path, "Ref;Visits;Minutes;Workers\n1;;30;1\n2;0;;1\n"))
    assert made.packages.is_empty()
    assert "The mapping has packages, and none were made." in made.report.lines()
