import torch.nn as nn


class ConvNet(nn.Module):
    def __init__(self):
        super(ConvNet, self).__init__()
        self.layer1 = nn.Sequential(
            nn.Conv2d(3, 10, kernel_size=5, stride=1, padding=2, bias=False),
            nn.BatchNorm2d(10),
            nn.Hardtanh(),
            nn.AvgPool2d(kernel_size=2, stride=2))
        self.layer2 = nn.Sequential(
            nn.Conv2d(10, 20, kernel_size=3, stride=2, padding=1, groups=2),
            nn.BatchNorm2d(20, eps=1e-3, momentum=0.2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1))
        self.drop_out = nn.Dropout(p=0.2)
        self.fc = nn.Linear(2 * 2 * 20, 10)

    def forward(self, x):
        out = self.layer1(x)
        out = self.layer2(out)
        out = out.reshape(out.size(0), -1)
        out = self.drop_out(out)
        return self.fc(out)
