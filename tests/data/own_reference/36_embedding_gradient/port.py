import torch


def embedding_gradient(C, Xb, demb):
    dC = torch.zeros_like(C)
    for k in range(Xb.shape[0]):
        dC[Xb[k]] += demb[k]
    return dC
