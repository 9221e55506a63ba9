"""Every input as data: the chapter's examples and generated ones that tell faults apart.

A case names a component and holds its inputs as NumPy arrays (float64, int64), numbers and names
of functions. Everything is drawn from one seed. Why the inputs look as they do: the sizes N, D, H,
K all differ (a mean over the wrong axis shows) except where they are all equal (a transposed
weight would otherwise raise instead of passing); probabilities of the true class run from 1e-2 to
1e-8 and 0 (an epsilon shows only there); logits and arguments reach the extremes; biases are not
zero; one sample stands beside a batch, integer labels beside one-hot ones.
"""

import numpy as np

from ...suite.case import Case, load_cases, save_arrays, save_cases
from ..contract import COMPONENTS
from . import networks
from .data import generate_data_cases
from .functions import (
    generate_activation_cases,
    generate_derivative_cases,
    generate_loss_cases,
    generate_refusal_cases,
)
from .networks import generate_network_cases, generate_start_cases, generate_update_cases

__all__ = [
    "CASES_SEED",
    "Case",
    "generate_cases",
    "generate_data_cases",
    "generate_sized_cases",
    "load_cases",
    "save_arrays",
    "save_cases",
]

CASES_SEED = 20260

CASE_GENERATORS = (
    generate_start_cases,
    generate_activation_cases,
    generate_loss_cases,
    generate_refusal_cases,
    generate_derivative_cases,
    generate_network_cases,
    generate_update_cases,
)


def generate_cases(seed: int = CASES_SEED) -> list[Case]:
    """Every case that needs no data set, in the order of the contract's components."""
    cases = [case for make in CASE_GENERATORS for case in make(np.random.RandomState(seed))]
    order = list(COMPONENTS)
    return sorted(cases, key=lambda case: order.index(case.component))


def generate_sized_cases(d: int, h: int, k: int, seed: int = CASES_SEED) -> list[Case]:
    """Return the cases of a two-layer net for a port that has one size alone."""
    return networks.generate_sized_cases(d, h, k, seed)
