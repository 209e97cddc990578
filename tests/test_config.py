"""Where settings come from, which source wins, and what a wrong one is told."""

from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path
from typing import Any

import pytest

from rag.config import Config, load_config
from rag.errors import ConfigError

OTHER_VALUES: dict[str, Any] = {
    "articles": Path("/other"),
    "index": Path("/index"),
    "embedder": "other-model",
    "chunk_tokens": 128,
    "max_sentences": 2,
    "min_confidence": 0.25,
    "candidates": 50,
    "chroma": "http://127.0.0.1:8000",
    "collection": "other",
    "max_removed_share": 0.75,
    "host": "0.0.0.0",
    "port": 80,
    "llm": "other-model",
    "llm_url": "https://models.example/v1",
    "llm_seconds": 5.0,
    "llm_evidence_tokens": 900,
    "llm_answer_tokens": 100,
    "llm_cache": True,
    "root_path": "/news",
    "password": "correct horse",
    "conversations": Path("/conversations"),
    "upload_mb": 5,
    "upload_files": 3,
}
ANSWERING = {"embedder", "chunk_tokens", "max_sentences", "min_confidence", "candidates", "llm"}
DRAFTING = {"llm", "llm_url", "llm_seconds", "llm_evidence_tokens", "llm_answer_tokens"}


@pytest.fixture(autouse=True)
def _working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str, name: str = "footnote.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_sources_every_setting_is_the_default() -> None:
    assert load_config(environ={}) == Config()


def test_every_setting_can_be_set_by_every_source() -> None:
    assert set(OTHER_VALUES) == {field.name for field in fields(Config)}
    for key, value in OTHER_VALUES.items():
        literal = str(value).lower() if isinstance(value, int | float) else f'"{value}"'
        file = write(f"{key} = {literal}\n", "one.toml")
        by_environment = load_config(environ={f"FOOTNOTE_{key.upper()}": str(value)})
        by_file = load_config(file, environ={})
        assert by_file == by_environment == load_config(environ={}, **{key: value})
        assert by_file == replace(Config(), **{key: value})


def test_flags_win_over_environment_over_file_over_defaults() -> None:
    write("port = 1\nmax_sentences = 1\nchunk_tokens = 101\n")
    environ = {"FOOTNOTE_PORT": "2", "FOOTNOTE_MAX_SENTENCES": "2", "FOOTNOTE_HOST": "localhost"}
    config = load_config(environ=environ, port=3)
    assert (config.port, config.max_sentences, config.chunk_tokens) == (3, 2, 101)
    assert config.host == "localhost"
    assert config.embedder == Config().embedder


def test_empty_variables_unset_flags_and_foreign_variables_are_passed_over() -> None:
    environ = {"FOOTNOTE_PORT": "", "PORT": "x", "PATH": "/bin"}
    assert load_config(environ=environ, port=None, articles=None) == Config()


def test_numbers_on_the_command_line_may_be_text() -> None:
    assert load_config(environ={}, port="80", min_confidence="0.25").port == 80
    assert load_config(environ={}, min_confidence=1) == Config(min_confidence=1.0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("articles", ""),
        ("articles", 3),
        ("articles", "~no-such-user-of-footnote/news"),
        ("embedder", "  "),
        ("embedder", 7),
        ("chunk_tokens", 63),
        ("chunk_tokens", 8193),
        ("chunk_tokens", 200.0),
        ("chunk_tokens", True),
        ("max_sentences", 0),
        ("max_sentences", -1),
        ("min_confidence", 1.01),
        ("min_confidence", float("nan")),
        ("min_confidence", True),
        ("candidates", 0),
        ("collection", "ab"),
        ("collection", "news articles"),
        ("collection", "-news-"),
        ("host", ""),
        ("port", 65536),
        ("port", -1),
        ("llm", 3),
        ("llm_seconds", 0.5),
        ("llm_evidence_tokens", 10),
        ("llm_answer_tokens", 0),
        ("llm_cache", 1),
        ("llm_cache", "perhaps"),
    ],
)
def test_a_value_that_does_not_hold_names_key_value_and_what_is_valid(
    key: str, value: object
) -> None:
    with pytest.raises(ConfigError) as from_flag:
        load_config(environ={}, **{key: value})
    assert f"{key} cannot be {value!r} (option {key})" in from_flag.value.wrong
    assert from_flag.value.mend.startswith("It must be ")
    with pytest.raises(ConfigError, match="Config"):
        Config(**{key: value})


def test_errors_say_which_source_held_the_wrong_value() -> None:
    with pytest.raises(ConfigError, match=r"port.*'many'.*environment variable FOOTNOTE_PORT"):
        load_config(environ={"FOOTNOTE_PORT": "many"})
    write("port = 70000\n")
    with pytest.raises(ConfigError, match=r"70000.*footnote\.toml.*0 to 65535"):
        load_config(environ={})
    write('port = "80"\n')
    with pytest.raises(ConfigError, match=r"'80'.*footnote\.toml"):
        load_config(environ={})


def test_an_unknown_key_lists_the_settings() -> None:
    write("chunk_size = 3\n")
    with pytest.raises(ConfigError, match=r"'chunk_size' \(file footnote\.toml\)") as by_file:
        load_config(environ={})
    assert all(field.name in by_file.value.mend for field in fields(Config))
    Path("footnote.toml").unlink()
    with pytest.raises(ConfigError, match="variable FOOTNOTE_PROT"):
        load_config(environ={"FOOTNOTE_PROT": "1"})
    with pytest.raises(ConfigError, match="prot"):
        load_config(environ={}, prot=1)


def test_files_that_cannot_be_used() -> None:
    with pytest.raises(ConfigError, match=r"missing\.toml does not exist"):
        load_config("missing.toml", environ={})
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(write("port 80\n"), environ={})
    Path("latin.toml").write_bytes(b'host = "caf\xe9"\n')
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config("latin.toml", environ={})
    Path("folder.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config("folder.toml", environ={})


def test_home_is_expanded_and_paths_in_a_file_are_taken_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    home = tmp_path / "home" / "news"
    (tmp_path / "elsewhere").mkdir()
    file = write('articles = "news"\nindex = "~/news"\n', "elsewhere/any.toml")
    config = load_config(file, environ={})
    assert (config.articles, config.index) == (Path("elsewhere/news"), home)
    assert load_config(environ={"FOOTNOTE_ARTICLES": "~/news"}).articles == home
    assert load_config(environ={}, articles="~/news").articles == home
    assert Config(articles=Path("~/news")).articles == home


def test_the_index_lies_under_the_working_directory_unless_it_is_set(tmp_path: Path) -> None:
    digest = hashlib.sha256(str(tmp_path / "seeds").encode()).hexdigest()[:8]
    assert Config().index_path == Path(f".footnote/seeds-{digest}")
    assert Config(articles=tmp_path / "seeds").index_path == Config().index_path
    assert Config(articles=Path("a/news")).index_path != Config(articles=Path("b/news")).index_path
    assert Config(index=Path("here")).index_path == Path("here")
    assert Config(articles=Path("/")).index_path.name.startswith("articles-")


def test_the_fingerprint_changes_with_what_changes_answers_and_with_nothing_else() -> None:
    prints = {key: replace(Config(), **{key: value}) for key, value in OTHER_VALUES.items()}
    changed = {key for key, config in prints.items() if config.fingerprint != Config().fingerprint}
    assert changed == ANSWERING
    assert len({prints[key].fingerprint for key in ANSWERING}) == len(ANSWERING)


def test_where_a_model_drafts_its_settings_belong_to_the_fingerprint() -> None:
    drafting = Config(llm="some-model")
    prints = {
        key: replace(drafting, **{key: value}).fingerprint for key, value in OTHER_VALUES.items()
    }
    changed = {key for key, told in prints.items() if told != drafting.fingerprint}
    assert changed == ANSWERING | DRAFTING
    assert len({prints[key] for key in changed}) == len(changed)


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "yes", "on"])
def test_a_truth_may_be_written_in_several_ways(text: str) -> None:
    assert load_config(environ={"FOOTNOTE_LLM_CACHE": text}).llm_cache
    assert not load_config(environ={"FOOTNOTE_LLM_CACHE": "off"}).llm_cache


@pytest.mark.parametrize(
    "url",
    [
        "sk-a-key-in-the-wrong-place",
        "https://user:sk-secret@models.example/v1",
        "https://models.example/v1?key=sk-secret",
        "ftp://sk-secret/v1",
        "http://[broken",
        "http://host:port/v1",
    ],
)
def test_an_address_that_does_not_hold_is_not_repeated(url: str) -> None:
    """It may be a key, or have one in it."""
    with pytest.raises(ConfigError) as raised:
        load_config(environ={"FOOTNOTE_LLM_URL": url})
    assert url not in str(raised.value)
    assert "sk-" not in str(raised.value)
    assert "FOOTNOTE_LLM_KEY" in raised.value.mend


def test_the_key_of_an_endpoint_is_no_setting() -> None:
    environ = {"FOOTNOTE_LLM_KEY": "sk-secret"}
    config = load_config(environ=environ)
    assert config == Config()
    assert "sk-secret" not in repr(config)
    for load in (
        lambda: load_config(write('llm_key = "sk-secret"\n'), environ={}),
        lambda: load_config(environ={}, llm_key="sk-secret"),
    ):
        with pytest.raises(ConfigError, match="export FOOTNOTE_LLM_KEY") as raised:
            load()
        assert "sk-secret" not in str(raised.value)


def test_a_configuration_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Config().port = 1  # type: ignore[misc]


def test_a_password_is_neither_printed_nor_repeated_in_an_error() -> None:
    assert "correct horse" not in repr(Config(password="correct horse"))
    with pytest.raises(ConfigError) as told:
        load_config(environ={"FOOTNOTE_PASSWORD": "hunter2"})
    assert "hunter2" not in str(told.value)
    assert "8 characters" in told.value.mend


@pytest.mark.parametrize("wrong", ["/", "news", "/news/", "//news", "/a b", "/?q", "/a\n"])
def test_a_path_prefix_is_a_path(wrong: str) -> None:
    with pytest.raises(ConfigError, match="root_path"):
        Config(root_path=wrong)


def test_conversations_lie_beside_the_index() -> None:
    assert Config(index=Path("/a/index")).conversations_path == Path("/a/index-conversations")
    assert Config(conversations=Path("/b")).conversations_path == Path("/b")
