"""Stage attribute: from documents to attributions, by one pass of the shipped encoder."""

from sayso.attribute._attribute import ATTRIBUTOR, attribute, attributor, check_settings, decide, read

__all__ = ["ATTRIBUTOR", "attribute", "attributor", "check_settings", "decide", "read"]
