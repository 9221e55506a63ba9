from keras import Model, layers


class TextNet(Model):
    def __init__(self):
        super().__init__()
        self.embed = layers.Embedding(30, 6)
        self.convs = [layers.Conv1D(4, k, activation="relu") for k in (2, 3)]
        self.head = layers.Dense(3)

    def call(self, ids):
        x = self.embed(ids)
        pooled = [layers.GlobalMaxPooling1D()(conv(x)) for conv in self.convs]
        return self.head(layers.Dropout(0.5)(layers.Concatenate()(pooled)))
