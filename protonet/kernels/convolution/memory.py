"""Names of the scratch that the ways share: see scratch.py.

Tasks of one way may use all of them; what one task leaves for another, in COMMON, WEIGHTS,
TURNED, PARTIALS and PARTIAL_SUMS, is of the thread that makes the stages, and no task gets
memory of its own by these names.
"""

from __future__ import annotations

INPUT = "input"  # a piece of x with its padding
COLUMNS = "columns"  # what the windows see of it
ROWS = "rows"  # a piece of y or dy with channels last
CELLS = "cells"  # transformed tiles
PRODUCT = "product"  # of columns and weights
EACH = "each"  # products of single images, to be added up
PART = "part"  # of the weights, or of their gradient
SUMS, TOTAL = "sums", "total"  # of dy, for the bias

COMMON = "wide"  # columns that all tasks multiply
WEIGHTS = "weights"  # as they meet the columns
TURNED = "turned"  # the same for dy
PARTIALS, PARTIAL_SUMS = "partials", "partial sums"  # gradients of some images
