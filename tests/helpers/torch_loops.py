"""Training loops as people write them in torch, recorded.

python torch_loops.py FOLDER DIGITS NAME ...
"""

import sys
from pathlib import Path

import torch
from torch import nn

from trueport import Recorder

STEPS, BATCH = 20, 20
SGD = torch.optim.SGD
# name: the optimizer, and what else the loop does
LOOPS = {
    "right": (lambda p: SGD(p, lr=0.1), {}),
    "right, float64": (lambda p: SGD(p, lr=0.1), {"dtype": "float64"}),
    "right, own epochs": (lambda p: SGD(p, lr=0.1), {"epochs": True}),
    "lr": (lambda p: SGD(p, lr=0.03), {}),
    "momentum": (lambda p: SGD(p, lr=0.1, momentum=0.9), {}),
    "dampening": (lambda p: SGD(p, lr=0.1, momentum=0.8, dampening=0.8), {}),
    "nesterov": (lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True), {"dtype": "float64"}),
    "decay": (lambda p: SGD(p, lr=0.1, weight_decay=1e-4), {}),
    "all three": (lambda p: SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-3), {"before": True}),
    "decoupled": (lambda p: SGD(p, lr=0.1, momentum=0.9), {"decay": 1e-3}),
    "adam": (lambda p: torch.optim.Adam(p, lr=2e-3), {}),
    "rmsprop": (lambda p: torch.optim.RMSprop(p, lr=1e-3), {"dtype": "float64"}),
    "never zeroed": (lambda p: SGD(p, lr=0.1), {"zero": False}),
    "accumulated": (lambda p: SGD(p, lr=0.1), {"every": 4}),
    "scheduled": (lambda p: SGD(p, lr=0.1), {"gamma": 0.9}),
    "losses, before": (lambda p: SGD(p, lr=0.1, momentum=0.5), {"before": True, "keep": "loss"}),
    "running loss": (lambda p: SGD(p, lr=0.1), {"running": True}),
    "other batches": (lambda p: SGD(p, lr=0.1), {"epochs": True, "untold": True}),
    "test is train": (lambda p: SGD(p, lr=0.1), {"accuracy": "train, train"}),
    "accuracies": (lambda p: SGD(p, lr=0.1), {"accuracy": "train, test"}),
    "exchanged": (lambda p: SGD(p, lr=0.1), {"accuracy": "test, train"}),
}


def cross_entropy(y, t):
    return -torch.sum(t * torch.log(y + 1e-7)) / y.shape[0]


def accuracy(model, x, t):
    with torch.no_grad():
        return (model(x).argmax(1) == t.argmax(1)).float().mean().item()


def train(folder, digits, name):  # noqa: C901  # a branch for each kind of loop
    make, how = LOOPS[name]
    dtype = how.get("dtype", "float32")
    rec = Recorder(folder / name, steps=STEPS, batch_size=BATCH, data=digits, dtype=dtype)
    sets = [torch.from_numpy(a) for pair in rec.data for a in pair]
    x_train, t_train, x_test, t_test = sets
    model = nn.Sequential(nn.Linear(784, 50), nn.Sigmoid(), nn.Linear(50, 10), nn.Softmax(dim=1))
    model = model.to(x_train.dtype)
    start = [torch.from_numpy(rec.params[key]) for key in ("W1", "b1", "W2", "b2")]
    with torch.no_grad():
        for p, value in zip(model.parameters(), start, strict=True):
            p.copy_(value.T if value.ndim == 2 else value)
    optimizer = make(model.parameters())
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, how.get("gamma", 1.0))
    masks = rec.batch_masks
    if how.get("epochs"):
        masks = torch.randperm(len(x_train), generator=torch.Generator().manual_seed(3))
        masks = masks[: STEPS * BATCH].reshape(STEPS, BATCH).numpy()
    losses = []
    for step, mask in enumerate(masks, 1):
        x, t = x_train[mask], t_train[mask]
        if how.get("zero", True) and (step - 1) % how.get("every", 1) == 0:
            optimizer.zero_grad()
        loss = cross_entropy(model(x), t)
        loss.backward()
        if how.get("decay"):
            with torch.no_grad():
                for p in model.parameters():
                    p.sub_(0.1 * how["decay"] * p)
        if step % how.get("every", 1) == 0:
            optimizer.step()
            scheduler.step()
        losses.append(loss.item())
        with torch.no_grad():
            logged = cross_entropy(model(x), t)
        if how.get("before"):
            logged = loss.detach()
        if how.get("running"):
            logged = sum(losses) / len(losses)
        record = {"loss": logged}
        params = dict(model.named_parameters())
        if how.get("keep") != "loss":
            record["params"] = params
            record["grads"] = {key: p.grad for key, p in params.items()}
        if how.get("epochs") and not how.get("untold"):
            record["batch"] = mask
        if how.get("accuracy") and step in (1, 10, 20):
            on = {"train": (x_train, t_train), "test": (x_test, t_test)}
            record["accuracy"] = [accuracy(model, *on[k]) for k in how["accuracy"].split(", ")]
        rec.step(**record)
    rec.save()


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder, digits, *names = sys.argv[1:]
    for name in names:
        train(Path(folder), digits, name)
