"""The reference's values in the port's tensors, by the table of pairs."""

from collections.abc import Mapping, Set

import numpy as np

from .common_tensors import convert_from_common, convert_to_common
from .pair_tensors import Pairing, TensorPair
from .records import Arrays, ModelRecord


def carry(
    pairing: Pairing,
    reference_tensors: Mapping[str, np.ndarray],
    port_tensors: Mapping[str, np.ndarray],
    reference: ModelRecord,
    port: ModelRecord,
    wanted: Set[str],
) -> Arrays:
    """Return the port's tensors with the reference's values, by name: those of paired layers.

    reference_tensors, port_tensors: every tensor of the two models, as they are now. A tensor of
    the port's keeps its dtype. wanted: tensors of the reference; layers of the port that have
    nothing of these are left out.
    """
    tied = {tensor.name: tensor.tied for tensor in reference.tensors}
    layers = {
        pair.target
        for pair in pairing.pairs
        if any(name in wanted or tied.get(name) in wanted for name in pair.reference)
    }
    values: dict[str, dict[str, np.ndarray]] = {}
    targets: dict[str, dict[str, np.ndarray]] = {}
    for pair in [pair for pair in pairing.pairs if pair.target in layers]:
        for source in pair.sources:
            if source.layer not in values:
                values[source.layer] = convert_to_common(reference, source.layer, reference_tensors)
        targets.setdefault(pair.target, {})[pair.target_role] = _build(pair, values)
    carried: Arrays = {}
    for target, common in targets.items():
        new = convert_from_common(port, target, common, port_tensors)
        for name, value in new.items():
            kept = port_tensors[name].dtype if name in port_tensors else value.dtype
            carried[name] = np.asarray(value, dtype=kept)
    return carried


def _build(pair: TensorPair, values: Mapping[str, Mapping[str, np.ndarray]]) -> np.ndarray:
    parts = []
    for source in pair.sources:
        value = values[source.layer][source.role]
        part = slice(source.start, source.stop)
        if value.ndim:  # a scalar has no last axis to take a part of
            value = value[(slice(None),) * (source.axis % value.ndim) + (part,)]
        value = value.reshape(source.split or value.shape)
        if source.order:
            blocks = np.split(value, len(source.order), axis=-1)
            value = np.concatenate([blocks[place] for place in source.order], axis=-1)
        parts.append(value.transpose(source.axes) if source.axes else value)
    whole = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=pair.sources[0].axis)
    return whole.reshape(pair.shape) if whole.size == np.prod(pair.shape) else whole
