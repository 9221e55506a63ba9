from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class ViTArgs:
    image: int = 16
    patch: int = 4
    width: int = 32
    heads: int = 4
    classes: int = 6


class MultiHead(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.wq = nn.Linear(width, width)
        self.wk = nn.Linear(width, width)
        self.wv = nn.Linear(width, width)
        self.wo = nn.Linear(width, width)

    def _heads(self, t):
        b, n, c = t.shape
        return t.reshape(b, self.heads, n, c // self.heads)

    def forward(self, x):
        b, n, c = x.shape
        y = F.scaled_dot_product_attention(self._heads(self.wq(x)), self._heads(self.wk(x)), self._heads(self.wv(x)))
        return self.wo(y.reshape(b, n, c))


class TinyViT(nn.Module):
    def __init__(self, args: ViTArgs):
        super().__init__()
        self.args = args
        tokens = (args.image // args.patch) ** 2 + 1
        self.embed = nn.Linear(3 * args.patch * args.patch, args.width)
        self.cls = nn.Parameter(torch.zeros(args.width))
        self.pos = nn.Parameter(torch.zeros(tokens, args.width))
        self.ln_in = nn.LayerNorm(args.width, eps=1e-6)
        self.mixer = MultiHead(args.width, args.heads)
        self.ln_out = nn.LayerNorm(args.width, eps=1e-6)
        self.classifier = nn.Linear(args.width, args.classes)

    def forward(self, img):
        p = self.args.patch
        t = F.unfold(img, kernel_size=p, stride=p).permute(0, 2, 1)
        t = self.embed(t)
        t = torch.cat([self.cls.expand(t.size(0), 1, -1), t], 1) + self.pos
        t = t + self.mixer(self.ln_in(t))
        return self.classifier(self.ln_out(t[:, 0]))


def make_vit(**overrides):
    return TinyViT(ViTArgs(**overrides))
