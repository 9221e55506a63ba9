"""Self-contained mixer; token mixing is done with 1x1 Conv1d so nothing needs transposing."""
import torch
from torch import nn, Tensor


def conv_mlp(tokens: int, hidden: int, p: float) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(tokens, hidden, kernel_size=1),
        nn.GELU(),
        nn.Dropout(p),
        nn.Conv1d(hidden, tokens, kernel_size=1),
    )


def dense_mlp(width: int, hidden: int, p: float) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Dropout(p), nn.Linear(hidden, width))


class Block(nn.Module):
    def __init__(self, tokens: int, width: int, p: float):
        super().__init__()
        self.ln_tokens = nn.LayerNorm(width)
        self.mix_tokens = conv_mlp(tokens, 24, p)
        self.ln_channels = nn.LayerNorm(width)
        self.mix_channels = dense_mlp(width, 64, p)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.mix_tokens(self.ln_tokens(x))
        x = self.ln_channels(x)
        return x + self.mix_channels(x)


class SequenceMixer(nn.Module):
    def __init__(self, tokens: int = 16, in_dim: int = 6, width: int = 32, n_blocks: int = 3,
                 n_out: int = 5, p: float = 0.1):
        super().__init__()
        self.stem = nn.Linear(in_dim, width)
        self.blocks = nn.Sequential(*[Block(tokens, width, p) for _ in range(n_blocks)])
        self.ln_out = nn.LayerNorm(width)
        self.out = nn.Linear(width, n_out)

    def forward(self, x: Tensor) -> Tensor:
        h = self.ln_out(self.blocks(self.stem(x)))
        return self.out(h.mean(1))
