"""Ends its process by a system call where it is made.

says: died (exit status 0)
exit: 2
"""

import ctypes

import torch


def make_model():
    ctypes.CDLL(None)._exit(0)
