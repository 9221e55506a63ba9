import numpy as np
import a_package_that_nobody_has as ap

def softmax(x):
    return x

def helper(x):
    return ap.f(x)

@ap.decorated
def sigmoid(x):
    return x
