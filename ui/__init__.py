"""The web chat: what a reader sees of Footnote. Knows ``rag``, and nothing of ``eval``."""

from rag.offline import keep_offline

# Gradio reads its switch for usage statistics while it is imported, which only modules of this
# package do.
keep_offline()
