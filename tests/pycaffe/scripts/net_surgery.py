"""Edit filters by hand; turn a classifier into a fully convolutional net.

usage: net_surgery.py CLASSIFIER WEIGHTS FULL_CONV IMAGE
"""

import sys

import caffe
import numpy as np

image = np.array(caffe.io.load_image(sys.argv[4], color=False)).squeeze()

# Filters
conv = caffe.Net(sys.argv[1], caffe.TEST)
conv.blobs["data"].reshape(1, 1, *image.shape)
conv.blobs["data"].data[...] = image[np.newaxis, np.newaxis]
conv.forward(end="conv1")
first = conv.blobs["conv1"].data[0, 0]
before = first.mean()
conv.params["conv1"][1].data[0] = 1.0
conv.forward(end="conv1")
print("bias:", abs(first.mean() - before - 1) < 1e-5)

y, x = np.mgrid[-2:3, -2:3]
blur = np.exp(-(x**2 + y**2) / 2.0)
conv.params["conv1"][0].data[0] = blur / blur.sum()
conv.params["conv1"][0].data[1:] = 0
sobel = np.array((-1, -2, -1, 0, 0, 0, 1, 2, 1), dtype=np.float32).reshape(3, 3)
conv.params["conv1"][0].data[1, 0, 1:-1, 1:-1] = sobel
conv.params["conv1"][1].data[:2] = 0
conv.forward(end="conv1")
rows = image[2:-2, :]
edges = rows[:, 1:-3] + 2 * rows[:, 2:-2] + rows[:, 3:-1]
edges = edges[2:] - edges[:-2]
print("sobel:", np.allclose(conv.blobs["conv1"].data[0, 1, 1:-1], edges, atol=1e-5))

# From inner products to convolutions
net = caffe.Net(sys.argv[1], sys.argv[2], caffe.TEST)
full = caffe.Net(sys.argv[3], sys.argv[2], caffe.TEST)
names = ["ip1", "ip2"]
fc = {name: (net.params[name][0].data, net.params[name][1].data) for name in names}
convolutions = {n: tuple(p.data for p in full.params[n + "-conv"]) for n in names}
for name in names:
    print(name, fc[name][0].shape, "->", convolutions[name][0].shape)
    convolutions[name][0].flat = fc[name][0].flat
    convolutions[name][1][...] = fc[name][1]
full.save("full_conv.caffemodel")

full = caffe.Net(sys.argv[3], caffe.TEST, weights="full_conv.caffemodel")
small = image[np.newaxis, np.newaxis] * (255 / 256.0)
wide = np.pad(small, ((0, 0), (0, 0), (0, 4), (0, 8)))
full.blobs["data"].reshape(*wide.shape)
out = full.forward_all(data=wide)["prob"]
net.blobs["data"].reshape(*small.shape)
print("map:", out.shape, out[0].argmax(axis=0)[0, 0])
print("same:", np.allclose(net.forward(data=small)["prob"][0], out[0, :, 0, 0], atol=1e-5))
