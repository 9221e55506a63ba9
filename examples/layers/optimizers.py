"""One step of an optimizer in NumPy: what is given stays, what is new is returned."""

import numpy as np


def sgd_step(p, grad, velocity, lr=0.01, momentum=0.9, nesterov=False):
    """p, grad, velocity of one shape: the next p and velocity, which holds no learning rate."""
    velocity = momentum * velocity + grad
    direction = grad + momentum * velocity if nesterov else velocity
    return p - lr * direction, velocity


def adam_step(p, grad, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    """p, grad, m, v of one shape, t from 1: the next p, m and v."""
    m = b1 * m + (1 - b1) * grad
    v = b2 * v + (1 - b2) * grad**2
    m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
    return p - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def adamw_step(p, grad, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8, decay=0.01):
    """As adam_step, after p has shrunk by lr * decay (Loshchilov and Hutter 2019)."""
    return adam_step(p * (1 - lr * decay), grad, m, v, t, lr, b1, b2, eps)


def rmsprop_step(p, grad, s, lr=0.01, alpha=0.99, eps=1e-8):
    """p, grad, s of one shape: the next p and s."""
    s = alpha * s + (1 - alpha) * grad**2
    return p - lr * grad / (np.sqrt(s) + eps), s


def cases():
    rng = np.random.default_rng(6)
    p, grad, m = rng.normal(size=(3, 2, 5))
    v, none = m**2 + 0.01, np.zeros((2, 5))
    state = {"p": p, "grad": grad, "velocity": m}
    yield "sgd_step", state
    yield "sgd_step first", {**state, "velocity": none, "lr": 0.1, "momentum": 0.5}
    yield "sgd_step nesterov", {**state, "nesterov": True}

    for name in ("adam_step", "adamw_step"):
        state = {"p": p, "grad": grad, "m": m, "v": v}
        yield f"{name} first", {**state, "m": none, "v": none, "t": 1}
        yield f"{name} seventh", {**state, "t": 7}
        yield f"{name} other rates", {**state, "t": 3, "lr": 0.02, "b1": 0.8, "b2": 0.95}
        small = {"grad": 1e-4 * grad, "m": 1e-4 * m, "v": 1e-8 * v}
        yield f"{name} small gradients", {**state, **small, "t": 2, "eps": 1e-3}
    yield "adamw_step strong decay", {**state, "t": 5, "lr": 0.1, "decay": 0.3}

    state = {"p": p, "grad": grad, "s": v}
    yield "rmsprop_step", state
    yield "rmsprop_step faster", {**state, "lr": 0.1, "alpha": 0.9}
    small = {"grad": 1e-4 * grad, "s": 1e-8 * v, "eps": 1e-3}
    yield "rmsprop_step small gradients", {**state, **small}
