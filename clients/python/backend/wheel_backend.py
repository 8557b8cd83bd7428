"""Builds the package with Python alone (PEP 517): the machines of bots often have no other tools, and no network."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "drawbridge_client"
MADE_AT = (2020, 1, 1, 0, 0, 0)
"""The same sources make the same bytes."""

File = Tuple[str, bytes]


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: Optional[str] = None) -> str:
    project = _project()
    name = f"{PACKAGE}-{project['version']}-py3-none-any.whl"
    info = f"{PACKAGE}-{project['version']}.dist-info"
    files = [*_sources("src"), (f"{info}/METADATA", _metadata(project)), (f"{info}/WHEEL", WHEEL)]
    record = "".join(f"{path},sha256={_digest(content)},{len(content)}\n" for path, content in files)
    files.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode()))
    with zipfile.ZipFile(Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files:
            wheel.writestr(zipfile.ZipInfo(path, MADE_AT), content, zipfile.ZIP_DEFLATED)
    return name


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    project = _project()
    base = f"{PACKAGE}-{project['version']}"
    files = [(f"src/{path}", content) for path, content in _sources("src")]
    files += [(path, (ROOT / path).read_bytes()) for path in ("pyproject.toml", "README.md", "backend/wheel_backend.py")]
    files.append(("PKG-INFO", _metadata(project)))
    with tarfile.open(Path(sdist_directory) / f"{base}.tar.gz", "w:gz") as sdist:
        for path, content in files:
            member = tarfile.TarInfo(f"{base}/{path}")
            member.size = len(content)
            sdist.addfile(member, io.BytesIO(content))
    return f"{base}.tar.gz"


WHEEL = b"Wheel-Version: 1.0\nGenerator: wheel_backend\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _project() -> Dict[str, str]:
    """The plain strings of [project]: Python 3.9 has no reader of TOML."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text.split("[project]", 1)[1].split("\n[", 1)[0]
    return dict(re.findall(r'^([\w-]+) = "([^"]*)"$', section, re.MULTILINE))


def _metadata(project: Dict[str, str]) -> bytes:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        "License: MIT",
        f"Requires-Python: {project['requires-python']}",
        "Classifier: Typing :: Typed",
        "Description-Content-Type: text/markdown",
        "",
        (ROOT / "README.md").read_text(encoding="utf-8"),
    ]
    return "\n".join(lines).encode()


def _sources(folder: str) -> List[File]:
    files = sorted(path for path in (ROOT / folder / PACKAGE).iterdir() if path.suffix == ".py" or path.name == "py.typed")
    return [(f"{PACKAGE}/{path.name}", path.read_bytes()) for path in files]


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
