"""Convolutions, pooling and resizing in torch."""

import torch.nn.functional as F


def conv2d(x, weight, bias, stride=1, padding=0, dilation=1):
    return F.conv2d(x, weight, bias, stride, padding, dilation)


def depthwise_conv2d(x, weight, bias, stride=1, padding=0):
    return F.conv2d(x, weight[:, None], bias, stride, padding, groups=len(weight))


def max_pool2d(x, size, stride, padding=0):
    return F.max_pool2d(x, size, stride, padding)


def average_pool2d(x, size, stride, padding=0, count_padding=True):
    return F.avg_pool2d(x, size, stride, padding, count_include_pad=count_padding)


def resize_bilinear(x, height, width):
    return F.interpolate(x, (height, width), mode="bilinear", align_corners=False)
