"""Split: no copies forward, a sum back."""

from __future__ import annotations

from tests.harness.bench import Bench
from tests.harness.row import Row


def test_tops_share_the_data_and_not_the_diffs():
    bench = Bench(Row("s", 'type: "Split"', ((2, 3),), tops=3)).forward()
    bench.bottom[0].data[0, 0] = 42
    assert all(blob.data[0, 0] == 42 for blob in bench.top)
    for i, blob in enumerate(bench.top):
        blob.diff.fill(10**i)
    assert (bench.backward().bottom[0].diff == 111).all()


def test_a_top_nobody_wrote_counts_as_zero():
    bench = Bench(Row("s", 'type: "Split"', ((2, 3),), tops=2)).forward()
    bench.top[1].diff.fill(3)
    assert (bench.backward().bottom[0].diff == 3).all()
