import numpy as np

EPS = 1e-7


def cee(y, t):
    """교차 엔트로피 (log(0) 방지: clip)"""
    y = np.atleast_2d(np.clip(y, EPS, 1 - EPS))
    t = np.asarray(t)
    if t.shape in ((), (y.shape[0],)) and t.dtype.kind in 'iu':
        t = np.eye(y.shape[1])[t.reshape(-1)]
    t = t.reshape(y.shape)
    return float(-(t * np.log(y)).sum() / y.shape[0])
