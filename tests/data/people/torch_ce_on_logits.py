# 標準的な PyTorch の書き方
import torch
import torch.nn as nn


class TwoLayerNet(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden = nn.Linear(input_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        return self.out(torch.sigmoid(self.hidden(x)))


loss_fn = nn.CrossEntropyLoss()
