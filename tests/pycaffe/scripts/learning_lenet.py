"""Write LeNet with NetSpec, train it step by step, watch loss and accuracy; then a net and a
solver of one's own.  Works in the current folder."""

import caffe
import numpy as np
from caffe import layers as L
from caffe import params as P
from caffe.proto import caffe_pb2


def data(n, store, batch_size):
    n.data, n.label = L.Data(
        batch_size=batch_size,
        backend=P.Data.LMDB,
        source=store,
        transform_param=dict(scale=1.0 / 255),
        ntop=2,
    )


def lenet(store, batch_size):
    n = caffe.NetSpec()
    data(n, store, batch_size)
    xavier = dict(type="xavier")
    n.conv1 = L.Convolution(n.data, kernel_size=5, num_output=8, weight_filler=xavier)
    n.pool1 = L.Pooling(n.conv1, kernel_size=2, stride=2, pool=P.Pooling.MAX)
    n.conv2 = L.Convolution(n.pool1, kernel_size=5, num_output=16, weight_filler=xavier)
    n.pool2 = L.Pooling(n.conv2, kernel_size=2, stride=2, pool=P.Pooling.MAX)
    n.fc1 = L.InnerProduct(n.pool2, num_output=64, weight_filler=xavier)
    n.relu1 = L.ReLU(n.fc1, in_place=True)
    n.score = L.InnerProduct(n.relu1, num_output=10, weight_filler=xavier)
    n.loss = L.SoftmaxWithLoss(n.score, n.label)
    return n.to_proto()


def linear(store, batch_size):
    n = caffe.NetSpec()
    data(n, store, batch_size)
    n.score = L.InnerProduct(n.data, num_output=10, weight_filler=dict(type="xavier"))
    n.loss = L.SoftmaxWithLoss(n.score, n.label)
    return n.to_proto()


def write(name, net):
    for part, batch_size in (("train", 64), ("test", 100)):
        with open(f"{name}_{part}.prototxt", "w") as file:
            file.write(str(net(f"digits_{part}_lmdb", batch_size)))
    s = caffe_pb2.SolverParameter()
    s.random_seed = 0xCAFFE
    s.train_net = f"{name}_train.prototxt"
    s.test_net.append(f"{name}_test.prototxt")
    s.test_interval, s.max_iter = 500, 10000
    s.test_iter.append(3)
    s.type, s.base_lr, s.momentum, s.weight_decay = "SGD", 0.01, 0.9, 5e-4
    s.lr_policy, s.gamma, s.power = "inv", 0.0001, 0.75
    s.snapshot, s.snapshot_prefix = 5000, name
    s.solver_mode = caffe_pb2.SolverParameter.GPU
    with open(f"{name}_solver.prototxt", "w") as file:
        file.write(str(s))
    return f"{name}_solver.prototxt"


def accuracy(net):
    correct = 0
    for _ in range(3):
        net.forward()
        correct += sum(net.blobs["score"].data.argmax(1) == net.blobs["label"].data)
    return correct / 300


def train(solver, steps):
    losses, output = np.zeros(steps), np.zeros((steps, 8, 10))
    for it in range(steps):
        solver.step(1)
        losses[it] = solver.net.blobs["loss"].data
        solver.test_nets[0].forward(start=list(solver.net._layer_names)[1])  # no new data
        output[it] = solver.test_nets[0].blobs["score"].data[:8]
    return losses, output


solver = caffe.SGDSolver(write("lenet", lenet))
print([(k, v.data.shape) for k, v in solver.net.blobs.items()])
print([(k, v[0].data.shape) for k, v in solver.net.params.items()])
solver.net.forward()
solver.test_nets[0].forward()
print("labels:", solver.net.blobs["label"].data[:8].shape)
solver.step(1)
picture = solver.net.params["conv1"][0].diff[:, 0].reshape(2, 4, 5, 5).transpose(0, 2, 1, 3)
print("gradient:", picture.reshape(10, 20).any())
losses, output = train(solver, 40)
score = accuracy(solver.test_nets[0])
print("lenet", losses[0] > 1.5, losses[-5:].mean() < losses[0] / 2, score > 0.75)
print("stays the same batch:", (output[0] != output[-1]).any())

solver = caffe.get_solver(write("linear", linear))
losses, _ = train(solver, 30)
print("linear", losses[-5:].mean() < losses[0], accuracy(solver.test_nets[0]) > 0.6)
