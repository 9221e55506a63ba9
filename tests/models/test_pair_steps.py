import numpy as np

from trueport.compare.models.layout import Layout
from trueport.compare.models.pair_steps import describe_resized, pair_steps
from trueport.compare.models.records import LayerRecord, ModelRecord, ModelRun, StepRecord
from trueport.compare.models.step_pair import make_forces

RNG = np.random.default_rng(1)
NOTHING = (ModelRecord("torch", "Net", (), ()), ModelRecord("keras", "Net", (), ()))


def make_run(names, arrays):
    """A run in which each layer is given one array and gives the next."""
    steps = [
        StepRecord(f"{name}#{names[:n].count(name)}", name, "", "", (f"a{n}",), (f"a{n + 1}",))
        for n, name in enumerate(names)
    ]
    return ModelRun({}, steps, {f"a{n}": array for n, array in enumerate(arrays)})


def test_calls_of_paired_layers_are_paired_in_their_order():
    arrays = [RNG.normal(size=(2, 3, 4, 5)) for _ in range(4)]
    theirs = make_run(["conv", "act", "conv"], arrays)
    mine = make_run(["c1", "a1", "c1"], [np.moveaxis(a, 1, -1) for a in arrays])
    pairs = pair_steps([("conv", "c1")], NOTHING, theirs, mine)
    assert [(p.reference.key, p.port.key) for p in pairs] == [
        ("conv#0", "c1#0"),
        ("conv#1", "c1#1"),
    ]
    assert [p.name for p in pairs] == [
        "conv (the port's c1)",
        "conv (call 2) (the port's c1 (call 2))",
    ]
    assert pairs[0].outputs[0][2].axes == (0, 2, 3, 1)


def test_the_port_is_given_the_reference_s_arrays_in_its_own_layout():
    arrays = [RNG.normal(size=(2, 3, 4, 5)) for _ in range(2)]
    theirs, wrong = make_run(["conv"], arrays), [np.zeros((2, 4, 5, 3)) for _ in range(2)]
    mine = make_run(["c1"], wrong)
    forces = make_forces(pair_steps([("conv", "c1")], NOTHING, theirs, mine), theirs)
    np.testing.assert_array_equal(forces["c1#0"]["in"][0], np.moveaxis(arrays[0], 1, -1))
    np.testing.assert_array_equal(forces["c1#0"]["out"][0], np.moveaxis(arrays[1], 1, -1))


def test_the_layout_of_the_inputs_decides_where_sizes_and_values_do_not():
    theirs = make_run(["conv"], [RNG.normal(size=(2, 4, 4, 4)) for _ in range(2)])
    mine = make_run(["c1"], [RNG.normal(size=(2, 4, 4, 4)) for _ in range(2)])
    given = [Layout((0, 2, 3, 1), (2, 8, 8, 3))]
    [pair] = pair_steps([("conv", "c1")], NOTHING, theirs, mine, given)
    assert pair.outputs[0][2].axes == (0, 2, 3, 1)


def test_layers_without_a_partner_are_no_pair():
    arrays = [RNG.normal(size=(2, 3)) for _ in range(2)]
    assert pair_steps([], NOTHING, make_run(["a"], arrays), make_run(["b"], arrays)) == []


def make_towers(order, kinds):
    """A run of two towers of a dense layer and an activation each, called in this order."""
    given = {"a": "xa", "b": "xb", "act a": "a", "act b": "b"}
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=(2, 3)) for name in ("xa", "xb", *given)}
    steps = [StepRecord(f"{name}#0", name, "", "", (given[name],), (name,)) for name in order]
    layers = tuple(LayerRecord(n, "", k, "") for n, k in kinds.items())
    return ModelRecord("torch", "Net", (), layers), ModelRun({}, steps, arrays)


def test_activations_are_paired_by_what_feeds_them():
    kinds = {"a": "dense", "b": "dense", "act a": "activation", "act b": "activation"}
    record, theirs = make_towers(["a", "act a", "b", "act b"], kinds)
    _, mine = make_towers(["b", "a", "act b", "act a"], kinds)
    pairs = pair_steps([("a", "a"), ("b", "b")], (record, record), theirs, mine)
    assert {p.reference.layer: p.port.layer for p in pairs} == {n: n for n in kinds}


def test_a_dropout_of_a_sequence_is_none_of_its_last_step():
    rng = np.random.default_rng(0)
    x, last = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 3))
    kinds = (LayerRecord("drop", "", "dropout", ""), LayerRecord("end", "", "dropout", ""))
    record = ModelRecord("torch", "Net", (), kinds)
    step = StepRecord("drop#0", "drop", "", "", ("x",), ("x",))
    other = StepRecord("end#0", "end", "", "", ("last",), ("last",))
    theirs, mine = ModelRun({}, [step], {"x": x}), ModelRun({}, [other], {"last": last})
    assert pair_steps([], (record, record), theirs, mine) == []


def test_layers_that_give_arrays_of_other_sizes_are_told():
    rng = np.random.default_rng(0)
    given = rng.normal(size=(2, 3, 8))
    theirs = make_run(["conv"], [given, rng.normal(size=(2, 3, 8))])
    mine = make_run(["c1"], [given, rng.normal(size=(2, 3, 9))])
    told = ["conv gives (2, 3, 8), the port's c1 (2, 3, 9)"]
    assert describe_resized([("conv", "c1")], theirs, mine) == told
    assert describe_resized([("conv", "conv")], theirs, theirs) == []
