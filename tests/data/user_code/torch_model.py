import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        return self.fc2(torch.sigmoid(self.fc1(x)))


class NoBias(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 50, bias=False)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        return self.fc2(torch.sigmoid(self.fc1(x)))


criterion = nn.CrossEntropyLoss()
# a square one: only values can tell its layers and their layout apart
square = nn.Sequential(nn.Linear(6, 6), nn.Sigmoid(), nn.Linear(6, 6), nn.Softmax(dim=1))


def make_model():
    return nn.Sequential(nn.Linear(20, 8), nn.Sigmoid(), nn.Linear(8, 4), nn.LogSoftmax(dim=1))


if __name__ == "__main__":
    model = Net(784, 50, 10)
    raise SystemExit("training starts here")
