import sys

def sigmoid(x):
    return x

sys.exit("bye")
