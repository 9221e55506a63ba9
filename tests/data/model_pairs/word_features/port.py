import torch
from torch import nn, Tensor
from typing import List, Tuple


class RecurrentStack(nn.Module):
    """A pile of LSTM cells unrolled by hand over (batch, time, features)."""

    def __init__(self, sizes: List[int]):
        super().__init__()
        self.cells = nn.ModuleList(
            [nn.LSTMCell(i, o) for i, o in zip(sizes[:-1], sizes[1:])]
        )

    def forward(self, seq: Tensor) -> Tensor:
        hs = [seq.new_zeros(seq.size(0), cell.hidden_size) for cell in self.cells]
        cs = [torch.zeros_like(h) for h in hs]
        collected = []
        for step in seq.unbind(dim=1):
            for k, cell in enumerate(self.cells):
                h, c = cell(step, (hs[k], cs[k]))
                hs[k] = h
                step = h
            collected.append(step.unsqueeze(1))
        return torch.cat(collected, dim=1)


class WordTagger(nn.Module):
    def __init__(self, vocab: int = 80, tags: int = 7, emb: int = 12, units: int = 18):
        super().__init__()
        self.out = nn.Linear(units, tags)
        self.rnn = RecurrentStack([emb, units, units])
        self.embed = nn.Embedding(vocab, emb)

    def forward(self, tokens: Tensor) -> Tuple[Tensor, Tensor]:
        features = self.rnn(self.embed(tokens))
        return self.out(features), features
