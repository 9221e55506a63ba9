"""Writes rubbish in the place of its answers, before they are there.

exit: 0
"""

from pathlib import Path

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        words = Path("/proc/self/cmdline").read_text().split("\0")
        folder = Path(next(word for word in words if word.endswith("job.json"))).parent
        for asked in folder.glob("asked-*"):
            number = asked.stem.removeprefix("asked-")
            (folder / f"answer-{number}.message").write_bytes(b"rubbish" * 9)
        return self.second(torch.relu(self.first(x)))


def make_model():
    return Net()
