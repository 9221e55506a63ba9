# coding: utf-8
import torch


def cross_entropy_error(y, t):
    """log(0) 対策に下限だけ切る"""
    if y.dim() == 1:
        y, t = y.unsqueeze(0), t.unsqueeze(0)
    logp = torch.log(torch.clamp(y, min=1e-7))
    if t.dim() == 2:
        return -(t * logp).sum() / y.size(0)
    return -logp.gather(1, t.long().view(-1, 1)).sum() / y.size(0)


def sum_squares_error(y, t):
    return torch.sum((y - t).pow(2)) / 2
