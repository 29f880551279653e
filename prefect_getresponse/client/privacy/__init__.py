"""What keeps people and keys out of what is shown.

`masking` covers addresses in texts and data, `quiet` keeps the HTTP libraries from logging them.
"""
