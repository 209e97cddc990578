"""The page that asks for the password: it works without a script, and loads nothing."""

from __future__ import annotations

from importlib.resources import files

from rag.escaping import escape


def login_html(action: str, conversation: str = "", told: str = "") -> str:
    """The page; ``action`` is where its form goes, ``told`` what was wrong with the last try."""
    style = (files("ui") / "assets" / "login.css").read_text(encoding="utf-8")
    where = escape(f"{action}?c={conversation}" if conversation else action)
    warning = f'<p role="alert">{escape(told)}</p>' if told else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Footnote</title><style>{style}</style></head><body><main>"
        "<h1>Footnote</h1><p>Answers from your articles, word for word.</p>"
        f'<form method="post" action="{where}">'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" required autofocus'
        f' autocomplete="current-password">{warning}<button>Open</button></form>'
        "</main></body></html>\n"
    )
