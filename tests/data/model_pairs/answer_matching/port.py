import torch
import torch.nn as nn


class QAMatcher(nn.Module):
    def __init__(self, emb=8, channels=32, dim=24):
        super().__init__()
        self.conv = nn.Conv1d(emb, channels, kernel_size=3, padding=1)
        self.proj_q = nn.Linear(channels, dim)
        self.proj_a = nn.Linear(channels, dim)
        self.matcher = nn.Sequential(
            nn.Linear(4 * dim, 32),
            nn.ReLU(),
            nn.Dropout(0.25),
            nn.Linear(32, 1),
            nn.Sigmoid(),
        )

    def phrases(self, words):
        h = torch.relu(self.conv(words.permute(0, 2, 1)))
        return h.amax(dim=-1)

    def forward(self, question, answer):
        q = torch.tanh(self.proj_q(self.phrases(question)))
        a = torch.tanh(self.proj_q(self.phrases(answer)))
        feats = torch.cat([q, a, q * a, q - a], dim=-1)
        return self.matcher(feats)
