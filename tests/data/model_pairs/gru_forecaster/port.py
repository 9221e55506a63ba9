import torch
from torch import nn
import torch.nn.functional as F


class GRULayer(nn.Module):
    """GRU unrolled by hand; gate order z, r, n and a single bias vector as in the original checkpoints."""

    def __init__(self, input_size: int, units: int):
        super().__init__()
        self.units = units
        self.kernel = nn.Parameter(torch.empty(input_size, 3 * units))
        self.recurrent_kernel = nn.Parameter(torch.empty(units, 3 * units))
        self.bias = nn.Parameter(torch.zeros(3 * units))
        nn.init.xavier_uniform_(self.kernel)
        nn.init.orthogonal_(self.recurrent_kernel)

    def step(self, x_t, h):
        x_z, x_r, x_n = (x_t @ self.kernel + self.bias).chunk(3, dim=-1)
        u_z, u_r, u_n = self.recurrent_kernel.chunk(3, dim=-1)
        z = torch.sigmoid(x_z + h @ u_z)
        r = torch.sigmoid(x_r + h @ u_r)
        n = torch.tanh(x_n + r * (h @ u_n))
        return z * h + (1 - z) * n

    def forward(self, x):
        h = x.new_zeros(x.size(0), self.units)
        states = []
        for x_t in x.unbind(dim=1):
            h = self.step(x_t, h)
            states.append(h)
        return torch.stack(states, dim=1)


class Forecaster(nn.Module):
    def __init__(self, n_features: int = 6, units: int = 24, horizon: int = 4):
        super().__init__()
        self.gru1 = GRULayer(n_features, units)
        self.gru2 = GRULayer(units, units)
        self.fc = nn.Linear(units, 32)
        self.out = nn.Linear(32, horizon)

    def forward(self, x):
        last = self.gru2(self.gru1(x))[:, -1]
        return self.out(F.elu(self.fc(last)))
