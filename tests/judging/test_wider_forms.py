"""A way of calling that is a case of another one is not asked of a port that lacks the other."""

from typing import Any

import numpy as np
from functions_as_ports import run_function

from trueport.compare.chapter.cases.functions import LABELS, ONE_LABEL
from trueport.compare.chapter.contract import COMPONENTS
from trueport.compare.judging.limits import set_limits_aside


def one_hot_alone(y: Any, t: Any) -> Any:
    return -np.sum(t * np.log(y + 1e-7)) / np.atleast_2d(y).shape[0]


def test_one_label_alone_is_not_asked_where_labels_are_refused() -> None:
    component = COMPONENTS["cross_entropy_error"]
    judged, limits = set_limits_aside(component, run_function(component.name, one_hot_alone))
    assert {limit.form for limit in limits} == {ONE_LABEL, LABELS}
    assert not {ONE_LABEL, LABELS} & {case.form for case, _, _ in judged}
