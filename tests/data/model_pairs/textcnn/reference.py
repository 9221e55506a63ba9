import torch
import torch.nn as nn
import torch.nn.functional as F


class TextCNN(nn.Module):
    def __init__(self, n_vocab=70, embed=18, num_filters=10, filter_sizes=(2, 3, 4), num_classes=5):
        super(TextCNN, self).__init__()
        self.embedding = nn.Embedding(n_vocab, embed)
        self.convs = nn.ModuleList([nn.Conv1d(embed, num_filters, k) for k in filter_sizes])
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(num_filters * len(filter_sizes), num_classes)

    def conv_and_pool(self, x, conv):
        x = F.relu(conv(x))
        return F.max_pool1d(x, x.size(2)).squeeze(2)

    def forward(self, x):
        out = self.embedding(x).permute(0, 2, 1)
        out = torch.cat([self.conv_and_pool(out, conv) for conv in self.convs], 1)
        out = self.dropout(out)
        return self.fc(out)


if __name__ == "__main__":
    net = TextCNN()
    print(net(torch.randint(0, 70, (2, 20))).shape)
