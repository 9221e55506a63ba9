"""Which other ways to pair are tried."""

import pytest
from model_records import make_record, torch_dense

from trueport.compare.models.pair_tensors import pair_tensors
from trueport.compare.models.settle_pairing import is_barred, list_exchanges

NAMES = ["left", "right"], ["one", "two"]


def list_tried(ours, theirs, fixed):
    """Return the exchanges of the port's first layer that are tried."""
    records = [
        make_record("torch", [torch_dense(name, 4, 4) for name in names])[0]
        for names in (ours, theirs)
    ]
    pairing = pair_tensors(*records, ours, theirs, fixed)
    exchanges = list(list_exchanges(pairing, theirs[0]))
    assert exchanges
    return [one.why for one in exchanges if not is_barred(pairing, one)]


def test_layers_of_one_shape_are_tried_for_each_other():
    assert list_tried(*NAMES, {}) == ["right for one"]


@pytest.mark.parametrize(
    "fixed", [{"left": "one"}, {"right": "two"}, {"left.weight": "one.weight"}]
)
def test_what_the_user_has_named_stays(fixed):
    assert list_tried(*NAMES, fixed) == []


def test_layers_of_one_name_stay():
    assert list_tried(["mu", "sigma"], ["mu", "sigma"], {}) == []
