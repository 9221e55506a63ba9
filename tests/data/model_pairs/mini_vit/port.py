import math

import torch
from torch import nn
import torch.nn.functional as F


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.head_width = width // heads
        self.q = nn.Linear(width, width)
        self.k = nn.Linear(width, width)
        self.v = nn.Linear(width, width)
        self.o = nn.Linear(width, width)

    def forward(self, tokens):
        batch, length, width = tokens.size()
        shape = (batch, self.heads, length, self.head_width)
        q = self.q(tokens).view(shape)
        k = self.k(tokens).view(shape)
        v = self.v(tokens).view(shape)
        score = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(self.head_width)
        mixed = torch.matmul(F.softmax(score, dim=-1), v)
        return self.o(mixed.view(batch, length, width))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_att = nn.LayerNorm(width, eps=1e-6)
        self.ln_mlp = nn.LayerNorm(width, eps=1e-6)
        self.att = SelfAttention(width, heads)
        self.fc1 = nn.Linear(width, 2 * width)
        self.fc2 = nn.Linear(2 * width, width)

    def forward(self, x):
        x = self.att(self.ln_att(x)) + x
        return self.fc2(F.gelu(self.fc1(self.ln_mlp(x)))) + x


class ViT(nn.Module):
    def __init__(self, image=12, patch=4, width=24, heads=3, layers=2, classes=8):
        super().__init__()
        self.patch = patch
        self.to_tokens = nn.Linear(3 * patch * patch, width)
        self.cls = nn.Parameter(torch.zeros(width))
        self.pos = nn.Parameter(torch.zeros((image // patch) ** 2 + 1, width))
        self.encoder = nn.Sequential(*(Layer(width, heads) for _ in range(layers)))
        self.ln = nn.LayerNorm(width, eps=1e-6)
        self.classify = nn.Linear(width, classes)

    def forward(self, images):
        patches = F.unfold(images, self.patch, stride=self.patch).transpose(1, 2)
        tokens = self.to_tokens(patches)
        cls = self.cls.repeat(tokens.size(0), 1, 1)
        x = torch.cat([cls, tokens], 1) + self.pos
        x = self.encoder(x)
        return self.classify(self.ln(x[:, 0]))
