"""What the fields of a flow's form are called in Prefect's UI: words instead of parameters."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, get_args

from pydantic import Field
from pydantic.fields import FieldInfo


def titled(annotation: Any, title: str) -> Any:
    """A type with a title for forms.

    Args:
        annotation: The type.
        title: The title.
    """
    # Prefect names fields by parameters; only what is extra in a schema is left as it is.
    return Annotated[annotation, Field(json_schema_extra={"title": title})]


def with_titles(signature: inspect.Signature) -> inspect.Signature:
    """A signature whose parameters all have titles: their names in words, unless given.

    Args:
        signature: The signature of a flow's function.
    """
    return signature.replace(
        parameters=[
            each
            if _has_title(each.annotation)
            else each.replace(annotation=titled(each.annotation, _in_words(each.name)))
            for each in signature.parameters.values()
        ]
    )


def _has_title(annotation: Any) -> bool:
    extras = (
        each.json_schema_extra for each in get_args(annotation) if isinstance(each, FieldInfo)
    )
    return any(isinstance(extra, dict) and "title" in extra for extra in extras)


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()
