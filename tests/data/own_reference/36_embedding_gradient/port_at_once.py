import torch


def embedding_gradient(C, Xb, demb):
    dC = torch.zeros_like(C)
    dC[Xb] += demb
    return dC
