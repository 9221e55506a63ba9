"""Reference and port, each in its process: opened, given inputs, the weights carried over."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from .call_order import list_call_order, list_feeders
from .carry_tensors import carry
from .describe_pairs import refuse_no_numbers, refuse_unpaired
from .fresh_values import draw_values, list_constant
from .layout import Layout, list_layouts
from .model_inputs import HOW, make_declared_inputs, make_input
from .pair_tensors import Pairing, pair_tensors
from .records import (
    Arrays,
    ModelRecord,
    TensorRecord,
    read_model_record,
    read_run,
)
from .session import ModelError, SessionError

MARKS = np.array([1.03, 1.11, 1.24, 1.38, 1.47, 1.61, 1.82, 1.94])  # no sum of two is one of them
MAX_LAYOUTS = 16  # of the inputs of a port, tried until it runs


class Asked(Protocol):
    """A model that answers questions: in a process of its own, `Session`, or in this one."""

    name: str
    facts: dict[str, Any]

    def start(self) -> None:
        """Begin to open it."""

    def ask(self, what: str, **given: Any) -> Any:
        """Return the answer to one question. Raises SessionError."""

    def send(self, what: str, **given: Any) -> None:
        """Ask, and do not wait for the answer."""

    def receive(self) -> Any:
        """Return the answer to what was asked first and is not answered. Raises SessionError."""

    def close(self) -> None:
        """Ask nothing more."""


@dataclass
class TwoSides:
    """A reference and a port, for each dtype one; `prepare` fills the rest.

    inputs: in the reference's layout. layouts: of each of them, for the port. values: the
    reference's tensors, as they are compared. keep: whether the port keeps its own tensors.
    """

    reference: Asked
    ports: Mapping[str, Asked]
    inputs: list[np.ndarray] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    records: dict[str, ModelRecord] = field(default_factory=dict)
    values: Arrays = field(default_factory=dict)
    pairing: Pairing | None = None
    own: Arrays = field(default_factory=dict)  # the port's tensors, as they were
    keep: bool = False
    notes: list[str] = field(default_factory=list)
    written: dict[str, Any] = field(default_factory=dict)  # what each process has been given

    @property
    def port(self) -> Asked:
        """The port's first process, which speaks for what is the same in every dtype."""
        return next(iter(self.ports.values()))

    @property
    def have_trainable(self) -> bool:
        """Whether both sides have something to train."""
        return not self.list_untrainable()

    def list_untrainable(self) -> list[str]:
        """Return the sides that have nothing to train."""
        return [
            side
            for side, record in self.records.items()
            if not any(tensor.trainable for tensor in record.tensors)
        ]

    def open(self) -> None:
        """Wait for both to be open. Raises SessionError with who could not, and why."""
        for session in (self.reference, *self.ports.values()):
            session.facts = session.receive()

    def find_inputs(self, texts: Sequence[str]) -> None:
        """Find the inputs: as typed, of the reference's file, or as a model declares them.

        Raises ValueError or SessionError if there are none.
        """
        given = [make_input(text, number) for number, text in enumerate(texts)]
        given = given or self.reference.ask("give_inputs") or []
        if not given:
            try:
                told = self.reference.ask("describe", inputs=[])
            except ModelError as error:
                lacking = f"there are no inputs to compare by: {HOW}. {error}"
                raise SessionError(lacking) from error
            given = make_declared_inputs(read_model_record(told).inputs) or []
            if given:
                shapes = ", ".join("x".join(map(str, array.shape)) for array in given)
                self.notes.append(f"inputs were made up, of the declared shape: {shapes}")
        if not given:
            raise SessionError(f"there are no inputs to compare by: {HOW}")
        self.inputs = given

    def describe(self) -> None:
        """Describe both models, and find the layout of the port's inputs."""
        told = self.reference.ask("describe", inputs=self.inputs)
        self.records["reference"] = read_model_record(told)
        self.choose_layouts()
        for session in list(self.ports.values())[1:]:
            session.ask("describe", inputs=self.give_port(self.inputs))
        for number, layout in enumerate(self.layouts):
            if not layout.plain:
                axes = ", ".join(map(str, layout.axes))
                self.notes.append(f"input {number} is handed to the port with its axes as ({axes})")

    def choose_layouts(self) -> None:
        """Find the layout of the port's inputs: it runs, and its tensors are of the sizes wanted.

        Raises SessionError, with what the port says first, if it runs on none.
        """
        first: SessionError | None = None
        best: tuple[int, tuple[Layout, ...]] | None = None
        choices = self.list_input_layouts()
        for number, layouts in enumerate(choices):
            self.layouts = list(layouts)
            if number:
                self.port.ask("make_again")  # what its first inputs have built stays
            try:
                told = self.port.ask("describe", inputs=self.give_port(self.inputs))
            except SessionError as error:
                first = first or error
                continue
            self.records["port"] = read_model_record(told)
            lacking = count_lacking(*(self.records[n].tensors for n in ("reference", "port")))
            if best is None or lacking < best[0]:
                best = lacking, layouts
            if not lacking:
                return
        if best is None:
            raise first or SessionError(f"the port takes no inputs of these shapes: {HOW}")
        self.layouts = list(best[1])
        self.port.ask("make_again")
        told = self.port.ask("describe", inputs=self.give_port(self.inputs))
        self.records["port"] = read_model_record(told)

    def list_input_layouts(self) -> list[tuple[Layout, ...]]:
        """Return the layouts in which the port may take the inputs, the likelier first."""
        choices = []
        for array in self.inputs:
            shapes = [array.shape]
            if array.ndim > 2:
                shapes.append((array.shape[0], *array.shape[2:], array.shape[1]))
                shapes.append((array.shape[0], array.shape[-1], *array.shape[1:-1]))
                shapes.append((array.shape[1], array.shape[0], *array.shape[2:]))
            theirs, mine = (one.facts["framework"] for one in (self.reference, self.port))
            if array.ndim > 3 and theirs != mine:  # torch has the channels first, Keras last
                shapes = [shapes[2 if mine == "torch" else 1], *shapes]
            own = [layout for shape in shapes for layout in list_layouts(array.shape, shape)]
            choices.append(list(dict.fromkeys(own)))
        return list(itertools.islice(itertools.product(*choices), MAX_LAYOUTS))

    def give_port(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return inputs in the port's layout."""
        return [layout.apply(one) for layout, one in zip(self.layouts, inputs, strict=True)]

    def carry_weights(self, fixed: Mapping[str, str], keep: bool) -> None:
        """Carry the reference's tensors to the port, those that can show nothing drawn anew.

        fixed: pairs that the user gives. keep: leave both sides' tensors as they are.
        Raises SessionError for tensors that hold no numbers, or of which none has a partner.
        """
        self.keep, self.values = keep, self.reference.ask("read")
        refuse_no_numbers(self.values)
        reference, port = self.records["reference"], self.records["port"]
        self.own = self.port.ask("read")
        calls, feeders = self.find_order("reference", self.reference, self.inputs, self.values)
        given = self.give_port(self.inputs)
        port_calls, port_feeders = self.find_order("port", self.port, given, self.own)
        if not keep:
            names = list_constant(reference.tensors, self.values)
            self.values |= draw_values(names, self.values)
            if names:
                told = f"{names[0]} and {len(names) - 1} more" if names[1:] else names[0]
                self.notes.append(
                    f"tensors that are all 0 or all 1 were given other values on both sides, so "
                    f"that a fault can show: {told}"
                )
        both = feeders, port_feeders
        self.pairing = pair_tensors(reference, port, calls, port_calls, fixed, both)
        if not (keep and self.pairing.pairs):
            refuse_unpaired(self.pairing, self.values, self.own)

    def find_order(
        self, side: str, session: Asked, inputs: Sequence[np.ndarray], values: Arrays
    ) -> tuple[list[str], dict[str, str]]:
        """Return in which order one side calls its layers, and what feeds each.

        values: of its tensors. Those of no layer of a known kind are known by them: if they are
        all 0 or all 1 they have others meanwhile.
        """
        record = self.records[side]
        kinds = {layer.name: layer.kind for layer in record.layers}
        bare = [tensor for tensor in record.tensors if not kinds.get(tensor.layer)]
        drawn = draw_values(list_constant(bare, values), values)
        if drawn:
            session.ask("write", values=drawn)
        run = read_run(session.ask("run", inputs=inputs, options=self.record(side)))
        if drawn:
            session.ask("write", values={name: values[name] for name in drawn})
        own = {tensor.name: (values | drawn)[tensor.name] for tensor in bare}
        return list_call_order(record, run, own), list_feeders(record, run)

    def record(self, side: str) -> dict[str, Any]:
        """Return the options of a run whose steps are kept: layers of a kind are one step each."""
        layers = self.records[side].layers
        parents = {layer.parent for layer in layers}
        whole = [one.name for one in layers if one.kind and one.name in parents]
        return {"record": True, "leaves": whole}

    def set_pairing(self, pairing: Pairing) -> None:
        """Take another way to pair the tensors."""
        self.pairing = pairing
        self.__dict__.pop("relaid", None)  # which it decides

    def write(self, dtype: str) -> None:
        """Give both sides the tensors, rounded to what the port computes in, unless they have them.

        A port that keeps its own gives them, in its process of this dtype.
        """
        values = round_arrays(self.values, dtype)
        if fresh := self.written.get("reference") != dtype:
            self.reference.send("write", values=values)
        if self.keep:
            self.own = self.ports[dtype].ask("read")
        elif self.written.get(dtype) is not self.pairing:
            self.ports[dtype].ask("write", values=self.carry(values))
        if fresh:
            self.reference.receive()
        self.written |= {"reference": dtype, dtype: self.pairing}

    def carry(self, values: Mapping[str, np.ndarray]) -> Arrays:
        """Return tensors of the reference in the port's layout, by the port's names, in float64.

        values: of the reference's tensors; those left out count as 0, and a layer of the port's
        that has nothing of them is left out.
        """
        assert self.pairing is not None
        whole = {
            n: values[n] if n in values else np.broadcast_to(np.float64(0), v.shape)
            for n, v in self.values.items()
        }
        own = {
            n: v.astype(np.float64, copy=False) if v.dtype.kind == "f" else v
            for n, v in self.own.items()
        }
        records = self.records["reference"], self.records["port"]
        return carry(self.pairing, whole, own, *records, values.keys())

    @cached_property
    def relaid(self) -> dict[str, tuple[str, ...]]:
        """The port's tensors that have the reference's elements and no sums of them.

        Each with the tensors that they are of. What is derived by one is derived by the other then.
        """
        assert self.pairing is not None
        rng = np.random.default_rng(0)
        carried = self.carry({n: rng.choice(MARKS, v.shape) for n, v in self.values.items()})
        return {
            name: pair.reference
            for pair in self.pairing.pairs
            for name in pair.port
            if name in carried and np.all(np.isin(carried[name], MARKS))
        }


def count_lacking(reference: Sequence[TensorRecord], port: Sequence[TensorRecord]) -> int:
    """Return how many tensors of the port have no partner of their size in the reference.

    Those of one axis, as biases, say nothing of the layout of what a model is given.
    """
    sizes = [
        Counter(int(np.prod(one.shape)) for one in side if len(one.shape) > 1)
        for side in (port, reference)
    ]
    return (sizes[0] - sizes[1]).total()


def round_arrays(values: Mapping[str, np.ndarray], dtype: str) -> Arrays:
    """Return arrays of fractions rounded to dtype, and held in float64."""
    return {
        name: value.astype(dtype).astype(np.float64) if value.dtype.kind == "f" else value
        for name, value in values.items()
    }
