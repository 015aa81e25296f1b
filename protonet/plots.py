"""Looking into a net: its filters, activations, errors, and what they hang on.

Each function gives arrays, which need NumPy alone; `draw` makes a figure of what they give, with
matplotlib (pip install 'protonet-caffe[plot]').  In a notebook they show themselves.

    from protonet import Net, plots

    net = Net("deploy.prototxt", "net.caffemodel")
    plots.draw(plots.filters(net, "conv1"), "filters.png")
    net.predict(image)
    plots.draw(plots.activations(net, "pool2"), "pool2.png")
    plots.draw(plots.saliency(net, image, method="occlusion"), "occlusion.png")
    plots.histograms(net).each[0].counts
    plots.confusion_matrix(Net("train_val.prototxt", "net.caffemodel"), batches=50).accuracy
"""

from .viz.figures import draw
from .viz.insight import (
    Activations,
    ConfusionMatrix,
    Filters,
    Histogram,
    Histograms,
    Saliency,
    activations,
    confusion_matrix,
    filters,
    grid,
    histograms,
    saliency,
)

__all__ = [
    "Activations",
    "ConfusionMatrix",
    "Filters",
    "Histogram",
    "Histograms",
    "Saliency",
    "activations",
    "confusion_matrix",
    "draw",
    "filters",
    "grid",
    "histograms",
    "saliency",
]
