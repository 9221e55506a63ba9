import torch
import torch.nn as nn
import torch.nn.functional as F


def squash(x, dim=-1, eps=1e-8):
    sq = (x ** 2).sum(dim=dim, keepdim=True)
    return sq / (1 + sq) * x / torch.sqrt(sq + eps)


class PrimaryCapsules(nn.Module):
    def __init__(self, in_channels=16, n_types=8, dim=4):
        super().__init__()
        self.n_types, self.dim = n_types, dim
        self.conv = nn.Conv2d(in_channels, n_types * dim, kernel_size=3, stride=2)

    def forward(self, x):
        u = self.conv(x)                                    # B, types*dim, H, W
        u = u.view(u.size(0), self.n_types, self.dim, -1)   # B, types, dim, HW
        u = u.permute(0, 1, 3, 2).reshape(u.size(0), -1, self.dim)
        return squash(u)


class RoutingCapsules(nn.Module):
    def __init__(self, in_caps=32, in_dim=4, out_caps=10, out_dim=8, iterations=3):
        super().__init__()
        self.iterations = iterations
        self.W = nn.Parameter(0.3 * torch.randn(1, out_caps, in_caps, out_dim, in_dim))

    def forward(self, u):
        # u: (B, in_caps, in_dim) -> u_hat: (B, out_caps, in_caps, out_dim)
        u_hat = torch.matmul(self.W, u[:, None, :, :, None]).squeeze(-1)
        b = u_hat.new_zeros(u_hat.shape[:3] + (1,))
        for r in range(self.iterations):
            c = F.softmax(b, dim=1)
            v = squash((c * u_hat).sum(dim=2))
            if r < self.iterations - 1:
                b = b + torch.matmul(u_hat, v.unsqueeze(-1))
        return v


class CapsNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, kernel_size=5, stride=2)
        self.primary = PrimaryCapsules()
        self.digits = RoutingCapsules()

    def forward(self, x):
        x = F.relu(self.conv(x))
        return self.digits(self.primary(x)).norm(dim=-1)
