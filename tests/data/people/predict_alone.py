import torch
from torch import nn


class TwoLayerNet(nn.Module):
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, output_size)
        for layer in (self.fc1, self.fc2):
            nn.init.normal_(layer.weight, 0.0, weight_init_std)
            nn.init.zeros_(layer.bias)

    def predict(self, x):
        return torch.softmax(self.fc2(torch.sigmoid(self.fc1(x))), dim=1)

    def loss(self, x, t):
        y = self.predict(x)
        return -(t * torch.log(y + 1e-7)).sum() / y.shape[0]
