import torch
import torch.nn.functional as F


def focal_loss(input, target, gamma=2.0):
    ce_loss = F.cross_entropy(input, target)
    pt = torch.exp(-ce_loss)
    return ((1 - pt) ** gamma * ce_loss).mean()
