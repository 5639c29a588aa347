"""The pages' addresses: which view of the desk each one shows, and with which template."""
