"""An everyday PyTorch loop, nn.Module and optim.SGD in float32, recorded and judged.

python examples/recorder_torch.py [FOLDER]
"""

import sys

import torch
from torch import nn

from trueport import Recorder


def cross_entropy(y: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """The chapter's loss: nn.CrossEntropyLoss has no 1e-7, and is not the same function."""
    return -(t * torch.log(y + 1e-7)).sum(dim=1).mean()


model = nn.Sequential(nn.Linear(784, 50), nn.Sigmoid(), nn.Linear(50, 10), nn.Softmax(dim=1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

folder = sys.argv[1] if sys.argv[1:] else "runs/torch"
with Recorder(folder, steps=200, data="embedded", dtype="float32") as rec:
    (x_train, t_train), _ = ((torch.from_numpy(x), torch.from_numpy(t)) for x, t in rec.data)
    start = rec.params
    with torch.no_grad():
        model[0].weight.copy_(torch.from_numpy(start["W1"].T))  # a Linear keeps (out, in)
        model[0].bias.copy_(torch.from_numpy(start["b1"]))
        model[2].weight.copy_(torch.from_numpy(start["W2"].T))
        model[2].bias.copy_(torch.from_numpy(start["b2"]))

    for batch_mask in rec.batches():
        x, t = x_train[batch_mask], t_train[batch_mask]
        optimizer.zero_grad()
        cross_entropy(model(x), t).backward()
        optimizer.step()

        with torch.no_grad():
            loss = cross_entropy(model(x), t)  # after the update, as the chapter logs it
        params = dict(model.named_parameters())
        rec.step(loss=loss, grads={key: p.grad for key, p in params.items()}, params=params)

    rec.check()
