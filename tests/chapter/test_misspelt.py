"""A slip in a name is no other thing, where what bears it is plainly what is meant."""

import pytest
from adoption import taken

NET = """
class {name}:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {{"W1": np.zeros((input_size, hidden_size)), "b1": np.zeros(hidden_size),
                       "W2": np.zeros((hidden_size, output_size)), "b2": np.zeros(output_size)}}
        {more}

    def predict(self, x):
        return x @ self.params["W1"] @ self.params["W2"]

    def {second}(self, x, t):
        return self.params
"""
SIMPLE = """
class {name}:
    def __init__(self):
        self.W = np.zeros({shape})

    def predict(self, x):
        return x @ self.W

    def loss(self, x, t):
        return 0
"""


@pytest.mark.parametrize("name", ["TowLayerNet", "TwoLayerNetwrk"])
@pytest.mark.parametrize("second", ["loss", "gradient"])
def test_a_class_like_the_chapters_is_taken(name: str, second: str) -> None:
    view, _ = taken(NET.format(name=name, second=second, more="pass"))
    assert f"{name} was taken for TwoLayerNet" in view.notes
    assert not view.withheld


@pytest.mark.parametrize(
    ("name", "second", "more"),
    [
        ("ThreeLayerNet", "loss", "pass"),
        ("TowLayerNet", "fit", "pass"),
        ("TowLayerNet", "loss", "self.params['W3'] = np.zeros((3, 3))"),
    ],
)
def test_another_class_is_not(name: str, second: str, more: str) -> None:
    view, _ = taken(NET.format(name=name, second=second, more=more))
    assert "TwoLayerNet" not in view.names
    assert name in view.withheld["TwoLayerNet"]


def test_a_misspelt_simple_net_is_taken_if_it_has_its_matrix() -> None:
    view, _ = taken(SIMPLE.format(name="SimpelNet", shape=(2, 3)))
    assert view.aliases["SimpleNet"] == "SimpelNet"
    view, _ = taken(SIMPLE.format(name="SimpelNet", shape=(4, 3)))
    assert "did you mean SimpleNet?" in view.withheld["SimpleNet"]


def test_no_note_says_so_where_it_turns_out_to_be_another_network() -> None:
    """As one whose objects differ: the second that is made of this class has two layers."""
    text = SIMPLE.format(name="SimpelNet", shape=(2, 3)).replace(
        "        self.W =",
        "        SimpelNet.made = getattr(SimpelNet, 'made', 0) + 1\n"
        "        if SimpelNet.made > 1:\n"
        "            self.W1, self.W2 = np.zeros((2, 3)), np.zeros((3, 3))\n"
        "            return\n"
        "        self.W =",
    )
    view, _ = taken(text)
    assert "SimpleNet" not in view.names
    assert not any("taken for SimpleNet" in note for note in view.notes)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("def sigmiod(x):\n    return 1 / (1 + np.exp(-x))\n", "sigmoid"),
        (
            "def sum_sqaures_error(y, t):\n    return np.sum((y - t) ** 2) / 2\n",
            "sum_squares_error",
        ),
        (
            "def numerical_gradeint(f, x):\n    h = 1e-4 * np.eye(len(x))\n"
            "    return np.array([f(x + d) - f(x - d) for d in h]) / 2e-4\n",
            "numerical_gradient",
        ),
    ],
)
def test_a_misspelt_function_is_taken_if_it_gives_the_same(text: str, wanted: str) -> None:
    view, adoption = taken(text)
    assert wanted in view.names
    assert not adoption.not_looked_at
    view, _ = taken(text.replace("return ", "return 2 * "))
    assert f"did you mean {wanted}?" in view.withheld[wanted]
