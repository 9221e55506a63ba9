import torch
from torch import nn


class LoadForecaster(nn.Module):
    """Day-ahead electricity load from hourly features."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(input_size=6, hidden_size=24, batch_first=True)
        self.dense1 = nn.Linear(24, 16)
        self.relu = nn.ReLU()
        self.dense2 = nn.Linear(16, 4)

    def forward(self, x, h0=None):
        out, _ = self.gru(x, h0)
        out = self.relu(self.dense1(out[:, -1]))
        return self.dense2(out)
