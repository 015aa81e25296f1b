"""A data layer as users write them: it draws from the streams of numpy.random and random."""

from __future__ import annotations

import random

import numpy as np

from protonet.layers.python import PythonLayer


class RandomData(PythonLayer):
    count = 0

    def reshape(self, bottom, top):
        top[0].reshape(4, 5)
        top[1].reshape(4)

    def forward(self, bottom, top):
        self.count += 1
        top[0].data[...] = np.random.standard_normal((4, 5)) + self.count  # noqa: NPY002
        top[1].data[...] = [random.randrange(3) for _ in range(4)]

    def state(self):
        return {"count": self.count}

    def set_state(self, values):
        self.count = values["count"]


class CountingData(PythonLayer):
    """Keeps a place, and tells nobody."""

    count = 0

    def reshape(self, bottom, top):
        top[0].reshape(4, 5)
        top[1].reshape(4)

    def forward(self, bottom, top):
        self.count += 1
        top[0].data[...] = self.count
        top[1].data[...] = 0
