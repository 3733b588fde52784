"""``python -m servicedesk.local``: the demo, and servers for tests and developers."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from servicedesk.local import demo, run, suite
from servicedesk.local.console import complain, say
from servicedesk.local.places import AlreadyRunning, Home


def main(arguments: list[str]) -> int:
    """Parse the command line and do what it says."""
    options = _parser().parse_args(arguments)
    home = Home(options.home)
    if options.command == "demo":
        return demo.main(home)
    if options.command == "reset":
        return _reset(home, sure=options.yes)
    argv = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if options.command == "test":
        return suite.test(home, argv, long=options.long)
    purpose = run.Purpose(
        environment=options.environment,
        durable=options.durable,
        migrate=options.migrate,
    )
    if options.command == "up":
        return run.up(home, purpose, print_environment=options.print_env)
    return run.run(home, argv, purpose)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m servicedesk.local")
    parser.set_defaults(argv=[])
    parser.add_argument(
        "--home", type=Path, help="the data folder (default: .servicedesk)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="start the whole site with demo data")
    reset = commands.add_parser("reset", help="delete the local data")
    reset.add_argument("--yes", action="store_true", help="without asking")
    up = commands.add_parser("up", help="keep PostgreSQL and Redis running")
    up.add_argument("--print-env", action="store_true", help="print their addresses")
    test = commands.add_parser("test", help="run the tests with servers beside them")
    test.add_argument("--long", action="store_true", help="repeat what is random")
    with_servers = commands.add_parser(
        "run", help="run a command with servers beside it"
    )
    for command in (test, with_servers):
        command.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- …")
    for command in (up, with_servers):
        command.add_argument(
            "--durable", action="store_true", help="survive a power cut (slower)"
        )
        command.add_argument(
            "--migrate", action="store_true", help="make the tables as well"
        )
        command.add_argument("--environment", choices=("demo", "test"), default="test")
    return parser


def _reset(home: Home, *, sure: bool) -> int:
    if not home.path.exists():
        say(f"There is nothing in {home.path}.")
        return 0
    if not sure:
        say(f"This deletes the local data in {home.path}: database, files, secrets.")
        say("A server that DATABASE_URL names is not touched.")
        sys.stdout.write('Type "yes" to go on: ')
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() != "yes":
            say("Nothing was deleted.")
            return 1
    try:
        with home.locked():
            shutil.rmtree(home.path)
    except AlreadyRunning as error:
        complain(str(error))
        return 1
    say("Deleted. make demo begins afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
