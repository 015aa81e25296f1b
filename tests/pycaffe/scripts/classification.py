"""Classify an image with a trained net and look into it: blobs, filters, time of a pass.

usage: classification.py MODEL WEIGHTS IMAGE
"""

import sys

import caffe
import numpy as np

caffe.set_mode_cpu()
net = caffe.Net(sys.argv[1], sys.argv[2], caffe.TEST)

transformer = caffe.io.Transformer({"data": net.blobs["data"].data.shape})
transformer.set_transpose("data", (2, 0, 1))
transformer.set_raw_scale("data", 255)
transformer.set_input_scale("data", 1 / 256)

net.blobs["data"].reshape(5, 1, 28, 28)
image = caffe.io.load_image(sys.argv[3], color=False)
net.blobs["data"].data[...] = transformer.preprocess("data", image)
output = net.forward()
best = output["prob"][0].argsort()[::-1][:5]
print("predicted:", best[0])
print("five best:", list(zip(output["prob"][0][best], best)))

caffe.set_device(0)
caffe.set_mode_gpu()  # a script for a GPU goes on, on the CPU
timer = caffe.Timer()
timer.start()
net.forward()
timer.stop()
print("ms:", timer.ms > 0)

for name, blob in net.blobs.items():
    print(name + "\t" + str(blob.data.shape))
for name, param in net.params.items():
    print(name + "\t" + str(param[0].data.shape), str(param[1].data.shape))

filters = net.params["conv1"][0].data
tiles = filters.transpose(0, 2, 3, 1).reshape(4, 5, 5, 5)
tiles = np.pad(tiles, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=1)
features = net.blobs["conv1"].data[0, :16]
print(tiles.shape, features.shape, net.blobs["ip1"].data[0].flat[0] >= 0)

changed = transformer.deprocess("data", net.blobs["data"].data[0])
print("back:", changed.shape == image.shape and np.abs(changed - image).max() < 1e-6)
