"""Where the boxes and lines of a picture go; knows sizes and edges, nothing of nets."""
