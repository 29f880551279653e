"""What has to be said before an import: what columns are, and who vouches for the people.

`source_mapping` is what you say about a source, `vouching` who has agreed where no column says so,
`said` what is remembered of both and `memory` where; `answers` finds what is still open.
"""
