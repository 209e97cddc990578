"""The command ``footnote``: finds the subcommand, builds the configuration, prints errors.

Nothing heavy is imported here, so ``--help`` and a mistyped option answer at once.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from dataclasses import fields
from importlib.metadata import EntryPoint, entry_points, version
from io import TextIOWrapper

from rag import command_verify, printing
from rag.commands import COMMANDS, FAILED, MISUSED, Command
from rag.config import Config, load_config
from rag.errors import FootnoteError, choices
from rag.offline import keep_offline

PROGRAM = "footnote"
COMMAND_GROUP = "footnote.commands"
OWN = (
    *COMMANDS,
    Command(command_verify.NAME, command_verify.HELP, command_verify.configure, command_verify.run),
)

# What a shell reports for a process ended by SIGINT or SIGPIPE: 128 + the signal's number.
INTERRUPTED = 130
PIPE_CLOSED = 141

EPILOG = """\
exit codes: 0 answered or done, 1 error, 2 wrong usage, 3 the articles do not hold the answer,
130 interrupted"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``footnote`` with ``argv`` (default: the process's arguments); returns the exit code."""
    keep_offline()
    _tolerate_any_text()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more on its way out, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except SystemExit as stop:  # argparse: 0 after --help, 2 after wrong usage
        return stop.code if isinstance(stop.code, int) else MISUSED
    return code


def _run(arguments: list[str]) -> int:
    wanted = next((argument for argument in arguments if not argument.startswith("-")), None)
    plugins = {entry.name: entry for entry in entry_points(group=COMMAND_GROUP)}
    names = [command.name for command in OWN] + sorted(plugins)
    if wanted is not None and wanted not in names:
        return _unknown(wanted, names)
    args = _parser(_needed(wanted, plugins)).parse_args(arguments)
    try:
        code: int = args.run_command(_configuration(args), args)
    except FootnoteError as error:
        if args.json:
            printing.print_json({"status": "error", "message": error.wrong, "mend": error.mend})
        printing.print_error(error)
        return FAILED
    return code


def _unknown(wanted: str, names: Sequence[str]) -> int:
    near = difflib.get_close_matches(wanted, names, n=1)
    mend = f"Did you mean {near[0]}? " if near else ""
    printing.print_error(
        FootnoteError(
            f"There is no command {wanted!r}.", f"{mend}The commands are {choices(names)}."
        )
    )
    return MISUSED


def _needed(wanted: str | None, plugins: dict[str, EntryPoint]) -> list[Command]:
    """Our commands, and those from elsewhere that this run has to load: one, or all for help."""
    loaded = [
        _loaded(plugins[name]) for name in sorted(plugins) if wanted is None or name == wanted
    ]
    return [*OWN, *loaded]


def _loaded(entry: EntryPoint) -> Command:
    module = entry.load()
    return Command(module.NAME, module.HELP, module.configure, module.run)


def _parser(available: Sequence[Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Answers questions from a folder of news articles, and only from them.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version(PROGRAM)}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in available:
        subparser = subparsers.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[:1].upper()}{command.help[1:]}.",
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.configure(subparser)
        _add_common(subparser)
        subparser.set_defaults(run_command=command.run, config=None, json=False)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    """The options of every command, and of its own subcommands where it has any.

    Options that are not given leave no trace, or a subcommand's would undo those before it.
    """
    group = parser.add_argument_group("common options", argument_default=argparse.SUPPRESS)
    group.add_argument("--articles", metavar="PATH", help="folder or file of articles, or - (ask)")
    group.add_argument("--index", metavar="FOLDER", help="where the index lies")
    group.add_argument("--chroma", metavar="URL", help="a Chroma server, http://host:port")
    group.add_argument("--embedder", metavar="NAME", help="sentence-transformers model or path")
    group.add_argument("--config", metavar="FILE", help="settings (default: footnote.toml)")
    group.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON value"
    )
    for action in parser._actions:  # argparse tells of subcommands nowhere else
        if isinstance(action, argparse._SubParsersAction):
            for subcommand in action.choices.values():
                _add_common(subcommand)


def _configuration(args: argparse.Namespace) -> Config:
    """The configuration, with every option that bears a setting's name over it."""
    given = {field.name: getattr(args, field.name, None) for field in fields(Config)}
    return load_config(args.config, os.environ, **given)


def _tolerate_any_text() -> None:
    """A name or an article that the output's encoding lacks must not end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
