"""One step of torch's own optimizers, from a state that is given."""

import torch


def _step(kind, p, grad, state, **options):
    """Return the next p of an optimizer, and its state."""
    p = torch.nn.Parameter(p.detach().clone())
    p.grad = grad.detach().clone()
    optimizer = kind([p], **options)
    optimizer.state[p] = {name: value.detach().clone() for name, value in state.items()}
    optimizer.step()
    return p.detach(), optimizer.state[p]


def sgd_step(p, grad, velocity, lr=0.01, momentum=0.9, nesterov=False):
    state = {"momentum_buffer": velocity}
    options = {"lr": lr, "momentum": momentum, "nesterov": nesterov}
    p, state = _step(torch.optim.SGD, p, grad, state, **options)
    return p, state["momentum_buffer"]


def adam_step(p, grad, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    state = {"step": torch.tensor(t - 1.0), "exp_avg": m, "exp_avg_sq": v}
    options = {"lr": lr, "betas": (b1, b2), "eps": eps}
    p, state = _step(torch.optim.Adam, p, grad, state, **options)
    return p, state["exp_avg"], state["exp_avg_sq"]


def adamw_step(p, grad, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8, decay=0.01):
    # Adam(weight_decay=...) would add the decay to the gradient instead
    state = {"step": torch.tensor(t - 1.0), "exp_avg": m, "exp_avg_sq": v}
    options = {"lr": lr, "betas": (b1, b2), "eps": eps, "weight_decay": decay}
    p, state = _step(torch.optim.AdamW, p, grad, state, **options)
    return p, state["exp_avg"], state["exp_avg_sq"]


def rmsprop_step(p, grad, s, lr=0.01, alpha=0.99, eps=1e-8):
    state = {"step": torch.tensor(0.0), "square_avg": s}
    options = {"lr": lr, "alpha": alpha, "eps": eps}
    p, state = _step(torch.optim.RMSprop, p, grad, state, **options)
    return p, state["square_avg"]
