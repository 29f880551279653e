"""What runs inside a Prefect run, a thread or a forked process need: loops, states, logs.

`event_loops` runs coroutines from anywhere and slow work beside them, `forks` begins anew in a
child, `file_lock` is held by one process, `garbage` collection leaves what stays alone.
`ending_states` says in a sentence how a run ended, `run_logs` what the client warned of, `starters`
who started it, `flow_words` words it by a flow's parameters, `form_titles` names the fields of its
form, `prefect_files` knows Prefect's settings without importing it. `assets` are what a flow makes,
`artifact_keys` where its artifacts stand, and `approvals` puts a plan before a person.
"""
