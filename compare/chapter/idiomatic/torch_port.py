"""The network and its training in torch, as its tutorials write them."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from ...ports.user_code.arrays import find_stored_arrays
from ..user_code.layout import ContractParams, ParameterLocation, to_contract_form

# nn.Linear keeps its weight as (out, in)
LAYOUT = {
    "W1": ParameterLocation("hidden.weight", "transposed", 0),
    "b1": ParameterLocation("hidden.bias", "as it is", 1),
    "W2": ParameterLocation("output.weight", "transposed", 2),
    "b2": ParameterLocation("output.bias", "as it is", 3),
}


class TwoLayerNet(nn.Module):
    """Two linear layers with a sigmoid between them; `forward` returns scores, not probabilities.

    >>> net = TwoLayerNet(4, 3, 2)
    >>> x, t = torch.ones(5, 4), torch.tensor([0, 1, 1, 0, 1])
    >>> tuple(net(x).shape), tuple(net.params["W1"].shape)
    ((5, 2), (4, 3))
    >>> net.accuracy(x, t) in (0.4, 0.6), sorted(net.gradient(x, t))
    (True, ['W1', 'W2', 'b1', 'b2'])
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(input_size, hidden_size)
        self.output = nn.Linear(hidden_size, output_size)
        self.criterion = nn.CrossEntropyLoss()
        self.params = ContractParams(find_stored_arrays(self), LAYOUT)

    def forward(self, x: torch.Tensor) -> Any:
        """Return scores (N, K)."""
        return self.output(torch.sigmoid(self.hidden(x)))

    @torch.no_grad()
    def predict(self, x: torch.Tensor) -> torch.Tensor:
        """Class probabilities (N, K)."""
        return torch.softmax(self(x), dim=1)

    def loss(self, x: torch.Tensor, t: torch.Tensor) -> Any:
        """nn.CrossEntropyLoss of the scores: t one-hot (N, K) or labels (N,)."""
        return self.criterion(self(x), t)

    @torch.no_grad()
    def accuracy(self, x: torch.Tensor, t: torch.Tensor) -> float:
        """Share of samples whose highest score is the label's."""
        t = t.argmax(dim=1) if t.ndim == 2 else t
        return float((self(x).argmax(dim=1) == t).sum().item() / len(x))

    def gradient(self, x: torch.Tensor, t: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return what loss.backward() leaves in the parameters."""
        self.zero_grad()
        self.loss(x, t).backward()
        grads = [p.grad for p in self.parameters()]
        return {key: to_contract_form(grads[p.number], p.form) for key, p in LAYOUT.items()}


def train(
    network: TwoLayerNet,
    x_train: torch.Tensor,
    t_train: torch.Tensor,
    x_test: torch.Tensor,
    t_test: torch.Tensor,
    batch_masks: Any,
    learning_rate: float = 0.1,
    iter_per_epoch: int | None = None,
    checkpoints: Sequence[int] = (),
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """optim.SGD over a DataLoader whose batch sampler yields the given rows.

    Arguments and result are those of `reference.train`. The loss logged is that of the step:
    loss.item(), before the update.
    """
    masks = torch.as_tensor(batch_masks).tolist()
    if iter_per_epoch is None:
        iter_per_epoch = max(len(x_train) // len(masks[0]), 1)
    loader = DataLoader(TensorDataset(x_train, t_train), batch_sampler=masks)
    optimizer = optim.SGD(network.parameters(), lr=learning_rate)
    losses, accuracy_steps, train_acc, test_acc, kept = [], [], [], [], {}
    for step, (x_batch, t_batch) in enumerate(loader, 1):
        optimizer.zero_grad()
        loss = network.loss(x_batch, t_batch)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

        if (step - 1) % iter_per_epoch == 0:
            accuracy_steps.append(step)
            train_acc.append(network.accuracy(x_train, t_train))
            test_acc.append(network.accuracy(x_test, t_test))
            if progress is not None:
                progress(step)
        if step in checkpoints:
            kept[step] = {key: p.detach().clone() for key, p in network.params.items()}
    return {
        "train_loss_list": losses,
        "accuracy_steps": accuracy_steps,
        "train_acc_list": train_acc,
        "test_acc_list": test_acc,
        "checkpoints": kept,
    }
