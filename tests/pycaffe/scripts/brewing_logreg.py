"""Logistic regression on HDF5 data, then the same with a hidden layer.  Works in the current
folder."""

import caffe
import h5py
import numpy as np
from caffe import layers as L
from caffe import params as P  # noqa: F401  (as scripts have it)
from caffe.proto import caffe_pb2

# Four numbers each; the class is which side of a line, or of a circle, the first two are on.
rng = np.random.default_rng(0)
X = rng.normal(size=(1200, 4))
CLASSES = {
    "line": X[:, 0] + 2 * X[:, 1] > 0.5,
    "circle": X[:, 0] ** 2 + X[:, 1] ** 2 > 1.4,
}


def write_data(y):
    for part, rows, options in (
        ("train", slice(900), {}),
        ("test", slice(900, None), {"compression": "gzip", "compression_opts": 1}),
    ):
        with h5py.File(f"{part}.h5", "w") as file:
            file.create_dataset("data", data=X[rows], **options)
            file.create_dataset("label", data=y[rows].astype(np.float32), **options)
        with open(f"{part}.txt", "w") as file:
            file.write(f"{part}.h5\n" * 2)


def logreg(hdf5, batch_size):
    n = caffe.NetSpec()
    n.data, n.label = L.HDF5Data(batch_size=batch_size, source=hdf5, ntop=2)
    n.ip1 = L.InnerProduct(n.data, num_output=2, weight_filler=dict(type="xavier"))
    n.accuracy = L.Accuracy(n.ip1, n.label)
    n.loss = L.SoftmaxWithLoss(n.ip1, n.label)
    return n.to_proto()


def nonlinear(hdf5, batch_size):
    n = caffe.NetSpec()
    n.data, n.label = L.HDF5Data(batch_size=batch_size, source=hdf5, ntop=2)
    n.ip1 = L.InnerProduct(n.data, num_output=40, weight_filler=dict(type="xavier"))
    n.relu1 = L.ReLU(n.ip1, in_place=True)
    n.ip2 = L.InnerProduct(n.ip1, num_output=2, weight_filler=dict(type="xavier"))
    n.accuracy = L.Accuracy(n.ip2, n.label)
    n.loss = L.SoftmaxWithLoss(n.ip2, n.label)
    return n.to_proto()


def solve(net):
    s = caffe_pb2.SolverParameter()
    for part in ("train", "test"):
        with open(f"{net.__name__}_{part}.prototxt", "w") as file:
            file.write(str(net(f"{part}.txt", 10)))
    s.train_net = f"{net.__name__}_train.prototxt"
    s.test_net.append(f"{net.__name__}_test.prototxt")
    s.test_interval, s.max_iter, s.display, s.snapshot = 250, 500, 250, 500
    s.test_iter.append(30)
    s.base_lr, s.momentum, s.weight_decay = 0.05, 0.9, 5e-4
    s.lr_policy, s.gamma, s.stepsize = "step", 0.1, 400
    s.snapshot_prefix, s.random_seed = net.__name__, 1
    s.solver_mode = caffe_pb2.SolverParameter.CPU
    with open("solver.prototxt", "w") as file:
        file.write(str(s))

    caffe.set_mode_cpu()
    solver = caffe.get_solver("solver.prototxt")
    solver.solve()
    accuracy = 0
    batches = int(300 / solver.test_nets[0].blobs["data"].num)
    for _ in range(batches):
        solver.test_nets[0].forward()
        accuracy += solver.test_nets[0].blobs["accuracy"].data
    return accuracy / batches


write_data(CLASSES["line"])
print("line, linear:", solve(logreg) > 0.95)
write_data(CLASSES["circle"])
print("circle, linear:", solve(logreg) > 0.75)
print("circle, hidden layer:", solve(nonlinear) > 0.9)
