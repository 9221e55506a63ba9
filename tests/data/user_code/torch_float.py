import torch


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {
            "W1": 0.01 * torch.randn(input_size, hidden_size, dtype=torch.float32),
            "b1": torch.zeros(hidden_size, dtype=torch.float32),
            "W2": 0.01 * torch.randn(hidden_size, output_size, dtype=torch.float32),
            "b2": torch.zeros(output_size, dtype=torch.float32),
        }
        self.scale = torch.eye(output_size, dtype=torch.float32)

    def predict(self, x):
        p = self.params
        z = torch.sigmoid(x @ p["W1"] + p["b1"])
        return torch.softmax((z @ p["W2"] + p["b2"]) @ self.scale, dim=1)


def sigmoid(x):
    x += 0.0  # the caller's array
    x.mul_(1.0).add_(1.0).sub_(1.0)
    return 1 / (1 + torch.exp(-x.float()))
