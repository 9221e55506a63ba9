"""Capsule classifier with dynamic routing (Sabour et al. 2017), einsum version."""
import torch
from torch import nn


def squash(s):
    n2 = s.pow(2).sum(-1, keepdim=True)
    return (n2 / (1.0 + n2)) * (s / (n2 + 1e-8).sqrt())


class CapsuleClassifier(nn.Module):
    def __init__(self, classes=10, types=8, pose=4, out_pose=8, grid=2, rounds=3):
        super().__init__()
        self.types, self.pose, self.rounds = types, pose, rounds
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 5, 2), nn.ReLU())
        self.to_capsules = nn.Conv2d(16, types * pose, 3, 2)
        n_in = types * grid * grid
        self.transform = nn.Parameter(torch.randn(n_in, classes, pose, out_pose) * 0.3)

    def route(self, votes):
        """votes: (batch, inputs, classes, pose)"""
        logits = torch.zeros(votes.shape[:3], dtype=votes.dtype, device=votes.device)
        for step in range(self.rounds):
            coupling = logits.softmax(dim=1)
            out = squash(torch.einsum("bic,bicp->bcp", coupling, votes))
            if step + 1 < self.rounds:
                logits = logits + torch.einsum("bicp,bcp->bic", votes, out)
        return out

    def forward(self, images):
        maps = self.to_capsules(self.stem(images))
        caps = maps.unflatten(1, (self.types, self.pose)).flatten(3)
        caps = squash(caps.transpose(2, 3).flatten(1, 2))
        votes = torch.einsum("bid,icdp->bicp", caps, self.transform)
        return torch.linalg.vector_norm(self.route(votes), dim=-1)
