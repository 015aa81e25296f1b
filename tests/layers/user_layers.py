"""What a user of Python layers might have in a file."""

from __future__ import annotations

from protonet.layers.python import PythonLayer


class Weighted(PythonLayer):
    """top = a * bottom0 + b * bottom1, param_str "a b"."""

    def setup(self, bottom, top):
        self.weights = [float(word) for word in self.param_str.split()]

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].data.shape)

    def forward(self, bottom, top):
        a, b = self.weights
        top[0].data[...] = a * bottom[0].data + b * bottom[1].data

    def backward(self, top, propagate_down, bottom):
        for i in (1, 0):  # in place, bottom[0] is top[0]: it comes last
            if propagate_down[i]:
                bottom[i].diff[...] = self.weights[i] * top[0].diff


class Gain(PythonLayer):
    """top = blobs[0] * bottom, the blob 1 at first."""

    def setup(self, bottom, top):
        self.blobs.add_blob(1)
        self.blobs[0].data[...] = 1

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        top[0].data[...] = self.blobs[0].data[0] * bottom[0].data

    def backward(self, top, propagate_down, bottom):
        self.blobs[0].diff[0] += (top[0].diff * bottom[0].data).sum()
        if propagate_down[0]:
            bottom[0].diff[...] = self.blobs[0].data[0] * top[0].diff


class Forgetful(PythonLayer):
    """Has none of the methods it needs."""


class Failing(PythonLayer):
    """Raises an error of its own kind."""

    def reshape(self, bottom, top):
        raise LookupError("nothing to be found here")
