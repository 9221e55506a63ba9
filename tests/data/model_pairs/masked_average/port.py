import keras
from keras import layers, ops


class TextClassifier(keras.Model):
    def __init__(self, vocab_size=12, dim=32, hidden=48, num_classes=4, dropout=0.4, **kwargs):
        super().__init__(**kwargs)
        self.token_embedding = layers.Embedding(
            vocab_size, dim, embeddings_initializer=keras.initializers.RandomNormal(stddev=0.5), name="token_embedding"
        )
        self.pool = layers.GlobalAveragePooling1D(name="pool")
        self.dense = layers.Dense(hidden, name="dense")
        self.dropout = layers.Dropout(dropout)
        self.classifier = layers.Dense(num_classes, name="classifier")

    def call(self, token_ids, training=None):
        x = self.token_embedding(token_ids)
        x = self.pool(x)
        x = ops.relu(self.dense(x))
        x = self.dropout(x, training=training)
        return ops.softmax(self.classifier(x), axis=-1)
