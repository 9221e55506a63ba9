from tensorflow.keras import Input, Model
from tensorflow.keras.layers import (Concatenate, Conv1D, Dense, Dropout, Embedding, GlobalAveragePooling1D)


class TextCNN(object):
    def __init__(self, maxlen, max_features, embedding_dims, class_num=5, kernel_size=(2, 3, 4)):
        self.maxlen = maxlen
        self.max_features = max_features
        self.embedding_dims = embedding_dims
        self.class_num = class_num
        self.kernel_size = kernel_size

    def get_model(self):
        inp = Input((self.maxlen,))
        embedding = Embedding(self.max_features, self.embedding_dims)(inp)
        branches = []
        for k in self.kernel_size:
            c = Conv1D(10, k, activation="relu")(embedding)
            c = GlobalAveragePooling1D()(c)
            branches.append(c)
        x = Concatenate()(branches)
        x = Dropout(0.5)(x)
        return Model(inputs=inp, outputs=Dense(self.class_num)(x))


def textcnn():
    return TextCNN(maxlen=20, max_features=70, embedding_dims=18).get_model()
