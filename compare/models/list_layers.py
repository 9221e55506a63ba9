"""Both models as one list of paired layers, in the reference's order. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..judging.model_details import LayerRow, LayerSide
from .compare_models import END, ModelComparison
from .layer_tree import LayerTree
from .pairing import Pairing
from .records import LayerRecord, StepRecord
from .step_pair import StepPair, name_step

MAX_NAMED = 6  # functions named of those between two layers


@dataclass(frozen=True)
class Placed:
    """A row, and which step of the port its partner is, -1 for none."""

    row: LayerRow
    place: int = -1


def list_layers(
    trees: tuple[LayerTree, LayerTree], pairing: Pairing, found: ModelComparison
) -> list[LayerRow]:
    """Return the rows. trees: of the reference and of the port, as they ran in found."""
    listing = LayerListing(trees, pairing, found)
    placed = list(listing.walk(trees[0].root, 0))
    for layer in listing.list_lonely():
        place = trees[1].places.get(layer.name, len(trees[1].run.steps))
        before = [n for n, one in enumerate(placed) if -1 < one.place < place]
        at = before[-1] + 1 if before else 0
        depth = placed[at - 1].row.depth if before else 0
        row = LayerRow("layer", depth, None, trees[1].describe([layer.name]))
        placed.insert(at, Placed(row, place))
    return [one.row for one in placed] + list(listing.list_end())


class LayerListing:
    """The rows of the reference's layers, each with its partner."""

    def __init__(
        self, trees: tuple[LayerTree, LayerTree], pairing: Pairing, found: ModelComparison
    ) -> None:
        self.theirs, self.mine = trees
        self.found = found
        self.partners: dict[str, dict[str, None]] = {}
        touched = [(pair.reference.layer, pair.port.layer) for pair in found.pairs]
        touched += [(pair.reference_first.layer, pair.port_first.layer) for pair in found.pairs]
        for one, other in [*pairing.layer_pairs, *touched]:
            if one and other:
                self.partners.setdefault(one, {})[other] = None

    def walk(self, name: str, depth: int) -> Iterator[Placed]:
        """Yield what a layer of the reference holds: layers, and paired calls of functions."""
        calls = [
            (self.find_place(pair.reference), pair)
            for pair in self.found.pairs
            if not pair.reference.layer and self.find_caller(pair.reference) == name
        ]
        place = -1
        for layer in self.theirs.sort_below(name):
            place = max(place, self.theirs.places.get(layer.name, place))
            for call in [one for one in calls if one[0] < place]:
                calls.remove(call)
                yield from self.list_function(call[1], depth)
            yield from self.list_layer(layer, depth)
        for _, pair in calls:
            yield from self.list_function(pair, depth)

    def list_layer(self, layer: LayerRecord, depth: int) -> Iterator[Placed]:
        """Yield the rows of one layer, and of those that it holds."""
        side = self.theirs.describe([layer.name])
        if self.theirs.is_holder(layer):
            yield Placed(LayerRow("holder", depth, side, self.find_holder(layer.name)))
            yield from self.walk(layer.name, depth + 1)
            return
        pairs = [p for p in self.found.pairs if layer.name in (p.reference.layer, first_layer(p))]
        for pair in pairs:
            if first_layer(pair) == layer.name:
                yield from self.list_between(pair, depth)
        names = tuple(pair.name for pair in pairs)
        partners = list(self.partners.get(layer.name, ()))
        if partners:
            place = max(self.mine.places.get(name, -1) for name in partners)
            row = LayerRow("layer", depth, side, self.mine.describe(partners), names)
            yield Placed(row, place)
            return
        function = next((p.port for p in pairs), None)
        port = None if function is None else self.mine.describe_function(function)
        place = -1 if function is None else self.find_port_place(function)
        yield Placed(LayerRow("layer", depth, side, port, names), place)

    def list_function(self, pair: StepPair, depth: int) -> Iterator[Placed]:
        """Yield the rows of a call of a function, which a layer or a function stands for."""
        yield from self.list_between(pair, depth)
        layer = pair.port.layer
        mine = self.mine.describe([layer]) if layer else self.mine.describe_function(pair.port)
        side = self.theirs.describe_function(pair.reference)
        place = self.find_port_place(pair.port)
        yield Placed(LayerRow("function", depth, side, mine, (pair.name,)), place)

    def list_between(self, pair: StepPair, depth: int) -> Iterator[Placed]:
        """Yield what is done on both sides before a call."""
        if not pair.inputs:
            return
        theirs = {one.reference.key for one in self.found.pairs}
        mine = {one.port.key for one in self.found.pairs}
        sides = (
            name_functions(list_before(self.theirs.run.steps, pair.reference_first.key, theirs)),
            name_functions(list_before(self.mine.run.steps, pair.port_first.key, mine)),
        )
        yield Placed(LayerRow("between", depth, *sides, (pair.input_name,)))

    def list_end(self) -> Iterator[LayerRow]:
        """Yield what is done behind the last layer."""
        pairs = self.found.pairs
        last = max((self.find_place(pair.reference) for pair in pairs), default=-1)
        theirs = [step for step in self.theirs.run.steps[last + 1 :] if not step.layer]
        last = max((self.find_port_place(pair.port) for pair in pairs), default=-1)
        mine = [step for step in self.mine.run.steps[last + 1 :] if not step.layer]
        yield LayerRow("between", 0, name_functions(theirs), name_functions(mine), (END,))

    def list_lonely(self) -> list[LayerRecord]:
        """Return the port's layers that no row shows."""
        shown = {name for names in self.partners.values() for name in names}
        shown |= {pair.port.layer for pair in self.found.pairs}
        return [layer for layer in self.mine.list_leaves() if layer.name not in shown]

    def find_holder(self, name: str) -> LayerSide | None:
        """Return the layer of the port that holds the partners of what a layer holds, if any."""
        held = [n for n in self.theirs.layers if name in self.theirs.list_holders(n)]
        partners = [other for n in held for other in self.partners.get(n, ())]
        chains = [[*self.mine.list_holders(other)][1:] for other in partners]
        common = [n for n in (chains[0] if chains else []) if all(n in chain for chain in chains)]
        common = [n for n in common if n != self.mine.root]
        return self.mine.describe(common[:1]) if common else None

    def find_caller(self, step: StepRecord) -> str:
        """Return the reference's layer that calls a function, the model itself if it is unknown."""
        name = step.key.rpartition("/")[0]
        layer = self.theirs.layers.get(name)
        known = layer is not None and (name == self.theirs.root or self.theirs.is_holder(layer))
        return name if known else self.theirs.root

    def find_place(self, step: StepRecord) -> int:
        """Return which step of the reference one is."""
        return next(n for n, one in enumerate(self.theirs.run.steps) if one.key == step.key)

    def find_port_place(self, step: StepRecord) -> int:
        """Return which step of the port one is."""
        return next(n for n, one in enumerate(self.mine.run.steps) if one.key == step.key)


def first_layer(pair: StepPair) -> str:
    """Return the reference's layer that is given the inputs of a pair."""
    return pair.reference_first.layer


def list_before(steps: Sequence[StepRecord], key: str, paired: set[str]) -> list[StepRecord]:
    """Return the steps between a call and the paired one before it."""
    place = next((n for n, step in enumerate(steps) if step.key == key), 0)
    last = max((n for n in range(place) if steps[n].key in paired), default=-1)
    return list(steps[last + 1 : place])


def name_functions(steps: Sequence[StepRecord]) -> LayerSide | None:
    """Return functions as one thing; None for none."""
    if not steps:
        return None
    names = [name_step(step) for step in steps]
    shown = ", ".join(names[:MAX_NAMED]) + (", ..." if names[MAX_NAMED:] else "")
    return LayerSide(shown, next((step.where for step in steps if step.where), ""))
