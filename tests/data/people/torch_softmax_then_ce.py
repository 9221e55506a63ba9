# PyTorch로 옮긴 2층 신경망
import torch
from torch import nn, optim


class TwoLayerNet(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, output_size)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x):
        h = torch.sigmoid(self.fc1(x))
        return self.softmax(self.fc2(h))


criterion = nn.CrossEntropyLoss()

if __name__ == '__main__':
    net = TwoLayerNet(784, 50, 10)
    opt = optim.SGD(net.parameters(), lr=0.1)
    out = net(torch.rand(8, 784))
    criterion(out, torch.randint(0, 10, (8,))).backward()
    opt.step()
