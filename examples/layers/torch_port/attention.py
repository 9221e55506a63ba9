"""Attention, embeddings and positions in torch."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call


def attention(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def multi_head_attention(x, w_in, b_in, w_out, b_out, heads, mask=None):
    layer = nn.MultiheadAttention(x.shape[-1], heads, batch_first=True, dtype=x.dtype)
    names = ("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")
    weights = dict(zip(names, (w_in, b_in, w_out, b_out), strict=True))
    hidden = None if mask is None else ~mask  # this one's mask is true where nobody may look
    options = {"attn_mask": hidden, "need_weights": False}
    return functional_call(layer, weights, (x, x, x), options)[0]


def embedding(ids, table):
    return F.embedding(ids, table)


def _angles(length, d, base, dtype):
    positions, columns = torch.arange(length, dtype=dtype), torch.arange(0, d, 2, dtype=dtype)
    return positions[:, None] / base ** (columns / d)


def positional_encoding(length, d, base=10000.0):
    angles = _angles(length, d, base, torch.get_default_dtype())
    return torch.stack([angles.sin(), angles.cos()], dim=-1).reshape(length, d)


def rotary(x, base=10000.0):
    angles = _angles(x.shape[1], x.shape[2], base, x.dtype)
    sin, cos = angles.sin(), angles.cos()
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)
