"""Each kind of layer: real torch and Keras layers, in a process each, are held together."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kind_cases import KIND_CASES

from trueport.compare.rounding.tolerances import RIGHT_FORM_ROUNDINGS, get_rounding


def is_same(got: np.ndarray, want: np.ndarray, dtype: str = "float64") -> bool:
    allowed = RIGHT_FORM_ROUNDINGS * get_rounding(dtype).u * max(np.abs(want).max(initial=0), 1.0)
    return got.shape == want.shape and bool(np.all(np.abs(got - want) <= allowed))


def get_short(arrays: dict[str, np.ndarray], key: str) -> np.ndarray:
    """What torch gives where it rounds a function's constants as TensorFlow does."""
    change, _, output = key.partition(" out ")
    return arrays.get(f"{change}, float32 constants out {output}", arrays[key])


class Answers:
    """Of both frameworks, by case: the arrays and what is told beside them."""

    def __init__(self, ask: Callable[..., Any], folder: Path) -> None:
        self.ask, self.folder, self.known = ask, folder, {}

    def get(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        if name not in self.known:
            told, common = [], ""
            for framework in ("torch", "keras"):
                file = str(self.folder / f"{framework} {name}.npz")
                answer = self.ask(framework, "kind_cases.compute", framework, name, common, file)
                with np.load(file) as arrays:
                    told.append(answer | {"arrays": dict(arrays)})
                common = common or file
            self.known[name] = (told[0], told[1])
        return self.known[name]


@pytest.fixture(scope="module")
def answers(ask_framework: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return Answers(ask_framework, tmp_path_factory.mktemp("kinds"))


@pytest.mark.parametrize("name", KIND_CASES)
def test_carried_weights_give_the_same_output(name: str, answers: Answers) -> None:
    torch, keras = (side["arrays"] for side in answers.get(name))
    assert {k for k in torch if k.startswith("c ")} == {k for k in keras if k.startswith("c ")}
    want = torch[f"{KIND_CASES[name].short or 'plain'} out 0"]
    assert is_same(keras["plain out 0"], want, KIND_CASES[name].inside)
    assert np.ptp(torch["plain out 0"]) > 0


@pytest.mark.parametrize("name", KIND_CASES)
def test_there_and_back_is_the_same(name: str, answers: Answers) -> None:
    for side in answers.get(name):
        arrays = side["arrays"]
        for key in (key for key in arrays if key.startswith("c ")):
            assert np.array_equal(arrays[key], arrays[f"a {key[2:]}"]), key


@pytest.mark.parametrize("name", KIND_CASES)
def test_a_change_leaves_the_layer_as_it_was(name: str, answers: Answers) -> None:
    assert [side["untouched"] for side in answers.get(name)] == [True, True]


@pytest.mark.parametrize("name", KIND_CASES)
def test_one_change_in_both_frameworks_gives_the_same_output(name: str, answers: Answers) -> None:
    torch, keras = answers.get(name)
    both = [key for key in torch["arrays"] if " = " in key and key in keras["arrays"]]
    # by themselves the two frameworks keep other variances
    both = [key for key in both if not key.endswith(" variance") or "running variance" in key]
    pairs = {key: (keras["arrays"][key], get_short(torch["arrays"], key)) for key in both}
    differ = [key for key, pair in pairs.items() if not is_same(*pair)]
    assert not differ, (differ, torch["refused"], keras["refused"])


@pytest.mark.parametrize("name", KIND_CASES)
def test_changes_change_the_output(name: str, answers: Answers) -> None:
    case = KIND_CASES[name]
    for side in answers.get(name):
        arrays, settings = side["arrays"], side["settings"]
        changed: dict[str, set[bool]] = {}
        for key in (key for key in arrays if " = " in key):
            setting, _, rest = key.partition(" = ")
            output = next(o for o in ("out 0", "out 1", "out 2", "mean", "variance") if o in rest)
            if rest.removesuffix(f" {output}") != settings.get(setting):
                same = np.array_equal(arrays[key], arrays[f"plain {output}"])
                changed.setdefault(setting, set()).add(not same)
        for setting, differs in changed.items():
            assert True in differs or setting in case.idle, setting


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_a_subclass_that_computes_the_same_is_of_the_kind(
    framework: str, ask_framework: Callable[..., Any]
) -> None:
    found = ask_framework(framework, "kind_questions.find_kinds", framework)
    assert found == {"plain": "dense", "named": "dense", "other": None, "none": None}


@pytest.mark.parametrize("how", ["turned about", "left out"])
def test_a_mask_of_attention_is_turned_about_or_left_out(
    how: str, ask_framework: Callable[..., Any]
) -> None:
    same, differs = ask_framework("torch", "kind_questions.mask_attention", how)
    assert same == 0.0
    assert differs > 0.0


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("GlobalAveragePooling1D", {}),
        ("LSTM", {"units": 3}),
        ("GRU", {"units": 3}),
        ("SimpleRNN", {"units": 3}),
        ("Bidirectional", {}),
    ],
)
def test_the_mask_of_a_keras_layer_is_left_out(
    name: str, settings: dict[str, int], ask_framework: Callable[..., Any]
) -> None:
    same, differs = ask_framework("keras", "kind_questions.leave_mask_out", name, settings)
    assert same == 0.0
    assert differs > 0.0
