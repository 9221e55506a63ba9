"""A run as a notebook shows it."""

import pytest
import sample_run

from trueport import Run

every_run = pytest.mark.parametrize("name", sample_run.EVERY)


@every_run
def test_a_notebook_shows_the_sentence_and_no_markup_of_a_port(name):
    run = sample_run.EVERY[name]()
    assert isinstance(run, Run)
    shown = run._repr_html_()
    assert "<strong>" in shown
    assert "<script" not in shown
