from dataclasses import dataclass

import torch
import torch.nn as nn


@dataclass
class ReaderConfig:
    dim: int = 24
    heads: int = 4
    ffn_mult: int = 2
    eps: float = 1e-6


class CrossAttention(nn.Module):
    def __init__(self, cfg: ReaderConfig):
        super().__init__()
        self.h = cfg.heads
        self.scale = cfg.dim ** -0.5
        self.to_q = nn.Linear(cfg.dim, cfg.dim)
        self.to_kv = nn.Linear(cfg.dim, 2 * cfg.dim)
        self.to_out = nn.Linear(cfg.dim, cfg.dim)

    def forward(self, x, memory):
        b, n, d = x.shape
        q = self.to_q(x).reshape(b, n, self.h, -1).permute(0, 2, 1, 3)
        k, v = self.to_kv(memory).reshape(b, memory.shape[1], 2, self.h, -1).permute(2, 0, 3, 1, 4)
        attn = torch.einsum("bhid,bhjd->bhij", q, k) * self.scale
        out = torch.einsum("bhij,bhjd->bhid", attn.softmax(-1), v)
        return self.to_out(out.permute(0, 2, 1, 3).reshape(b, n, d))


class QuestionReader(nn.Module):
    def __init__(self, cfg: ReaderConfig):
        super().__init__()
        self.norm_question = nn.LayerNorm(cfg.dim, eps=cfg.eps)
        self.norm_context = nn.LayerNorm(cfg.dim, eps=cfg.eps)
        self.attend = CrossAttention(cfg)
        self.ffn = nn.Sequential(
            nn.LayerNorm(cfg.dim, eps=cfg.eps),
            nn.Linear(cfg.dim, cfg.ffn_mult * cfg.dim),
            nn.ReLU(),
            nn.Linear(cfg.ffn_mult * cfg.dim, cfg.dim),
        )
        self.span = nn.Linear(cfg.dim, 2)

    def forward(self, question, context):
        x = question + self.attend(self.norm_question(question), self.norm_context(context))
        x = x + self.ffn(x)
        return self.span(x)


def span_reader():
    return QuestionReader(ReaderConfig())
