"""The fast forms are the plain ones: training in blocks, numerical gradients, shared images."""

import doctest
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import plan
from benchmarks.cli import main
from benchmarks.page import write_page
from benchmarks.plan import make_full_sizes, plan_rounds
from trueport import reference
from trueport.compare.chapter.digits import load_data, load_shared_digits, share_digits
from trueport.compare.rounding import as_exact, tolerance
from trueport.reference import training

PARAMS = ("W1", "b1", "W2", "b2")


def digits(rows: int) -> tuple[np.ndarray, ...]:
    (x_train, t_train), (x_test, t_test) = reference.load_mnist(
        one_hot_label=True, source="embedded"
    )
    return x_train[:rows], t_train[:rows], x_test, t_test


def plain_loop(
    net: Any, data: tuple[np.ndarray, ...], masks: np.ndarray, every: int
) -> dict[str, list[Any]]:
    """Section 4.5.3, line by line: what `reference.train` is held against."""
    x_train, t_train, x_test, t_test = data
    trace: dict[str, list[Any]] = {"loss": [], "train": [], "test": []}
    for i, mask in enumerate(masks):
        grad = net.gradient(x_train[mask], t_train[mask])
        for key in PARAMS:
            net.params[key] -= 0.1 * grad[key]
        trace["loss"].append(net.loss(x_train[mask], t_train[mask]))
        if i % every == 0:
            trace["train"].append(net.accuracy(x_train, t_train))
            trace["test"].append(net.accuracy(x_test, t_test))
    return trace


@pytest.mark.parametrize("images", ["float32", "float64"])
def test_training_gives_the_plain_loops_numbers_bit_for_bit(images: str) -> None:
    """On real digits, more of them than one block, and images narrower than the parameters too."""
    data = digits(2500)
    assert len(data[0]) > training.ROWS
    masks = reference.batch_masks(2500, 100, 60, seed=1)
    nets = [reference.TwoLayerNet(784, 50, 10, seed=0) for _ in range(2)]
    want = plain_loop(nets[0], tuple(a.astype(np.float64) for a in data), masks, every=25)
    got = reference.train(nets[1], *(a.astype(images) for a in data), masks)
    assert got["train_loss_list"] == want["loss"]
    assert (got["train_acc_list"], got["test_acc_list"]) == (want["train"], want["test"])
    for key, p in nets[0].params.items():
        assert p.tobytes() == nets[1].params[key].tobytes()


def quotient_budget(net: Any, x: np.ndarray, t: np.ndarray) -> float:
    """How far two evaluations of the loss may move a central difference with h = 1e-4."""
    carried = reference.TwoLayerNet(1, 1, 1, seed=0)
    carried.params = {key: as_exact(p, "float64") for key, p in net.params.items()}
    return float(tolerance(carried.loss(as_exact(x, "float64"), t))) / 1e-4


@pytest.mark.parametrize("labels", [False, True], ids=["one-hot", "labels"])
def test_the_networks_own_numerical_gradient_is_the_plain_one(labels: bool) -> None:
    """Within the budget of a difference quotient, on a small network and real digits."""
    x, t = (a[:20].astype(np.float64) for a in digits(20)[:2])
    x = x[:, 300:340]  # the middle of the images, with zeros and without
    t = t.argmax(axis=1) if labels else t
    net = reference.TwoLayerNet(40, 6, 10, weight_init_std=0.5, seed=0)
    plain, own = net.numerical_gradient(x, t), net.numerical_gradient_by_unit(x, t)
    budget = quotient_budget(net, x, t)
    assert budget < 1e-9  # or equality would prove nothing
    for key, value in plain.items():
        assert np.abs(own[key] - value).max() <= budget
        assert own[key].dtype == value.dtype


def test_a_large_network_takes_its_own_numerical_gradient_and_a_subclass_the_plain_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """784-50-10 on real digits: checked against the plain form on a sample of its entries."""
    x, t = (a[:100].astype(np.float64) for a in digits(100)[:2])
    net = reference.TwoLayerNet(784, 50, 10, seed=0)
    own, budget = net.numerical_gradient(x, t), quotient_budget(net, x, t)
    rng = np.random.RandomState(0)
    for key, p in net.params.items():
        for _ in range(5):
            index = tuple(rng.randint(n) for n in p.shape)
            value = p[index]
            losses = []
            for step in (1e-4, -1e-4):
                p[index] = value + step
                losses.append(net.loss(x, t))
            p[index] = value
            assert abs(own[key][index] - (losses[0] - losses[1]) / 2e-4) <= budget

    class Another(reference.TwoLayerNet):
        def loss(self, x: np.ndarray, t: np.ndarray) -> Any:
            return 2.0 * super().loss(x, t)

    monkeypatch.setattr(reference.networks, "BLACK_BOX", 10)
    small = Another(6, 5, 3, seed=0)
    a, b = rng.rand(4, 6), np.array([0, 1, 2, 0])
    twice, once = small.numerical_gradient(a, b), reference.TwoLayerNet.gradient(small, a, b)
    assert np.allclose(twice["W1"], 2.0 * once["W1"], atol=1e-8)


def test_shared_digits_are_those_of_load_mnist_and_a_writer_spoils_them_for_nobody(
    tmp_path: Path,
) -> None:
    share_digits(load_data("embedded"), tmp_path / "digits")
    mine, yours = load_shared_digits(tmp_path / "digits"), load_shared_digits(tmp_path / "digits")
    for got, want in zip(mine, digits(4000), strict=True):
        assert got.dtype == want.dtype
        assert np.array_equal(got, want)
    mine[0][:] = 7.0
    assert np.array_equal(yours[0], digits(4000)[0])


def test_benchmarks_write_a_page_a_plot_and_the_raw_numbers(tmp_path: Path) -> None:
    """The smoke form, for its shape: what it says of speed is nobody's business here."""
    done = CliRunner().invoke(main, ["--quick", "--only", "gradient", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))
    assert [record["form"] for record in result["records"]] == ["plain", "own"]
    assert "times as fast" in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")


def test_the_page_tells_what_gave_no_figure(tmp_path: Path) -> None:
    machine = {"cpu": "c", "cores": 2, "platform": "p", "python": "3", "packages": {}}
    result = {
        "command": "c",
        "repeats": 1,
        "machine": machine | {"load before": 0.0},
        "records": [
            {"task": "keras fit", "section": "loops", "command": "c", "error": "exit status -6"}
        ],
    }
    [page] = write_page(result, tmp_path)
    assert "- keras fit: exit status -6" in page.read_text(encoding="utf-8")


def test_the_fit_of_a_power_is_right() -> None:
    assert doctest.testmod(plan, raise_on_error=True).attempted == 1


def test_a_round_holds_every_loop_beside_its_peer() -> None:
    names = [
        job[0]
        for _, number, job in plan_rounds(make_full_sizes("embedded", 10, 2), ("loops",))
        if number
    ]
    assert names == [
        *2 * ("chapter", "reference float64"),
        *2 * ("torch eager", "torch float32"),
        *2 * ("keras fit", "keras float32"),
    ]


def test_sections_measured_before_stay_on_the_page(tmp_path: Path) -> None:
    """A call with --only leaves the rest as it lies there, and says from which call it is."""
    first = "the first call"
    before = {
        "command": first,
        "records": [
            {"section": "gradient", "task": "of the first call", "command": first},
            {"section": "seeds", "task": "compare study", "seeds": 8, "workers": 2, "seconds": 9.0}
            | {"steps": 60, "command": first},
        ],
    }
    (tmp_path / "benchmarks.json").write_text(json.dumps(before), encoding="utf-8")
    done = CliRunner().invoke(main, ["--quick", "--only", "gradient", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))
    assert [r["section"] for r in result["records"]] == ["gradient", "gradient", "seeds"]
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "| 8 | 2 | 9.0 |" in page
    assert "- seeds: `the first call`" in page
    assert "- gradient: " not in page
