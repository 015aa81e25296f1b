"""SSD: single-shot detection with prior boxes (Liu and others, ECCV 2016)."""
