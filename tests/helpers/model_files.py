"""A model of torch and the same in Keras, as files, and checks of files made of them."""

from pathlib import Path

from trueport.compare.judging.check import Check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

TORCH = """
import numpy as np
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6, eps=1e-5)
        self.out = nn.Linear(6 * 2 * 3, 5)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x)))
        x = nn.functional.max_pool2d(x, 2)
        return self.out(torch.flatten(x, 1))


def inputs():
    return np.random.default_rng(0).normal(size=(2, 3, 4, 6))
"""
KERAS = """
import keras
from keras import layers


def make_model():
    return keras.Sequential(
        [
            keras.Input((4, 6, 3)),
            layers.Conv2D(6, 3, padding="same"),
            layers.BatchNormalization(epsilon=1e-5, momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.Permute((3, 1, 2)),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )
"""
FORWARD, FLATTEN = "torch.relu(self.norm(self.conv(x)))", "torch.flatten(x, 1)"


def write(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.py") for name in texts]


def run(
    folder: Path,
    port: str,
    dtypes: tuple[str, ...] = ("float64", "float32"),
    device: str = "cpu",
) -> Check:
    (folder / "reference.py").write_text(TORCH, encoding="utf-8")
    (folder / "port.py").write_text(port, encoding="utf-8")
    against = str(folder / "reference.py")
    return check(str(folder / "port.py"), Options(against=against, dtypes=dtypes, device=device))
