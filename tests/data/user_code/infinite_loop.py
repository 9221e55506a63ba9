def softmax(x):
    return x

while True:
    try:
        pass
    except:
        pass
