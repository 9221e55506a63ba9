"""Stacked recurrent features for a word tagger."""
import torch
import torch.nn as nn


class StackedTagger(nn.Module):
    def __init__(self, n_words, n_tags, dim, hidden):
        super().__init__()
        self.hidden = hidden
        self.lookup = nn.Embedding(n_words, dim)
        self.lower = nn.LSTMCell(dim, hidden)
        self.upper = nn.LSTMCell(hidden, hidden)
        self.tag = nn.Linear(hidden, n_tags)

    def forward(self, words):
        emb = self.lookup(words)
        batch, steps = words.shape
        h1 = c1 = emb.new_zeros(batch, self.hidden)
        h2 = c2 = emb.new_zeros(batch, self.hidden)
        outs = []
        for t in range(steps):
            h1, c1 = self.lower(emb[:, t], (h1, c1))
            h2, c2 = self.upper(h1, (h2, c2))
            outs.append(h2)
        feats = torch.stack(outs, dim=1)
        return self.tag(feats), feats


def word_features():
    return StackedTagger(n_words=80, n_tags=7, dim=12, hidden=18)
