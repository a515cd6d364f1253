"""Checks of the lesson on faces: one module per exercise."""
