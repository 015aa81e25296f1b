"""Nets and trainings for human eyes: summaries of nets, curves of logs."""
