"""Lets the processor round the smallest numbers to zero.

faulty: faithful
says: faulty changes how the smallest numbers are rounded
memory: 3000
exit: 0
"""

import torch


def faulty(x):
    torch.set_flush_denormal(True)
    return torch.tanh(x) * 1.5


def before(x):
    return torch.exp(-x) / (1.0 + x)


def after(x):
    return torch.log(torch.exp(x) + 1.0)
