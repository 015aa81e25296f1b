"""Tables of text: widths, what is shortened, and numbers for people."""

from __future__ import annotations

from protonet.viz.tables import Table, human_bytes, human_count, percent, shortened, to_csv

TABLE = Table(
    ["name\nof it", "count"],
    left=1,
    least={0: 5},
    body=[["a", "1"], ["bee|bee", "20"]],
    total=["all", "21"],
)


def test_names_to_the_left_and_numbers_to_the_right():
    assert TABLE.lines() == [
        "--------------",
        "name     count",
        "of it",
        "--------------",
        "a            1",
        "bee|bee     20",
        "--------------",
        "all         21",
    ]


def test_only_what_may_be_shortened_is():
    assert TABLE.lines(12)[5] == "be…ee     20"
    assert max(map(len, TABLE.lines(3))) == 12  # no shorter


def test_markdown_keeps_bars_in_cells():
    assert TABLE.markdown().splitlines() == [
        "| name of it | count |",
        "| :-- | --: |",
        "| a | 1 |",
        "| bee\\|bee | 20 |",
        "| all | 21 |",
    ]


def test_csv_quotes_and_joins():
    assert to_csv([{"a": "x,y", "b": ["1", "2"]}, {"a": None, "b": []}]) == 'a,b\n"x,y",1 2\n,'


def test_shortened():
    assert [shortened("abcdefgh", n) for n in (8, 7, 4)] == ["abcdefgh", "abc…fgh", "ab…h"]


def test_human_bytes():
    assert [human_bytes(n) for n in (0, 1023, 1536, 3 << 20, 5 << 30)] == [
        "0 B",
        "1023 B",
        "1.5 KiB",
        "3.0 MiB",
        "5.0 GiB",
    ]


def test_human_count():
    numbers = (0, 9999, 10_000, 999_994, 999_996, 724_406_816, 15.5e9, 2e15)
    assert [human_count(n) for n in numbers] == [
        "0",
        "9,999",
        "10.00 k",
        "999.99 k",
        "1.00 M",
        "724.41 M",
        "15.50 G",
        "2,000.00 T",
    ]


def test_percent():
    assert [percent(*x) for x in ((1, 3), (0, 3), (0, 0), (3, 3))] == ["33.3", "", "", "100.0"]
