"""ResNet-50 as `keras.applications` has it: stride in the first convolution, biases, epsilon."""

from torch import nn

EPSILON, MOMENTUM = 1.001e-5, 0.01


def make_norm(width: int) -> nn.Module:
    return nn.BatchNorm2d(width, EPSILON, MOMENTUM)


class Block(nn.Module):
    def __init__(self, width: int, narrow: int, stride: int, shortcut: bool):
        super().__init__()
        wide = 4 * narrow
        self.shortcut = None
        if shortcut:
            self.shortcut = nn.Sequential(nn.Conv2d(width, wide, 1, stride), make_norm(wide))
        self.conv1, self.norm1 = nn.Conv2d(width, narrow, 1, stride), make_norm(narrow)
        self.conv2, self.norm2 = nn.Conv2d(narrow, narrow, 3, padding=1), make_norm(narrow)
        self.conv3, self.norm3 = nn.Conv2d(narrow, wide, 1), make_norm(wide)

    def forward(self, x):
        kept = x if self.shortcut is None else self.shortcut(x)
        x = self.norm1(self.conv1(x)).relu()
        x = self.norm2(self.conv2(x)).relu()
        return (self.norm3(self.conv3(x)) + kept).relu()


class ResNet50(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 64, 7, 2, 3), make_norm(64)
        self.pool = nn.MaxPool2d(3, 2, 1)
        blocks, width = [], 64
        for narrow, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            for number in range(count):
                blocks.append(Block(width, narrow, 1 if number else stride, not number))
                width = 4 * narrow
        self.blocks, self.head = nn.Sequential(*blocks), nn.Linear(2048, 1000)

    def forward(self, x):
        x = self.blocks(self.pool(self.norm(self.conv(x)).relu()))
        return self.head(x.mean((2, 3)))


def model() -> nn.Module:
    return ResNet50()
