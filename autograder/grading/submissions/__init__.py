"""What students submit: found, unpacked, read without trusting any of it, and put back into the source."""
