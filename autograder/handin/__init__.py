"""What students hand in, made gradable: read, mended or refused, collected, and cleaned of what could harm a reader."""
