import torch


def numerical_gradient(f, x):
    if not x.is_floating_point():
        raise TypeError('float tensor expected')
    h = 1e-4
    grad = torch.zeros_like(x)
    flat, out = x.view(-1), grad.view(-1)
    with torch.no_grad():
        for i in range(flat.numel()):
            v = flat[i].item()
            flat[i] = v + h
            hi = f(x)
            flat[i] = v - h
            lo = f(x)
            out[i] = (hi - lo) / (2 * h)
            flat[i] = v
            return grad
