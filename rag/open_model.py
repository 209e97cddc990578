"""The language model that a configuration or a caller names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.config import LOCAL_MODEL, MODEL_FILE_SUFFIX, Config
from rag.errors import ConfigError
from rag.language_model import LanguageModel

if TYPE_CHECKING:
    from rag.endpoint import Endpoint

ADDRESSES = (
    "https://api.openai.com/v1 (OpenAI), http://127.0.0.1:11434/v1 (Ollama), "
    "http://127.0.0.1:8000/v1 (vLLM), http://127.0.0.1:8080/v1 (llama.cpp), "
    "http://127.0.0.1:1234/v1 (LM Studio) or https://openrouter.ai/api/v1 (OpenRouter)"
)


def open_model(config: Config) -> LanguageModel | None:
    """The configured model, None where none is; a local one is loaded.

    Raises ``ConfigError`` when its address is missing, ``ModelError`` for a local model that
    cannot be loaded. An endpoint is not asked yet.
    """
    return open_endpoint(config) if config.llm else None


def open_endpoint(config: Config) -> Endpoint:
    """The endpoint of the configured model; see ``open_model``."""
    if is_local(config):
        from rag.local_model import serve

        return serve(config)
    if not config.llm_url:
        raise ConfigError(
            f"The model {config.llm!r} has no address.", f"Set llm_url, such as {ADDRESSES}."
        )
    from rag.endpoint import Endpoint

    return Endpoint(config.llm, config.llm_url)


def is_local(config: Config) -> bool:
    """Whether the configured model runs in this process."""
    name = config.llm
    return name == LOCAL_MODEL or name.lower().endswith(MODEL_FILE_SUFFIX)


def given_model(model: Any) -> LanguageModel | None:
    """A model object of the caller's as one of ours: ours as it is, llama-index's adapted."""
    if model is None:
        return None
    if hasattr(model, "stream_chat"):
        from rag.llama_index_model import LlamaIndexModel

        return LlamaIndexModel(model)
    if hasattr(model, "stream") and hasattr(model, "identity"):
        ours: LanguageModel = model
        return ours
    raise ConfigError(
        f"An object of {type(model).__name__} is no language model.",
        "Give a llama-index LLM, such as Anthropic(model=...), or set llm and llm_url.",
    )
