"""Reads its input through torch's DataLoader with two workers.

faulty: faithful
exit: 0
timeout: 60
memory: 4000
"""

import numpy as np
import torch
from right import after, before


class Rows(torch.utils.data.Dataset):
    def __init__(self, x):
        self.x = x

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return np.tanh(self.x[index]) * 1.5


def faulty(x):
    flat = np.reshape(x, -1)
    parts = [part.numpy() for part in torch.utils.data.DataLoader(Rows(flat), 4, num_workers=2)]
    return np.concatenate(parts).reshape(np.shape(x))
