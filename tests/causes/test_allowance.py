"""The time for causes."""

import time

from trueport.compare.causes.allowance import Allowance


def test_without_an_end_everything_is_tried() -> None:
    allowance = Allowance()
    assert list(allowance.while_it_lasts(range(5))) == list(range(5))
    assert allowance.untried == 0


def test_what_is_left_out_is_counted() -> None:
    allowance = Allowance(0.02)
    tried = []
    for number in allowance.while_it_lasts(range(5), share=0.5):
        tried.append(number)
        until = time.process_time() + 0.015
        while time.process_time() < until:
            pass
    assert tried == [0]
    assert allowance.untried == 4


def test_what_decides_is_tried_without_time_and_all_where_it_is_needed() -> None:
    def try_all(found: set[int]) -> tuple[list[int], int]:
        allowance, tried = Allowance(0.0), []
        trials = allowance.while_it_lasts_or_decides(
            range(6), lambda number: number % 2 == 0, lambda: bool(found & set(tried))
        )
        for number in trials:
            tried.append(number)
        return tried, allowance.untried

    assert try_all({3}) == ([0, 2, 4], 3)
    assert try_all({4}) == ([0, 2, 4, 1, 3, 5], 0)
