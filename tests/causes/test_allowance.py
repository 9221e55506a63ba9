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
