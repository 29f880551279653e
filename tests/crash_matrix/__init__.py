"""A real process is killed at every step, and the sandbox bears witness."""
