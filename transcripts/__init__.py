"""The words: transcript files in and out, segments, alignment, search."""
