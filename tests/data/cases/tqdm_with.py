"""A progress bar as a context manager, tqdm not installed in Trueport's environment."""

import numpy as np
from tqdm import tqdm


def numerical_gradient(f, x):
    assert x.dtype.kind == "f"  # an integer array is refused: that is another kind
    step, grad = 1e-4, np.zeros(x.shape)
    with tqdm(total=x.size, desc="gradient") as bar:
        for place in np.ndindex(x.shape):
            kept = x[place]
            x[place] = float(kept) + step
            up = f(x)
            x[place] = kept - step
            grad[place] = (up - f(x)) / (2 * step)
            x[place] = kept
            bar.update(1)
    return grad
