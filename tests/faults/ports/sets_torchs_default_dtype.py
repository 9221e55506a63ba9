"""Sets torch's default dtype, which the next function relies on.

faulty: faithful
says: faulty changes torch's default dtype
memory: 3000
exit: 0
"""

import torch


def faulty(x):
    torch.set_default_dtype(torch.float16)
    return torch.tanh(x) * 1.5


def before(x):
    return torch.exp(-x) / (1.0 + x)


def after(x):
    return torch.log(torch.exp(x) + torch.ones(()))
