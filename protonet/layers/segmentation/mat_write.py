"""MatWrite: blobs for MATLAB, which are not written here."""

from __future__ import annotations

from ...core.layer import Blobs
from ...core.registry import register
from ...log import log
from ..silence import Silence


@register
class MatWrite(Silence):
    """Read blobs, so that they are not outputs of the net; no file is written.

    bottom[i] (any shape) -> no top.  Their gradient is zero.

    mat_write_param: prefix, source, strip and period name the .mat files that DeepLab writes in
    each pass, one for each bottom.  Deviation: here none is, and a line says so: a net that is
    looked at or used should not write into folders of another machine.  The values of the bottoms
    are in `net.blobs`, and `protonet extract-features` writes them.
    """

    type = "MatWrite"
    forks = ("pspnet", "deeplab2", "synopsys")
    messages = ("mat_write_param",)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        names = " and ".join(f"'{name}'" for name in self.param.bottom)
        log.warning(
            "layer '%s' writes no .mat file: take %s from the net, or use extract-features",
            self.name,
            names,
        )
