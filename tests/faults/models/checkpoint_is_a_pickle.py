"""Loads a checkpoint that is a pickle of code: torch refuses it.

says: make_model() failed: UnpicklingError
exit: 2
"""

import io
import pickle

import torch


def make_model():
    return torch.load(io.BytesIO(pickle.dumps(print)))
