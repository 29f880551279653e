"""What runs inside a Prefect run, a thread or a forked process need: loops, states, logs."""
