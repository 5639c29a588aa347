"""The workbench: the desk in the browser. Server-rendered pages that work without JavaScript; reading only, for now.

In: a `Desk`. Out: an ASGI application. Every page's address with `.json` added gives its content.
"""

from sayso.web.app import create_app

__all__ = ["create_app"]
