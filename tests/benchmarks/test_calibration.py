"""The calibration of budgets: what it measures of arrays, and what it writes of that."""

import math

import numpy as np

from benchmarks.calibration import (
    END,
    START,
    Calibration,
    measure_resolution,
    replace_section,
    write_tables,
)


def test_what_is_seen_is_the_median_allowance_as_a_part_of_the_largest_value() -> None:
    arrays = {
        "want:result": np.array([1.0, -4.0, math.inf]),
        "allowed:result": np.array([0.5, 1.0, 2.0]),
        "undecided:result": np.array([True, False, False]),
        "want:gradient of x": np.array([1.0]),
        "allowed:gradient of x": np.array([0.1]),
    }
    assert list(measure_resolution(arrays)) == [0.25]


def test_nothing_is_seen_of_zeros_of_nothing_or_of_what_is_not_finite() -> None:
    for want in ([0.0, 0.0], [], [math.nan, math.inf]):
        arrays = {"want:a": np.array(want), "allowed:a": np.full(len(want), 1e-9)}
        assert list(measure_resolution(arrays)) == []


def test_the_tables_add_up_and_show_the_largest_share() -> None:
    found = {
        ("torch", "float64"): Calibration(
            1200, 0, 3, 40, {"gelu", "norm"}, [0.25, 0.5, 0.125], [1e-15]
        ),
        ("torch", "float32"): Calibration(800, 2, 0, 0, {"gelu"}, [1.5], [1e-7, 3e-7, 2e-7]),
    }
    told = write_tables(found, 5).splitlines()
    assert told[0] == "2,000 checks of right ports on inputs of 5 seeds, 2 false alarms."
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in told[-4:]]
    assert rows[0][:3] == ["port", "dtype", "functions"]
    assert rows[2] == ["torch", "float64", "2", "1,200", "0", "0.50", "0.25", "3", "40", "1e-15"]
    assert rows[3] == ["torch", "float32", "1", "800", "2", "1.50", "1.50", "0", "0", "2e-07"]


def test_a_section_is_replaced_as_often_as_it_is_written() -> None:
    page = f"before\n{START}\nold\n{END}\nafter\n"
    once = replace_section(page, "\nnew\n")
    assert once == f"before\n{START}\nnew\n{END}\nafter\n"
    assert replace_section(once, "new") == once


def test_a_page_without_the_marks_gets_the_section_at_its_end() -> None:
    assert replace_section("page\n", "new") == f"page\n{START}\nnew\n{END}\n"
