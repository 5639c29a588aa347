"""The errors a user may see: one line that says what is wrong, where, and what to do."""


class SaysoError(Exception):
    """Work that failed for a reason the user can act on. The command line prints it and exits with `status`."""

    status = 1


class UsageError(SaysoError):
    """The request itself cannot be carried out as asked (exit status 2)."""

    status = 2


class SettingsError(UsageError):
    """A settings file is wrong. The message names file, line and key."""


class Unreadable(SaysoError):
    """An item that a reader refuses; the message is the reason, without the item's name."""
