"""Stage attribute: from documents to attributions, by one pass of the shipped encoder."""

from sayso.attribute._attribute import ATTRIBUTOR, attribute, attribute_many

__all__ = ["ATTRIBUTOR", "attribute", "attribute_many"]
