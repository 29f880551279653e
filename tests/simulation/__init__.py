"""Many workers, one account, one seed: everything that can go wrong, in virtual time.

A *seed* decides all of it: who works (imports, senders of messages that must not be repeated, a
program that knows nothing of us), what their sources hold, what becomes of each call on its way,
when a process dies, and who comes first.  The same seed gives the same history, to the last line.

    make simulate SEED=1234     one seed: its history, line by line, and what it ended with
    make simulate SEEDS=10000   many, by two processes; a seed that fails prints how to repeat it

How it is made, one idea per module:

- `scenario.py` draws from the seed what is to happen.
- `world.py` is the account, the time and the wire between account and workers.  What the account
  took and refused is written down there, on GetResponse's side of the wire: the *witness*.
- `process.py` is a worker's process.  It may die before or after any commit of its ledger and any
  writing call, or at any moment; what was durable stays, and its slots stay leased for a while.
- `shortcuts.py` leaves out what takes the time of libraries, and changes nothing.
- `workers.py` are the workers: the code of the package as it is, client, slots and engine.
- `invariants.py` compares what the workers said with what the witness saw.
- `test_mutations.py` breaks the package on purpose: the simulation has to notice each of them.
  `tests/mutations/` takes out what only shows in files, on the wire or at the doors.
"""
