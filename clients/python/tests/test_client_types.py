"""The package is typed, to the letter."""

import os
import subprocess

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def test_mypy_is_content_and_who_uses_the_package_gets_its_types(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "from ciaos import Ciaos, Config\n"
        "client = Ciaos(Config('http://host', 'me', ''))\n"
        "reveal_type(client.get('k'))\n"
        "for key, files in client.get_many(['k']):\n    reveal_type(files)\n"
        "for key, some in client.get_many(['k'], missing='none'):\n    reveal_type(some)\n"
        "client.read(7)\n")
    # In one run: most of it goes into reading the libraries' types.
    done = subprocess.run(
        ["mypy", "--strict", "--cache-dir", str(tmp_path), "src/ciaos", str(program)], cwd=PACKAGE,
        capture_output=True, text=True)
    told = done.stdout.splitlines()
    files = "builtins.list[Union[builtins.bytearray, builtins.memoryview]]"
    assert 'Revealed type is "Union[builtins.list[builtins.bytearray], None]"' in told[0], done.stdout
    assert f'Revealed type is "{files}"' in told[1]
    assert f'Revealed type is "Union[{files}, None]"' in told[2]
    assert 'incompatible type "int"; expected "str"' in told[3]
    assert "Found 1 error in 1 file" in told[4] and len(told) == 5, done.stdout
