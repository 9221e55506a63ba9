import os

def sigmoid(x):
    return x

try:
    os._exit(3)
except Exception:
    pass
