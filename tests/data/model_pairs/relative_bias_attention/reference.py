import torch
from torch import nn


class RelBiasAttentionPool(nn.Module):
    """Self-attention with an additive learned position bias, then a cross-attention
    read-out by a few learned queries."""

    def __init__(self, d_model: int = 32, n_heads: int = 4, seq_len: int = 10, n_queries: int = 3, n_out: int = 5):
        super().__init__()
        self.n_heads = n_heads
        self.pos_bias = nn.Parameter(torch.randn(n_heads, seq_len, seq_len) * 0.2)
        self.self_attn = nn.MultiheadAttention(d_model, n_heads, batch_first=True)
        self.norm = nn.LayerNorm(d_model)
        self.queries = nn.Parameter(torch.randn(n_queries, d_model))
        self.cross_attn = nn.MultiheadAttention(d_model, n_heads, batch_first=True)
        self.out = nn.Linear(d_model, n_out)

    def forward(self, x):
        b = x.size(0)
        mask = self.pos_bias.repeat(b, 1, 1)  # (B*H, T, T), added to the scores
        a, _ = self.self_attn(x, x, x, attn_mask=mask, need_weights=False)
        x = self.norm(x + a)
        q = self.queries.unsqueeze(0).expand(b, -1, -1)
        r, _ = self.cross_attn(q, x, x, need_weights=False)
        return self.out(r)
