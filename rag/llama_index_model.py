"""Any language model object of llama-index, such as ``Anthropic(...)``, as one of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.background import read_thread
from rag.errors import LanguageModelError
from rag.language_model import Limits, Piece, Prompt

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


class LlamaIndexModel:
    """Asks ``llm.stream_chat``. Its key, retries and temperature are its own settings."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm

    @property
    def name(self) -> str:
        """The model's name, or its class's where it tells none."""
        told = self._llm.metadata.model_name
        return told if told and told != "unknown" else type(self._llm).__name__

    @property
    def identity(self) -> str:
        """Its class and name."""
        return f"{type(self._llm).__module__}.{type(self._llm).__qualname__} {self.name}"

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """See ``LanguageModel.stream``. llama-index counts no tokens: they are 0."""
        written = 0
        try:
            for text in read_thread(lambda: self._texts(prompt), limits.seconds, ""):
                yield Piece(text)
                written += len(text)
                if written > limits.characters:
                    yield Piece(finish="length")
                    return
        except TimeoutError:
            raise LanguageModelError(
                f"The model {self.name} did not answer in time.",
                "Raise llm_seconds, or choose a faster model.",
            ) from None
        except Exception as error:  # noqa: BLE001 - any library may be behind it
            # Not its words: they may hold the key that it was made with.
            raise LanguageModelError(
                f"The model {self.name} failed ({type(error).__name__}).",
                "Try it by itself: llm.complete('Hello')",
            ) from None
        yield Piece(finish="stop")

    def _texts(self, prompt: Prompt) -> Iterator[str]:
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=prompt.system),
            ChatMessage(role=MessageRole.USER, content=prompt.user),
        ]
        for response in self._llm.stream_chat(messages):
            if isinstance(response.delta, str):
                yield response.delta
