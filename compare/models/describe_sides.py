"""Both models as a report shows them: what they are, what they were given, layer by layer."""

from ..judging.model_details import GivenInput, ModelDetails, ModelFacts
from .compare_models import ModelComparison
from .layer_tree import LayerTree, count_parameters, shorten_type
from .list_layers import list_layers
from .two_sides import TwoSides


def describe_sides(sides: TwoSides, targets: tuple[str, str]) -> ModelDetails:
    """Return what is known before the models are compared. targets: the port's, the reference's."""
    assert sides.pairing is not None
    return ModelDetails(
        describe_side(sides, "reference", targets[1]),
        describe_side(sides, "port", targets[0]),
        unpaired_reference=sides.pairing.unpaired_reference,
        unpaired_port=sides.pairing.unpaired_port,
    )


def describe_side(sides: TwoSides, side: str, target: str) -> ModelFacts:
    """Return one model, by its process and its record."""
    facts = (sides.port if side == "port" else sides.reference).facts
    given = sides.give_port(sides.inputs) if side == "port" else sides.inputs
    record = sides.records[side]
    names = [str(one.get("name") or "") for one in record.inputs]
    names += [""] * (len(given) - len(names))
    return ModelFacts(
        target,
        facts["framework"],
        str(facts.get("model", "")),
        shorten_type(record.type),
        dict(facts["versions"]),
        tuple(
            GivenInput(name or f"input {number}", array.shape, str(array.dtype))
            for number, (name, array) in enumerate(zip(names, given, strict=False))
        ),
        *count_parameters(record.tensors),
    )


def add_layers(details: ModelDetails, sides: TwoSides, found: ModelComparison) -> None:
    """Fill in the list of layers, once: it is the same in each dtype."""
    if details.layers or found.free is None or found.forced is None or sides.pairing is None:
        return
    reference = LayerTree(sides.records["reference"], found.free)
    port = LayerTree(sides.records["port"], found.forced)
    details.layers = list_layers((reference, port), sides.pairing, found)
