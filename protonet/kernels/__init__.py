"""The mathematics: NumPy arrays in, NumPy arrays out, and the thread pool."""
