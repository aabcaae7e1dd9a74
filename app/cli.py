"""The `playground` command: start the server and say where it is.

Imports stay inside the functions: worker processes load this file too, when they start.
"""

import errno
import gc
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli_data import data

if TYPE_CHECKING:
    from app.settings import Settings

DISTRIBUTION = "neuron-playground"


class ServeByDefault(click.Group):
    """`playground` and `playground --port 9000` mean `playground serve …`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "--version")):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=ServeByDefault)
@click.version_option(package_name=DISTRIBUTION, prog_name=DISTRIBUTION)
def main() -> None:
    """A visual playground for neural networks. Without a command: serve."""


main.add_command(data)


@main.command()
@click.option("--host", help="Address to listen on; 0.0.0.0 lets other machines in.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.  [default: 8000]")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Folder for runs and checkpoints.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--log-level", help="debug, info, warning or error: what the log tells.  [default: warning]")
def serve(open_page: bool, **chosen: Any) -> None:
    """Start the server. Every other setting is an environment variable: see docs/settings.md."""
    from app.paths import vendor_problem

    settings = read_settings({name: value for name, value in chosen.items() if value is not None})
    if problem := vendor_problem():
        raise click.ClickException(problem)
    with sole_owner(settings.data_dir), listen(settings.host, settings.port) as sock:
        run(settings, sock, open_page)


def read_settings(chosen: dict[str, Any]) -> "Settings":
    """Options first, then the environment, then the defaults; what does not fit is said in one sentence."""
    from pydantic import ValidationError

    from app.settings import PREFIX, Settings

    try:
        return Settings(**chosen)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = str(problem["loc"][0])
            source = f"--{name.replace('_', '-')}" if name in chosen else PREFIX + name.upper()
            lines.append(f"{source} is {problem['input']!r}: {problem['msg'][0].lower()}{problem['msg'][1:]}.")
        raise click.ClickException("\n".join(lines)) from None


@contextmanager
def sole_owner(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this server: two servers on one folder would train the same runs twice.

    The lock is the operating system's, so it goes when the process goes, however it ends.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data_dir / "server.lock", os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise click.ClickException(
            f"The data folder {data_dir} cannot be used: {error.strerror}. Choose another with --data-dir."
        ) from None
    try:
        try:
            lock(descriptor)
        except BlockingIOError:
            raise click.ClickException(
                f"Another server is using the data folder {data_dir}. Stop it, or choose another with --data-dir."
            ) from None
        yield
    finally:
        os.close(descriptor)


def lock(descriptor: int) -> None:
    """Lock the file or raise BlockingIOError at once."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from None
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket: what can go wrong with an address is said here, before anything is started."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if sys.platform != "win32":  # there the option would let two servers share a port
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            reason = f"Port {port} is taken by another program. Choose another: playground serve --port {port + 1}"
        elif error.errno == errno.EACCES:
            reason = f"Port {port} is not for everyone. Choose one above 1023: playground serve --port 8000"
        else:
            reason = f"{host} is not an address of this machine ({error.strerror}). Choose another with --host."
        raise click.ClickException(reason) from None
    return sock


def run(settings: "Settings", sock: socket.socket, open_page: bool) -> None:
    """Serve until Ctrl+C; say the address once the server answers there."""
    gc.disable()  # while nothing but imports happens
    import uvicorn

    from app.logs import configure
    from app.main import create_app, farewell
    from app.memory import frugal

    frugal()
    configure(settings.log_level, settings.log_json)
    app = create_app(settings)
    gc.freeze()  # what was imported stays; looking through it again and again takes a tenth of a busy server's time
    gc.set_threshold(10_000, 10, 10)
    gc.enable()
    port = sock.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    address = f"http://{shown}:{port}{settings.root_path}/"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                announce(address, settings, open_page)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await farewell(app)  # or streams would hold the server up for as long as it waits for requests
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        root_path=settings.root_path,
        log_config=None,  # `app.logs` has seen to it
        access_log=False,
        proxy_headers=False,  # `app.main` believes the proxies of the settings and no others
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # saves 7 % of the bytes of floats for 15 times the work
        timeout_graceful_shutdown=5,
    )
    server = Server(config)
    try:
        server.run(sockets=[sock])
    except KeyboardInterrupt:
        pass  # everything is stopped by now; uvicorn only hands Ctrl+C on
    if not server.started:
        raise click.ClickException("The server could not start; the lines above say why.")


def announce(address: str, settings: "Settings", open_page: bool) -> None:
    click.echo(f"\n  Playground: {address}\n  Runs are kept in {settings.data_dir}. Ctrl+C stops the server.\n")
    if settings.host in ("0.0.0.0", "::"):
        click.echo(f"  Other machines reach it under this machine's own address, port {address.split(':')[-1]}\n")
    sys.stdout.flush()
    # Without a screen a text browser could take over the terminal.
    if open_page and (
        sys.platform in ("win32", "darwin") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    ):
        import webbrowser

        webbrowser.open(address)


if __name__ == "__main__":
    main()
