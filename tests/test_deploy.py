"""What the pages about servers say is so: files that are copied exist, commands and settings are real."""

import re
import shlex
from pathlib import Path

import pytest

from app.cli import main
from app.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
LINES = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()


def instructions(name):
    return [line.removeprefix(name).strip() for line in LINES if line.startswith(f"{name} ")]


def test_everything_that_is_copied_into_the_container_is_in_the_checkout():
    for line in instructions("COPY"):
        if not line.startswith("--from"):
            *sources, _ = line.split()
            assert [source for source in sources if not (ROOT / source).exists()] == []
    copied = {source for line in instructions("COPY") for source in line.split()[:-1]}
    assert {"app", "engine", "static", "templates", "pyproject.toml", "constraints.txt"} <= copied


def test_what_builds_it_is_not_left_out():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert not {"app", "engine", "static", "templates", "README.md"} & set(ignored)
    for kept in ("!static/vendor/package.json", "!static/vendor/package-lock.json"):
        assert kept in ignored and (ROOT / kept[1:]).exists()


def test_it_is_installed_as_the_readme_says_with_the_tested_versions():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install -c constraints.txt" in readme
    install = next(line for line in instructions("RUN") if "pip install" in line)
    assert "-c constraints.txt" in install
    extras = re.search(r'"\.\[(\w+)\]"', install)[1]
    assert f"\n{extras} = [" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_it_runs_as_nobody_in_particular_and_is_asked_how_it_is():
    assert len(instructions("FROM")) == 2
    assert instructions("USER") == ["playground"]
    assert LINES.index("USER playground") < next(k for k, line in enumerate(LINES) if line.startswith("CMD "))
    assert "/readyz" in "".join(instructions("HEALTHCHECK"))
    check = re.search(r'"-c", "(.*)"\]', DOCKERFILE)[1].replace('\\"', '"')
    compile(check, "health check", "exec")


def test_its_command_is_one_of_ours():
    (command,) = instructions("CMD")
    assert command == '["/venv/bin/playground", "serve"]'
    assert "serve" in main.commands


@pytest.mark.parametrize("text", [DOCKERFILE, DEPLOY], ids=["Dockerfile", "deploy.md"])
def test_every_setting_that_is_named_exists(text):
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z](?![A-Z_…])", text))
    assert named and named <= known, named - known


def test_the_settings_in_the_commands_are_valid(tmp_path, monkeypatch):
    commands = [line for block in re.findall(r"```sh\n(.*?)```", DEPLOY, re.DOTALL) for line in block.splitlines()]
    started = [shlex.split(line) for line in commands if "playground serve" in line]
    assert len(started) >= 3
    for words in started:
        with monkeypatch.context() as patch:
            for word in words:
                if "=" in word:
                    patch.setenv(*word.split("=", 1))
            assert Settings(data_dir=tmp_path)


def test_the_commands_for_docker_are_those_of_the_dockerfile():
    for line in re.findall(r"^#   (docker .*)$", DOCKERFILE, re.MULTILINE):
        assert line in DEPLOY
    port = re.search(r"PLAYGROUND_PORT=(\d+)", DOCKERFILE)[1]
    assert instructions("EXPOSE") == [port] and f"-p {port}:{port}" in DEPLOY
    assert f"{Settings.model_fields['port'].default}" == port


def test_blocks_in_the_proxies_files_are_closed():
    for block in re.findall(r"```(?:nginx)?\n(.*?)```", DEPLOY, re.DOTALL):
        assert block.count("{") == block.count("}")
    assert "proxy_set_header Upgrade" in DEPLOY and "X-Forwarded-For" in DEPLOY
    assert (
        int(re.search(r"client_max_body_size (\d+)m", DEPLOY)[1]) * 2**20
        >= Settings.model_fields["max_dataset_bytes"].default
    )
