"""The WSGI application: `granian --interface wsgi app:app` in this folder."""

import os

from chatbot import create_app

app = create_app(os.environ)
