"""Nets and trainings for human eyes: summaries, drawings, curves of logs, what is inside of a net,
and a page in the browser."""
