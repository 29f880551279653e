"""Ready-made flows, one a file.

The folder stands at the top of the repository; its import path is `prefect_getresponse.flows`.
"""
