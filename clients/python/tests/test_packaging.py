"""The package as pip builds and installs it, without a network."""

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy, since building leaves folders beside the sources."""
    copy = tmp_path_factory.mktemp("sources") / "python"
    shutil.copytree(
        PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "tests", "bench"))
    return copy


@pytest.fixture(scope="module")
def wheel(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet",
         "--wheel-dir", str(folder), str(sources)])
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    run([sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", "--target", str(folder),
         str(wheel)])
    return folder


def run(command, **more):
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, **more)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def run_installed(installed, *arguments, **variables):
    """Away from the sources, which are not on the path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CIAOS_")}
    return run([sys.executable, *arguments], cwd=str(installed.parent),
               env={**environment, **variables, "PYTHONPATH": str(installed)})


def modules():
    folder = os.path.join(PACKAGE, "src", "ciaos")
    return {f"ciaos/{name}" for name in os.listdir(folder) if name.endswith(".py")}


def test_the_wheel_has_the_modules_and_their_types(wheel):
    assert wheel.name == "ciaos-2.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert {name for name in names if ".dist-info/" not in name} == modules() | {"ciaos/py.typed"}
        told = archive.read("ciaos-2.0.0.dist-info/METADATA").decode()
        entries = configparser.ConfigParser()
        entries.read_string(archive.read("ciaos-2.0.0.dist-info/entry_points.txt").decode())
    for line in ("Name: ciaos", "Version: 2.0.0", "Requires-Python: >=3.9", "Provides-Extra: fsspec",
                 "Provides-Extra: torch", "Provides-Extra: tqdm"):
        assert line in told.splitlines()
    needed = [line for line in told.splitlines() if line.startswith("Requires-Dist: ") and "extra ==" not in line]
    assert [line.split()[1].split(">")[0] for line in needed] == ["requests"]
    assert "from ciaos import Ciaos, Config" in told
    assert dict(entries["fsspec.specs"]) == {"ciaos": "ciaos.fs:CiaosFileSystem"}


def test_the_source_package_can_be_built_from(sources, tmp_path):
    run([sys.executable, "-c", "import setuptools.build_meta as build, sys; build.build_sdist(sys.argv[1])",
         str(tmp_path)], cwd=str(sources))
    (made,) = tmp_path.iterdir()
    assert made.name == "ciaos-2.0.0.tar.gz"
    with tarfile.open(made) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= {"pyproject.toml", "README.md", "src/ciaos/py.typed"} | {f"src/{name}" for name in modules()}


def test_installed_it_is_found_and_tells_its_version(installed):
    assert (installed / "ciaos" / "py.typed").exists()
    assert "2.0.0" in run_installed(installed, "-m", "ciaos", "--version")
    told = run_installed(installed, "-c", (
        "import ciaos, importlib.metadata\n"
        "print(ciaos.__version__, importlib.metadata.version('ciaos'), ciaos.__file__)\n"
        "from ciaos.client import Ciaos\n"
        "from ciaos.config import Config\n"
        "assert (Ciaos, Config) == (ciaos.Ciaos, ciaos.Config)"))
    version, of_package, file = told.split()
    assert version == of_package == "2.0.0" and file.startswith(str(installed))


def test_fsspec_finds_the_file_system_by_itself(installed):
    assert run_installed(installed, "-c", (
        "import sys, fsspec\n"
        "fs = fsspec.filesystem('ciaos', api_url='http://127.0.0.1:9', user_id='me')\n"
        "print(type(fs).__module__, type(fs).__name__)")) == "ciaos.fs CiaosFileSystem\n"


def test_pandas_reads_what_the_environment_points_at(installed, client, config):
    client.put_bytes("tables/people.csv", b"name,age\nAnn,3\nBob,4\n")
    assert run_installed(
        installed, "-c", "import pandas; print(pandas.read_csv('ciaos://tables/people.csv').age.sum())",
        CIAOS_URL=config.api_url, CIAOS_USER=config.user_id) == "7\n"
