"""The chapter's training as people write it in PyTorch: `nn.Module`, a loss, `optim.SGD`.

Eager, float32, torch's default initialisation; the batch is drawn and gathered in the loop. The
loss that is logged is the one that made the step, as people write it, or, as in the chapter, that
after the update, which takes one more forward pass. Nothing here is tuned.
"""

import torch
from torch import nn


class TwoLayerNet(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        return self.fc2(torch.sigmoid(self.fc1(x)))


@torch.no_grad()
def accuracy(model, x, t):
    model.eval()
    right = (model(x).argmax(dim=1) == t).float().mean().item()
    model.train()
    return right


def train(x_train, t_train, x_test, t_test, iters_num, batch_size, hidden_size, log_after=False):
    """Tensors in, the lists of losses and accuracies out."""
    model = TwoLayerNet(x_train.shape[1], hidden_size, 10)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train_size = len(x_train)
    iter_per_epoch = max(train_size // batch_size, 1)
    train_loss_list, train_acc_list, test_acc_list = [], [], []

    for i in range(iters_num):
        batch_mask = torch.randint(train_size, (batch_size,))
        x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]

        optimizer.zero_grad()
        loss = criterion(model(x_batch), t_batch)
        loss.backward()
        optimizer.step()
        if log_after:
            with torch.no_grad():
                loss = criterion(model(x_batch), t_batch)
        train_loss_list.append(loss.item())

        if i % iter_per_epoch == 0:
            train_acc_list.append(accuracy(model, x_train, t_train))
            test_acc_list.append(accuracy(model, x_test, t_test))
    return train_loss_list, train_acc_list, test_acc_list
