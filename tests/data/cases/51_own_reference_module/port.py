# own variation: the folder has its own reference.py (wrong functions).
import reference


def sigmoid(x):
    return reference.sigmoid(x)


def softmax(x):
    return reference.softmax(x)
