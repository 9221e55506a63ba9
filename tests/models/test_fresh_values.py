import numpy as np

from trueport.compare.models.fresh_values import draw_values, list_constant
from trueport.compare.models.records import TensorRecord

VALUES = {
    "bias": np.zeros(4),
    "gamma": np.ones(4),
    "kernel": np.arange(4.0),
    "steps": np.zeros(4, np.int64),
    "tied": np.zeros(4),
    "scalar": np.zeros(1),
}
RECORDS = [
    TensorRecord(name, "layer", name, value.shape, str(value.dtype), tied="bias" * (name == "tied"))
    for name, value in VALUES.items()
]


def test_zeros_and_ones_alone_can_show_nothing():
    assert list_constant(RECORDS, VALUES) == ["bias", "gamma"]


def test_what_takes_their_place_differs_from_element_to_element():
    drawn = draw_values(["bias", "gamma"], VALUES)
    assert len(np.unique(drawn["bias"])) == 4
    assert np.all(drawn["gamma"] > 0)  # a variance must be
    again = draw_values(["gamma"], VALUES)
    np.testing.assert_array_equal(drawn["gamma"], again["gamma"])
