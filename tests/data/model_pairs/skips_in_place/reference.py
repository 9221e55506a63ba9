import torch
import torch.nn as nn


class VesselUNet(nn.Module):
    """Retinal vessel segmentation, two-level U-Net."""

    def __init__(self, in_ch=3, base=12):
        super().__init__()
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.MaxPool2d(2)
        self.enc1 = nn.Conv2d(in_ch, base, 3, padding=1, bias=False)
        self.enc1_bn = nn.BatchNorm2d(base)
        self.enc2 = nn.Conv2d(base, 2 * base, 3, padding=1, bias=False)
        self.enc2_bn = nn.BatchNorm2d(2 * base)
        self.mid = nn.Conv2d(2 * base, 4 * base, 3, padding=1)
        self.up2 = nn.ConvTranspose2d(4 * base, 2 * base, 2, stride=2)
        self.dec2 = nn.Conv2d(4 * base, 2 * base, 3, padding=1)
        self.up1 = nn.ConvTranspose2d(2 * base, base, 2, stride=2)
        self.dec1 = nn.Conv2d(2 * base, base, 3, padding=1)
        self.seg = nn.Conv2d(base, 1, 1)

    def forward(self, x):
        features = []

        x = self.enc1_bn(self.enc1(x))
        features.append(x)
        x = self.relu(x)
        x = self.pool(x)

        x = self.enc2_bn(self.enc2(x))
        features.append(x)
        x = self.relu(x)
        x = self.pool(x)

        x = self.relu(self.mid(x))

        x = torch.cat([self.up2(x), features[1]], dim=1)
        x = self.relu(self.dec2(x))
        x = torch.cat([self.up1(x), features[0]], dim=1)
        x = self.relu(self.dec1(x))
        return torch.sigmoid(self.seg(x))
