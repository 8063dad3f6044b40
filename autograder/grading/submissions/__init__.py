"""What students hand in: found, unpacked, read without believing any of it, and put back into the source."""
