"""Tensors that only have other names in another framework."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .filling import fill_tensors

Arrays = Mapping[str, np.ndarray]
Settings = Mapping[str, Any]

FACTORS = ("scale", "variance")  # 1 where a layer has none


def rename_to_common(roles: Mapping[str, str]) -> Any:
    """Return a `to_common` by a framework's role for each common one; others are left out."""

    def to_common(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
        return {roles[role]: value for role, value in tensors.items() if role in roles}

    return to_common


def rename_from_common(roles: Mapping[str, str]) -> Any:
    """Return a `from_common` by a framework's role for each common one."""
    ones = tuple(role for role, common in roles.items() if common in FACTORS)

    def from_common(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
        carried = {role: value for role, value in now.items() if role in roles}
        return fill_tensors(carried, {role: common.get(roles[role]) for role in carried}, ones)

    return from_common
