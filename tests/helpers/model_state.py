"""Everything of a torch model and its process that a comparison must leave as it was."""

import random
from typing import Any

import numpy as np
import torch


def take_state(model: torch.nn.Module) -> dict[str, Any]:
    """What can be compared with `==`, bit for bit."""
    tensors = [*model.named_parameters(), *model.named_buffers()]
    return {
        "values": {name: (id(t), t.detach().numpy().tobytes(), t.dtype) for name, t in tensors},
        "trained": {name: (t.requires_grad, t.grad is None) for name, t in tensors},
        "modes": [module.training for module in model.modules()],
        "hooks": [
            [*map(id, m._forward_hooks.values()), *map(id, m._forward_pre_hooks.values())]
            for m in model.modules()
        ],
        "attributes": [sorted(vars(module)) for module in model.modules()],
        "torch": torch.get_rng_state().numpy().tobytes(),
        "python": random.getstate(),
        "numpy": np.random.get_state()[1].tobytes(),
        "dtype": torch.get_default_dtype(),
        "threads": torch.get_num_threads(),
        "grad": torch.is_grad_enabled(),
    }
