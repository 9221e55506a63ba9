import torch
import torch.nn as nn
import torch.nn.functional as F


class UpConv(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.deconv = nn.ConvTranspose2d(cin, cout, kernel_size=3, stride=2)

    def forward(self, x):
        n, _, h, w = x.shape
        return F.relu(self.deconv(x)[..., : 2 * h, : 2 * w])


class ConvAutoencoder(nn.Module):
    def __init__(self, code_size: int):
        super().__init__()
        self.down1 = nn.Conv2d(1, 8, 3, stride=2)
        self.down2 = nn.Conv2d(8, 12, 3, stride=2)
        self.to_code = nn.Linear(4 * 4 * 12, code_size)
        self.from_code = nn.Linear(code_size, 4 * 4 * 12)
        self.up1 = UpConv(12, 12)
        self.up2 = UpConv(12, 8)
        self.paint = nn.Conv2d(8, 1, 3, padding=1)

    def encode(self, x):
        for conv in (self.down1, self.down2):
            x = F.relu(conv(F.pad(x, (0, 1, 0, 1))))
        x = x.permute(0, 2, 3, 1)
        return self.to_code(x.flatten(1))

    def decode(self, code):
        x = F.relu(self.from_code(code)).view(-1, 4, 4, 12).permute(0, 3, 1, 2)
        x = self.up2(self.up1(x))
        return torch.sigmoid(self.paint(x))

    def forward(self, x):
        return self.decode(self.encode(x))


def fashion_autoencoder():
    return ConvAutoencoder(code_size=10)
