import numpy as np


def embedding_gradient(C, Xb, demb):
    dC = np.zeros_like(C)
    for k in range(Xb.shape[0]):
        for j in range(Xb.shape[1]):
            dC[Xb[k, j]] += demb[k, j]
    return dC


def cases():
    rng = np.random.default_rng(0)
    Xb = np.array([[1, 1, 2], [0, 3, 3]])
    yield (
        "embedding_gradient",
        {"C": rng.normal(size=(5, 2)), "Xb": Xb, "demb": rng.normal(size=(2, 3, 2))},
    )
