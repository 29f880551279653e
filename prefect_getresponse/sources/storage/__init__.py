"""Where the bytes of a source are: files, patterns, URLs, archives.

`places` opens them, `files` reads them within limits, `packing` unpacks; `globs` are several files
as one, `web` fetches a file, from `public_hosts` only where others say from where.
"""
