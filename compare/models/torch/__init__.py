"""A torch model in its own process: described, run, recorded, forced, rounded at random."""

from .torch_side import TorchSide

__all__ = ["TorchSide"]
