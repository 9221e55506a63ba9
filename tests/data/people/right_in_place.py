import numpy as np


def sigmoid(x):
    out = np.negative(x)
    np.exp(out, out=out)
    out += 1
    return np.reciprocal(out, out=out)


def softmax(x):
    work = np.array(x)
    work -= work.max(axis=-1, keepdims=True)
    np.exp(work, out=work)
    work /= work.sum(axis=-1, keepdims=True)
    return work


def cross_entropy_error(y, t):
    work = y.copy().reshape(-1, y.shape[-1])
    work += 1e-7
    np.log(work, out=work)
    t = np.asarray(t)
    if t.size == work.size:
        work *= t.reshape(work.shape)
        return -work.sum() / len(work)
    return -work[np.arange(len(work)), t.reshape(-1)].sum() / len(work)
