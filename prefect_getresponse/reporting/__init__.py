"""What people read while a flow works and when it has ended.

`progress` says where the work is, on a `terminal` or in Prefect (`flow_progress`); `markdown`
writes texts of others safely, `streams` lets no output stop the work.
"""
