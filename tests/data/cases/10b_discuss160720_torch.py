# As 10: the loss in a file, for `trueport check`.
import torch
from torch import nn


def mse_loss(y, t):
    return nn.MSELoss()(y, t)
