"""Dynamic content of messages: read with positions, checked, and rendered for a preview.

`scan` finds tags and their arguments, `tags` holds what each tag takes, `values` reads tokens and
prettifiers, `conditions` those of `IF`, `dates` formats and shifts. `syntax` checks one text with
them, `html` what surrounds the tags, `message` a whole message; `links` follows its links; `render`
prints a text for one person. `findings` is what all checks return.
Source: GetResponse, Dynamic Content.
"""
