import torch
from torch import nn


class KeywordSpotter(nn.Module):
    def __init__(self, n_mels=20, hidden=24, n_keywords=8, p=0.25):
        super().__init__()
        self.cmvn = nn.LayerNorm(n_mels)
        self.lstm = nn.LSTM(n_mels, hidden, num_layers=2, batch_first=True,
                            bidirectional=True, dropout=p)
        self.drop = nn.Dropout(p)
        self.proj = nn.Linear(2 * hidden, 32)
        self.logits = nn.Linear(32, n_keywords)

    def forward(self, mels):
        out, _ = self.lstm(self.cmvn(mels))
        summary = self.drop(out[:, -1, :])
        return self.logits(torch.tanh(self.proj(summary)))
