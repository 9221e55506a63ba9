def dropout(x, mask, p=0.1):
    return x * mask / p
