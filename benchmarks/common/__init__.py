"""What the benchmarks share: threads, timing, the machine's peak, peers that are networks, and tables of results."""
