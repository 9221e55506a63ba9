"""Same network without nn.MultiheadAttention: separate projections and einsum."""
import torch
import torch.nn as nn


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        assert dim % heads == 0
        self.heads, self.dh = heads, dim // heads
        self.wq = nn.Linear(dim, dim)
        self.wk = nn.Linear(dim, dim)
        self.wv = nn.Linear(dim, dim)
        self.wo = nn.Linear(dim, dim)

    def _heads(self, t):
        return t.reshape(t.shape[0], t.shape[1], self.heads, self.dh)

    def forward(self, q, kv, bias=None):
        q = self._heads(self.wq(q)) * self.dh ** -0.5
        k = self._heads(self.wk(kv))
        v = self._heads(self.wv(kv))
        logits = torch.einsum("bihd,bjhd->bhij", q, k)
        if bias is not None:
            logits = logits + bias
        p = torch.softmax(logits, dim=-1)
        ctx = torch.einsum("bhij,bjhd->bihd", p, v)
        return self.wo(ctx.reshape(ctx.shape[0], ctx.shape[1], -1))


class AttentionPoolNet(nn.Module):
    def __init__(self, dim=32, heads=4, length=10, n_queries=3, n_out=5):
        super().__init__()
        self.bias = nn.Parameter(0.2 * torch.randn(heads, length, length))
        self.latents = nn.Parameter(torch.randn(n_queries, dim))
        self.attn1 = Attention(dim, heads)
        self.ln = nn.LayerNorm(dim)
        self.attn2 = Attention(dim, heads)
        self.proj = nn.Linear(dim, n_out)

    def forward(self, x):
        x = self.ln(x + self.attn1(x, x, self.bias))
        lat = self.latents.repeat(len(x), 1, 1)
        return self.proj(self.attn2(lat, x))
