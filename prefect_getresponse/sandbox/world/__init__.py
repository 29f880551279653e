"""The state of one account, and what happens in it as time passes.

`world` is all of it, `records` plain collections, `agenda` what is due later. `import_rows` brings
an import in; `mailings` are sent, and `reactions` and `traffic` are what people do then. `links`
and `images` are in messages.
"""
