"""The one place that tells our libraries to keep off the network and to send no telemetry.

Call ``keep_offline`` before torch, transformers, chromadb or gradio is imported: each of them
reads its switch once, while it is imported.
"""

from __future__ import annotations

import os

# Hugging Face's libraries look for newer files of a model on every load unless told not to;
# Chroma and gradio send usage statistics unless told not to; tokenizers prints a warning about
# forks on every worker process.
OFFLINE_ENVIRONMENT: dict[str, str] = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
}


def keep_offline() -> None:
    """Set the switches in this process's environment, over whatever it held before.

    They are not merely defaults: "no network" is a promise of ours, so a variable left over in
    a user's shell must not break it.
    """
    os.environ.update(OFFLINE_ENVIRONMENT)
