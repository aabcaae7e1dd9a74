"""The `playground` command: what it says when something is in the way, and that it serves where it says."""

import socket
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from app.cli import main
from app.settings import Settings


def ask(*args: str, **env: str):
    return CliRunner(env={f"PLAYGROUND_{key.upper()}": value for key, value in env.items()}).invoke(main, args)


def test_version():
    assert version("neuron-playground") in ask("--version").output


@pytest.mark.parametrize("args", [["serve"], []], ids=["serve", "serve is the default"])
def test_a_port_that_is_taken_is_said_in_one_sentence(args, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = ask(*args, "--port", str(port), "--data-dir", str(tmp_path))
    assert answer.exit_code == 1
    assert answer.output == (
        f"Error: Port {port} is taken by another program. Choose another: playground serve --port {port + 1}\n"
    )


def test_an_address_of_another_machine_is_refused(tmp_path):
    answer = ask("serve", "--host", "192.0.2.1", "--port", "0", "--data-dir", str(tmp_path))
    assert answer.exit_code == 1
    assert "192.0.2.1 is not an address of this machine" in answer.output


def test_a_data_folder_that_cannot_be_made_is_said_with_its_name(tmp_path):
    (tmp_path / "file").write_text("")
    answer = ask("serve", "--data-dir", str(tmp_path / "file" / "data"))
    assert answer.exit_code == 1
    assert f"The data folder {tmp_path / 'file' / 'data'} cannot be used" in answer.output


@pytest.mark.parametrize(
    "name, value", [("port", "eighty"), ("workers", "0"), ("max_parameters", "lots"), ("checkpoint_seconds", "nan")]
)
def test_a_setting_that_does_not_fit_is_named_with_its_variable(name, value):
    answer = ask("serve", **{name: value})
    assert answer.exit_code == 1
    assert answer.output.startswith(f"Error: PLAYGROUND_{name.upper()} is '{value}': ")
    assert "Traceback" not in answer.output


def test_two_servers_do_not_share_a_data_folder(server):
    answer = ask("serve", "--port", "0", "--data-dir", str(server.data_dir))
    assert answer.exit_code == 1
    assert f"Another server is using the data folder {server.data_dir}." in answer.output


def test_origins_are_given_with_commas(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_ALLOWED_ORIGINS", "https://a.example/, https://b.example")
    assert Settings().allowed_origins == ("https://a.example", "https://b.example")


def test_the_database_is_a_file_in_the_data_folder_unless_said_otherwise(tmp_path):
    assert Settings(data_dir=tmp_path).database == f"sqlite:///{tmp_path / 'playground.db'}"
    assert Settings(data_dir=tmp_path, database_url="postgresql://db").database == "postgresql://db"


def test_ctrl_c_ends_the_server_without_a_word(server_factory):
    running = server_factory(workers=1)
    running.stop()
    assert running.process.returncode == 0
    assert "Traceback" not in running.log()
    assert "Aborted" not in running.log()
