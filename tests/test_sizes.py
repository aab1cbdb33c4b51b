"""From nothing to very large, from one file to very many."""

import hashlib
import random
import socket

import pytest

import filelists

CHUNK = 4 * 1024 * 1024


@pytest.mark.parametrize("size", [
    0, 1, 3, 4, 5, 1000, 65535, 65536, 65537, CHUNK - 64, CHUNK, CHUNK + 1, 3 * CHUNK + 17,
])
def test_one_file(client, size):
    data = random.Random(size).randbytes(size)
    assert client.put("key", [data]).status_code == 200
    assert client.files("key") == [data]


def test_a_large_file(client, large_bytes):
    piece = random.Random(1).randbytes(10_000_019)  # no multiple of a chunk, so that every chunk is another
    data = (piece * (large_bytes // len(piece) + 1))[:large_bytes]
    assert client.put("key", [b"before", data, b"behind"]).status_code == 200
    files = filelists.read(client.get("key").content)
    assert (bytes(files[0]), bytes(files[2])) == (b"before", b"behind")
    assert hashlib.sha256(files[1]).digest() == hashlib.sha256(data).digest()


def test_ten_thousand_files_in_one_key(client):
    files = [b"file %d" % i + b"." * (i % 50) for i in range(10_000)]
    assert client.put("key", files).status_code == 200
    assert client.files("key") == files
    assert client.append("key", files[:5000]).status_code == 200
    assert client.files("key") == files + files[:5000]


def test_files_of_every_length_up_to_a_few_words(client):
    files = [bytes(range(length)) for length in range(20)]
    client.put("key", files)
    assert client.files("key") == files


def test_more_files_than_fit_into_one_chunk(client):
    files = [random.Random(i).randbytes(700_000 + i) for i in range(20)]
    assert client.put("key", files).status_code == 200
    assert client.files("key") == files


def test_a_list_too_large_for_the_format_is_refused_before_its_body(node, client):
    with socket.create_connection(("127.0.0.1", node.port)) as connection:
        connection.sendall((f"POST /put/huge HTTP/1.1\r\nHost: x\r\nUser: {client.session.headers['User']}\r\n"
                            f"Content-Length: {2 ** 31}\r\nExpect: 100-continue\r\n\r\n").encode())
        answer = connection.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413") and "PUT /raw/huge" in answer
