"""Calls os._exit where it is made.

says: make_model() failed: it called os._exit(3)
exit: 2
"""

import os

import torch


def make_model():
    os._exit(3)
