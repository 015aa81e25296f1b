"""On the path of processes that a script under `protonet run` starts: it holds `caffe`."""
