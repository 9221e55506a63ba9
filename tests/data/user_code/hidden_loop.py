def softmax(x):
    return x

def spin():
    while True:
        try:
            x = 1
        except:
            pass

spin()
