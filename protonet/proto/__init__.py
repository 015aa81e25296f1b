"""Caffe's files: the schema, prototxt with line numbers, old versions upgraded, weights."""
