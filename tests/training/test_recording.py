"""A recorded training loop: right ones pass, each fault is named where it acts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from few_digits import use_few_digits

from trueport import reference
from trueport.compare.chapter.adapters import PARAMS
from trueport.compare.judging.judge import combine_verdicts
from trueport.compare.judging.verdict import Verdict
from trueport.compare.training.recording import judge
from trueport.compare.workflow.own_arrays import match_params
from trueport.compare.workflow.recorder import Recorder, judge_recording

STEPS, BATCH = 25, 20  # no more than the faults need to show
GRADIENT, UPDATE, TRAINING = "TwoLayerNet.gradient", "one update", "training"


@pytest.fixture(autouse=True)
def short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has a cause has it within seconds; what has none is not looked at for longer."""
    monkeypatch.setattr(judge, "DIAGNOSIS_SECONDS", 5.0)


@pytest.fixture(autouse=True)
def few_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    use_few_digits(monkeypatch)


def loop(
    folder: Path,
    *,
    dtype: str = "float64",
    lr: float = 0.1,
    momentum: float = 0.0,
    weight_decay: float = 0.0,
    stale: bool = False,
    gradient_scale: float = 1.0,
    before: bool = False,
    keep: str = "grads params",
    spoil: Callable[[int, dict[str, Any]], None] = lambda step, record: None,
    stop: int = STEPS,
    shown: Callable[[dict[str, Any]], Any] = lambda arrays: arrays,
) -> Recorder:
    """The chapter's loop in NumPy, recorded, with something wrong in it."""
    rec = Recorder(folder, steps=STEPS, batch_size=BATCH, data="embedded", dtype=dtype)
    (x_train, t_train), _ = rec.data
    net = reference.TwoLayerNet(784, 50, 10, seed=1)
    net.params = rec.params
    total = {key: np.zeros_like(value) for key, value in net.params.items()}
    velocity = {key: np.zeros_like(value) for key, value in net.params.items()}
    for step, batch_mask in enumerate(rec.batches(), 1):
        x, t = x_train[batch_mask], t_train[batch_mask]
        loss = net.loss(x, t)
        for key, grad in net.gradient(x, t).items():
            total[key] = gradient_scale * grad + (total[key] if stale else 0.0)
            velocity[key] = momentum * velocity[key] + total[key] + weight_decay * net.params[key]
        for key in PARAMS:
            net.params[key] -= lr * velocity[key]
        record: dict[str, Any] = {"loss": loss if before else net.loss(x, t)}
        if "grads" in keep:
            record["grads"] = shown(total)
        if "params" in keep:
            record["params"] = shown(net.params)
        spoil(step, record)
        rec.step(**record)
        if step == stop:
            break
    rec.save()
    return rec


RUNS: dict[str, dict] = {}  # changed references, trained once for all recordings of a dtype


def verdicts(rec: Recorder) -> dict[str, Verdict]:
    """As `Recorder.check` has them, with the trainings that recordings of one dtype share."""
    rec.save()
    runs = RUNS.setdefault(rec.dtype, {})
    return {verdict.component: verdict for verdict in judge_recording(rec.folder, runs=runs)}


def statuses(rec: Recorder) -> list[str]:
    return [verdict.status for verdict in rec.check(show=None)]


ALL_RIGHT = ["faithful"] * 3


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_right_loop_is_faithful_in_the_dtype_it_computes_in(tmp_path: Path, dtype: str) -> None:
    seen = verdicts(loop(tmp_path, dtype=dtype))
    assert [v.status for v in seen.values()] == ALL_RIGHT
    assert {v.dtype for v in seen.values()} == {dtype}
    assert all(v.budget_used is not None and v.budget_used < 1 for v in seen.values())


@pytest.mark.parametrize(
    ("dtype", "keep"),
    [("float64", ""), ("float32", ""), ("float64", "grads"), ("float32", "params")],
)
def test_less_recorded_is_judged_as_far_as_it_goes(tmp_path: Path, dtype: str, keep: str) -> None:
    seen = verdicts(loop(tmp_path, dtype=dtype, keep=keep))
    assert seen[GRADIENT].status == ("faithful" if keep == "grads" else "missing")
    assert seen[UPDATE].status == "missing"
    assert seen[TRAINING].status == "faithful"
    assert seen[TRAINING].dtype == dtype
    assert ("only losses were recorded" in seen[TRAINING].message) == (keep != "params")


@pytest.mark.parametrize(
    ("dtype", "fault", "component", "step", "name"),
    [
        ("float64", {"lr": 0.1001}, UPDATE, 1, "learning rate 0.1001"),
        pytest.param(
            "float32", {"lr": 0.1001}, UPDATE, 1, "learning rate 0.1001", marks=pytest.mark.sweep
        ),
        pytest.param(
            "float64", {"momentum": 1e-3}, UPDATE, 2, "momentum 0.001", marks=pytest.mark.sweep
        ),
        pytest.param(
            "float32", {"momentum": 1e-3}, UPDATE, 2, "momentum 0.001", marks=pytest.mark.sweep
        ),
        ("float32", {"weight_decay": 1e-6}, UPDATE, 1, "weight decay 1e-06, biases too"),
        ("float64", {"stale": True}, GRADIENT, 2, "gradients never set back to zero"),
        pytest.param(
            "float32",
            {"stale": True},
            GRADIENT,
            2,
            "gradients never set back to zero",
            marks=pytest.mark.sweep,
        ),
        pytest.param(
            "float64", {"gradient_scale": 1.0 + 1e-6}, GRADIENT, 1, None, marks=pytest.mark.sweep
        ),
    ],
    ids=str,
)
def test_a_fault_is_found_at_the_step_where_it_acts(
    tmp_path: Path, dtype: str, fault: dict[str, Any], component: str, step: int, name: str | None
) -> None:
    seen = verdicts(loop(tmp_path, dtype=dtype, **fault))
    worst, cause = seen[component].worst, seen[component].cause
    assert (cause and cause["name"]) == name
    kind = cause["kind"] if cause else "fault"
    assert seen[component].status == ("convention" if kind == "convention" else "unfaithful")
    assert worst is not None
    assert worst.case == f"step {step}"
    others = {GRADIENT, UPDATE} - {component}
    assert [seen[name].status for name in others] == ["faithful"]
    assert (seen[TRAINING].status, seen[TRAINING].follows) == ("follows", component)


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("fault", "first", "status"),
    [
        ({"lr": 0.1001}, 1, "unfaithful"),
        ({"momentum": 1e-3}, 2, "convention"),
        ({"stale": True}, 2, "unfaithful"),
    ],
    ids=str,
)
def test_parameters_alone_show_the_step_where_the_run_leaves_the_envelope(
    tmp_path: Path, fault: dict[str, Any], first: int, status: str
) -> None:
    seen = verdicts(loop(tmp_path, dtype="float32", keep="params", **fault))[TRAINING]
    assert seen.status == status
    assert seen.message.startswith(f"leaves the envelope of rounding at step {first}: ")


@pytest.mark.sweep
def test_losses_alone_show_a_wrong_learning_rate(tmp_path: Path) -> None:
    seen = verdicts(loop(tmp_path, keep="", lr=0.1001))[TRAINING]
    assert seen.status == "unfaithful"
    assert "at step 1: loss is off" in seen.message


@pytest.mark.sweep
def test_what_was_not_tried_for_want_of_time_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "DIAGNOSIS_SECONDS", 0.0)
    rec = loop(tmp_path, lr=0.11, keep="")
    root = rec.check(show=None)[-1]
    assert root.cause is None
    assert "not all changes were tried" in root.message
    assert rec.check(show=None, deep=True)[-1].cause is not None


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_loss_before_the_update_is_a_named_convention(tmp_path: Path, dtype: str) -> None:
    seen = verdicts(loop(tmp_path, dtype=dtype, before=True))
    assert [v.status for v in seen.values()] == ["faithful", "faithful", "convention"]
    cause = seen[TRAINING].cause
    assert cause is not None
    assert (cause["id"], cause["name"]) == ("F78", "loss logged before the update")


@pytest.mark.sweep
def test_a_fault_is_not_taken_for_the_convention(tmp_path: Path) -> None:
    seen = verdicts(loop(tmp_path, keep="", before=True, lr=0.1001))[TRAINING]
    assert seen.status == "unfaithful"
    assert "the losses fit those before the update (F78)" in seen.message


def at_step(step: int, **values: Any) -> Callable[[int, dict[str, Any]], None]:
    def spoil(now: int, record: dict[str, Any]) -> None:
        if now == step:
            record |= values

    return spoil


NANS = {
    "W1": np.full((784, 50), np.nan),
    "b1": np.zeros(50),
    "W2": np.zeros((50, 10)),
    "b2": np.zeros(10),
}


@pytest.mark.parametrize(
    ("spoil", "expected", "words"),
    [
        pytest.param(
            *(at_step(23, loss=np.nan), ["faithful", "faithful", "unfaithful"], "step 23"),
            marks=pytest.mark.sweep,
        ),
        (at_step(STEPS, params=NANS), ["faithful", "unfaithful", "follows"], "nan"),
        pytest.param(
            *(at_step(2, grads=NANS), ["unfaithful", "unfaithful", "faithful"], "nan"),
            marks=pytest.mark.sweep,
        ),
        (at_step(2, grads=None), ["error", "error", "faithful"], "recorded at step 2"),
        (at_step(10, params=None), ["faithful", "error", "error"], "recorded at step"),
    ],
)
def test_nan_and_gaps_are_never_a_pass(
    tmp_path: Path, spoil: Callable[[int, dict[str, Any]], None], expected: list[str], words: str
) -> None:
    seen = verdicts(loop(tmp_path, spoil=spoil)).values()
    assert [v.status for v in seen] == expected
    first = next(v for v in seen if v.status != "faithful")
    assert words in first.message


@pytest.mark.sweep
def test_zero_gradients_are_unfaithful(tmp_path: Path) -> None:
    rec = loop(tmp_path, gradient_scale=0.0)
    assert statuses(rec) == ["unfaithful", "faithful", "follows"]


def test_a_loop_that_stops_half_way_is_on_disk_and_no_pass(tmp_path: Path) -> None:
    rec = loop(tmp_path, stop=17)
    seen = {verdict.component: verdict for verdict in judge_recording(tmp_path)}
    assert seen[TRAINING].status == "error"
    assert seen[TRAINING].message == f"stopped after 17 of {STEPS} steps"
    assert len(rec._recording.loss) == 17


def test_an_interrupted_loop_says_what_interrupted_it(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Recorder(tmp_path, steps=STEPS, data="embedded") as rec:
            for _ in rec.batches():
                rec.step(loss=1.0)
                if len(rec._losses) == 7:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    message = judge_recording(tmp_path)[-1].message
    assert message.startswith(f"stopped after 7 of {STEPS} steps (KeyboardInterrupt)")
    assert "loss is off at step 1" in message


def test_nothing_recorded_is_no_pass(tmp_path: Path) -> None:
    loop(tmp_path)
    rec = Recorder(tmp_path, steps=STEPS, data="embedded")  # the older recording is gone
    assert statuses(rec) == ["missing", "missing", "error"]


@pytest.mark.sweep
def test_parameters_recorded_before_the_update_are_told_so(tmp_path: Path) -> None:
    last: dict[str, Any] = {}

    def late(step: int, record: dict[str, Any]) -> None:
        now = {key: value.copy() for key, value in record["params"].items()}
        record["params"] = last.copy() if last else Recorder.params.fget(holder[0])  # type: ignore[attr-defined]  # a property, by its function
        last.update(now)

    holder: list[Recorder] = [Recorder(tmp_path / "start", steps=STEPS, data="embedded")]
    seen = verdicts(loop(tmp_path / "run", spoil=late))
    assert "step 1 left the parameters as they were" in seen[UPDATE].message


@pytest.mark.sweep
def test_transposed_layouts_under_other_names_are_found_and_said(tmp_path: Path) -> None:
    def torch_like(arrays: dict[str, Any]) -> dict[str, Any]:
        names = ("0.weight", "0.bias", "2.weight", "2.bias")
        return {name: arrays[key].T for name, key in zip(names, PARAMS, strict=True)}

    seen = verdicts(loop(tmp_path, shown=torch_like))
    assert [v.status for v in seen.values()] == ALL_RIGHT
    assert "W1, b1, W2, b2 are 0.weight (transposed)" in seen[GRADIENT].message


@pytest.mark.parametrize("hidden", [10, 784])
def test_a_square_layer_has_the_layout_of_the_other(hidden: int) -> None:
    shapes = {"W1": (784, hidden), "b1": (hidden,), "W2": (hidden, 10), "b2": (10,)}
    rng = np.random.RandomState(0)
    right = {key: rng.randn(*shape) for key, shape in shapes.items()}
    found, _ = match_params("params", [right[key].T for key in PARAMS], shapes)
    for key in PARAMS:
        np.testing.assert_array_equal(found[key], right[key])


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        ("1/W1", lambda a: a.astype(complex), "1/W1 must hold real numbers (got complex128)"),
        ("1/W1", lambda a: a.astype(str), "1/W1 must hold real numbers (got <U32)"),
        ("gradient 2/b1", lambda a: a[:3], "gradient 2/b1 must have shape (50,) (got (3,))"),
        ("loss", lambda a: a.astype(complex), "loss must hold real numbers (got complex128)"),
        ("loss", lambda a: a[:, None], "loss must have shape (n,), n at most"),
        ("loss", lambda a: np.append(a, a), "loss must have shape (n,), n at most"),
    ],
)
def test_arrays_that_no_recorder_writes_are_an_error(
    tmp_path: Path, name: str, spoil: Callable[[np.ndarray], np.ndarray], words: str
) -> None:
    loop(tmp_path)
    file = tmp_path / "recording.npz"
    with np.load(file) as npz:
        arrays = dict(npz)
    np.savez(file, **(arrays | {name: spoil(arrays[name])}))
    verdicts = judge_recording(tmp_path)
    assert combine_verdicts(verdicts) == "unfaithful"
    assert [(v.component, v.status) for v in verdicts] == [("training", "error")]
    assert words in verdicts[0].message


def test_a_damaged_recording_is_refused_in_words(tmp_path: Path) -> None:
    loop(tmp_path, stop=5)
    whole = (tmp_path / "recording.npz").read_bytes()
    (tmp_path / "recording.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="is not a recording"):
        judge_recording(tmp_path)
    with pytest.raises(FileNotFoundError, match="give the folder of a Recorder"):
        judge_recording(tmp_path / "nowhere")
