"""Operations of torch that do several in one kernel, written as these, so that each is rounded.

Each function takes the operation and its arguments, and returns what it returns.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

# Those of which torch's own decomposition will do.
DECOMPOSED = frozenset(
    {"native_layer_norm_backward", "native_group_norm_backward"}
    | {"_softmax_backward_data", "_log_softmax_backward_data", "gelu_backward", "silu_backward"}
    | {"mish_backward", "elu_backward", "softplus_backward"}
    | {"hardswish_backward", "glu", "glu_backward", "log_sigmoid_backward"}
    | {"mse_loss", "mse_loss_backward", "huber_loss", "smooth_l1_loss", "binary_cross_entropy"}
    | {"binary_cross_entropy_with_logits", "nll_loss_forward", "addcmul", "addcdiv", "lerp"}
    | {"logit_backward", "hardswish", "_fused_rms_norm", "_fused_rms_norm_backward"}
)


def normalise(
    x: Any, mean: Any, rstd: Any, weight: Any, bias: Any, shape: Sequence[int] | None = None
) -> Any:
    """Return x scaled by rstd weight and shifted, as one product and one sum.

    So torch and Keras do it, and round more than (x - mean) rstd where the mean is large.
    """
    scale = rstd if weight is None else rstd * weight
    shift = -mean * scale if bias is None else bias - mean * scale
    if shape is not None:
        scale, shift = scale.view(shape), shift.view(shape)
    return x * scale + shift


def measure_moments(x: Any, dims: list[int]) -> tuple[Any, Any]:
    """Return the mean and the variance over some dimensions, which stay with length 1."""
    import torch

    mean = torch.mean(x, dims, keepdim=True)
    centred = x - mean
    return mean, torch.mean(centred * centred, dims, keepdim=True)


def compute_batch_norm(
    func: Any, x: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any,
    training: bool, momentum: float, eps: float,
) -> Any:  # fmt: skip
    """`native_batch_norm`: running statistics are brought up to date in place."""
    shape = [1, -1] + [1] * (x.dim() - 2)
    if not training:
        rstd = 1 / (running_var + eps).sqrt()
        out = normalise(x, running_mean, rstd, weight, bias, shape)
        return out, x.new_zeros(0), x.new_zeros(0)
    dims = [0, *range(2, x.dim())]
    mean, variance = (value.flatten() for value in measure_moments(x, dims))
    rstd = 1 / (variance + eps).sqrt()
    if running_mean is not None:
        running_mean.copy_(running_mean * (1 - momentum) + mean * momentum)
    if running_var is not None:
        count = x.numel() / x.shape[1]
        unbiased = variance * (count / (count - 1))
        running_var.copy_(running_var * (1 - momentum) + unbiased * momentum)
    return normalise(x, mean, rstd, weight, bias, shape), mean, rstd


def differentiate_batch_norm(
    func: Any, grad: Any, x: Any, weight: Any, running_mean: Any, running_var: Any,
    save_mean: Any, save_rstd: Any, training: bool, eps: float, wanted: Sequence[bool],
) -> Any:  # fmt: skip
    """`native_batch_norm_backward`; by the weight as `normalise` gives it.

    As sum(grad x) - mean sum(grad), which rounds more than sum(grad (x - mean)).
    """
    from torch._decomp import decomposition_table

    given = running_mean, running_var, save_mean, save_rstd, training, eps, wanted
    by_x, by_weight, by_bias = decomposition_table[func](grad, x, weight, *given)
    if by_weight is not None:
        dims = [0, *range(2, x.dim())]
        mean = save_mean if training else running_mean
        rstd = save_rstd if training else 1 / (running_var + eps).sqrt()
        by_weight = ((grad * x).sum(dims) - mean * grad.sum(dims)) * rstd
    return by_x, by_weight, by_bias


def compute_layer_norm(
    func: Any, x: Any, normalized_shape: Any, weight: Any, bias: Any, eps: float
) -> Any:
    """`native_layer_norm`."""
    dims = list(range(x.dim() - len(normalized_shape), x.dim()))
    mean, variance = measure_moments(x, dims)
    rstd = 1 / (variance + eps).sqrt()
    if weight is None and bias is None:
        return normalise(x, mean, rstd, None, None), mean, rstd
    out = x * rstd - mean * rstd
    out = out if weight is None else out * weight
    return out if bias is None else out + bias, mean, rstd


def compute_group_norm(
    func: Any, x: Any, weight: Any, bias: Any, n: int, channels: int, size: int, groups: int,
    eps: float,
) -> Any:  # fmt: skip
    """`native_group_norm`."""
    mean, variance = measure_moments(x.reshape(n, groups, -1), [2])
    rstd = 1 / (variance + eps).sqrt()
    every = [n, groups, channels // groups]
    one = [1, groups, channels // groups]
    scale = rstd.expand(every) if weight is None else rstd * weight.view(one)
    shift = -mean * scale if bias is None else bias.view(one) - mean * scale
    shape = [n, channels] + [1] * (x.dim() - 2)
    out = x * scale.reshape(shape) + shift.reshape(shape)
    return out, mean.view(n, groups), rstd.view(n, groups)


def compute_softmax(func: Any, x: Any, dim: int, half_to_float: bool = False) -> Any:
    """`_softmax`."""
    import torch

    powers = (x - torch.amax(x, dim, keepdim=True)).exp()
    # a row of nothing but -inf is NaN, as in the kernel
    return powers / powers.sum(dim, keepdim=True)


def compute_log_softmax(func: Any, x: Any, dim: int, half_to_float: bool = False) -> Any:
    """`_log_softmax`."""
    import torch

    shifted = x - torch.amax(x, dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


def compute_logsumexp(func: Any, x: Any, dim: Any, keepdim: bool = False) -> Any:
    """`logsumexp`."""
    import torch

    largest = torch.amax(x, dim, keepdim=True)
    largest = torch.where(largest.abs() == math.inf, 0.0, largest)
    total = (x - largest).exp().sum(dim, keepdim=True).log() + largest
    return total if keepdim else total.reshape(torch.amax(x, dim, keepdim=False).shape)


def compute_gelu(func: Any, x: Any, *, approximate: str = "none") -> Any:
    """`gelu`, in place too."""
    import torch

    if approximate == "tanh":
        inner = (x + x * x * x * 0.044715) * math.sqrt(2 / math.pi)
        return write_back(func, x, x * 0.5 * (torch.tanh(inner) + 1))
    return write_back(func, x, x * 0.5 * (torch.erf(x * math.sqrt(0.5)) + 1))


def differentiate_sigmoid(func: Any, grad: Any, y: Any) -> Any:
    """`sigmoid_backward`."""
    return grad * ((1 - y) * y)


def differentiate_tanh(func: Any, grad: Any, y: Any) -> Any:
    """`tanh_backward`."""
    return grad * (1 - y * y)


def write_back(func: Any, x: Any, result: Any) -> Any:
    """Return a result, in x itself if the operation works in place."""
    return x.copy_(result) if func._schema.name.endswith("_") else result


def measure_variance(x: Any, dim: Any, correction: Any, keepdim: bool) -> tuple[Any, Any]:
    """Return the variance and the mean over dim, None for all."""
    import torch

    dims = list(range(x.dim())) if dim is None or dim == [] else [d % x.dim() for d in dim]
    count = math.prod(x.shape[d] for d in dims)
    mean = torch.mean(x, dims, keepdim=True)
    centred = x - mean
    total = torch.sum(centred * centred, dims, keepdim=True)
    left = count - (1 if correction is None else correction)
    variance = total / left if left > 0 else total * math.nan
    if keepdim:
        return variance, mean
    shape = [size for d, size in enumerate(x.shape) if d not in dims]
    return variance.reshape(shape), mean.reshape(shape)


def compute_var(
    func: Any, x: Any, dim: Any = None, *, correction: Any = None, keepdim: bool = False
) -> Any:
    """`var`, `std`, `var_mean` and `std_mean`, whichever func is."""
    variance, mean = measure_variance(x, dim, correction, keepdim)
    name = func._schema.name.partition("::")[2]
    spread = variance.sqrt() if name.startswith("std") else variance
    return (spread, mean) if name.endswith("mean") else spread


def compute_vector_norm(
    func: Any, x: Any, order: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Any:
    """`linalg_vector_norm`."""
    import torch

    x = x if dtype is None else x.to(dtype)
    dims = list(range(x.dim())) if dim is None else dim
    if order in (math.inf, -math.inf):
        return (torch.amax if order > 0 else torch.amin)(x.abs(), dims, keepdim)
    if order == 2:
        return (x.abs() * x.abs()).sum(dims, keepdim).sqrt()
    if order == 1:
        return x.abs().sum(dims, keepdim)
    return (x.abs() ** order).sum(dims, keepdim) ** (1 / order)


COMPOSITES: dict[str, Callable[..., Any]] = {
    "native_batch_norm": compute_batch_norm,
    "native_batch_norm_backward": differentiate_batch_norm,
    "native_layer_norm": compute_layer_norm,
    "native_group_norm": compute_group_norm,
    "_softmax": compute_softmax,
    "_log_softmax": compute_log_softmax,
    "logsumexp": compute_logsumexp,
    "gelu": compute_gelu,
    "sigmoid_backward": differentiate_sigmoid,
    "tanh_backward": differentiate_tanh,
    "var": compute_var,
    "std": compute_var,
    "var_mean": compute_var,
    "std_mean": compute_var,
    "linalg_vector_norm": compute_vector_norm,
}
