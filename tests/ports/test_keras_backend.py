"""Which backend a user's Keras is run on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trueport.compare.ports.user_code import keras_backend
from trueport.compare.ports.user_code.detect import SourceAnalysis
from trueport.compare.ports.user_code.keras_backend import (
    choose_framework,
    choose_installed,
    describe_backend,
    find_asked_backend,
)

ASKS = 'os.environ.setdefault("KERAS_BACKEND", "torch")\nimport keras\n'


@pytest.fixture(autouse=True)
def nobody_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


def test_the_file_is_asked_first_then_the_environment_then_keras_s_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert find_asked_backend("import keras") == ""
    (tmp_path / "keras.json").write_text('{"backend": "jax"}', encoding="utf-8")
    assert find_asked_backend("import keras") == "jax"
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert find_asked_backend("import keras") == "tensorflow"
    assert find_asked_backend(ASKS) == "torch"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"floatx": "float32"}'])
def test_a_configuration_that_says_nothing_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text(text, encoding="utf-8")
    assert find_asked_backend("import keras") == ""


@pytest.mark.parametrize(
    ("framework", "text", "imports", "lacking", "run"),
    [
        ("keras", ASKS, {"keras"}, "", "keras[torch]"),
        ("keras", ASKS, {"keras", "tensorflow.nn"}, "", "keras"),
        ("keras", ASKS, {"keras"}, "torch", "keras"),
        ("keras", "import keras", {"keras"}, "", "keras"),
        ("keras", "import keras", {"keras"}, "tensorflow", "keras[torch]"),
        ("keras", ASKS.replace("torch", "jax"), {"keras"}, "", "keras"),
        ("torch", ASKS, {"torch"}, "", "torch"),
    ],
)
def test_keras_runs_on_torch_where_it_is_to_and_can(
    framework: str,
    text: str,
    imports: set[str],
    lacking: str,
    run: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keras_backend, "find_spec", lambda name: None if name == lacking else name)
    found = SourceAnalysis(framework, imports=imports, text=text)
    assert choose_framework(framework, found) == run


@pytest.mark.parametrize(
    ("text", "lacking", "run"),
    [
        (ASKS, "", "keras"),
        ("import keras", "tensorflow", "keras[torch]"),
        ("import keras", "torch", "keras"),
    ],
)
def test_functions_run_on_torch_where_it_alone_is_installed(
    text: str, lacking: str, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras_backend, "find_spec", lambda name: None if name == lacking else name)
    assert choose_installed("keras", SourceAnalysis("keras", imports={"keras"}, text=text)) == run


def test_another_backend_than_was_asked_for_is_said() -> None:
    assert describe_backend("keras", "jax") == ["Keras was to run on JAX: it was run on TensorFlow"]
    assert describe_backend("keras[torch]", "torch") == []
    assert describe_backend("keras", "") == []
    assert describe_backend("torch", "jax") == []


@pytest.mark.sweep
def test_layers_that_need_tensorflow_are_made_when_keras_has_been_seeded_without(
    ask_framework: Callable[..., Any],
) -> None:
    assert ask_framework("keras[torch]", "keras_torch.make_behind_seeding") == "StringLookup"
