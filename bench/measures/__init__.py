"""What runs in a process of its own beside a benchmark, on a database of its own, and prints JSON last."""
