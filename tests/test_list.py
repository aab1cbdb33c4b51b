import pytest


def keys(page):
    return [found["key"] for found in page["objects"]]


def test_a_user_who_never_wrote_has_an_empty_list(client):
    assert client.list() == {"objects": [], "next": None}


def test_keys_come_in_the_order_of_their_utf8_bytes_with_their_sizes(client):
    names = ["b", "a", "a/b", "Z", "é", "z", "\U0001f389", "\uffff", "a b"]
    for i, name in enumerate(names):
        client.put(name, [b"x" * i, b"y"])
    page = client.list()
    assert keys(page) == sorted(names, key=lambda name: name.encode())
    assert page["next"] is None
    found = {each["key"]: each for each in page["objects"]}
    for i, name in enumerate(names):
        assert (found[name]["size"], found[name]["files"]) == (i + 1, 2)
        assert found[name]["etag"] and found[name]["modified"].endswith("Z")


def test_prefix_after_and_limit(client):
    names = [f"{folder}/{i:03}" for folder in ("a", "b", "c d") for i in range(30)]
    for name in names:
        client.put(name, [b"x"])
    assert keys(client.list(prefix="b/")) == [name for name in names if name.startswith("b/")]
    assert keys(client.list(prefix="c d/")) == [name for name in names if name.startswith("c d/")]
    assert keys(client.list(after="b/004", limit=3)) == ["b/005", "b/006", "b/007"]
    assert keys(client.list(prefix="b/", after="a/999", limit=2)) == ["b/000", "b/001"]
    assert keys(client.list(prefix="b/", after="c")) == []
    assert keys(client.list(prefix="nothing")) == []

    paged, after = [], ""
    while after is not None:
        page = client.list(prefix="", after=after, limit=7)
        paged += keys(page)
        assert len(page["objects"]) <= 7
        after = page["next"]
    assert paged == names


def test_a_page_that_ends_with_the_last_key_has_no_next(client):
    for name in "abcd":
        client.put(name, [b"x"])
    assert client.list(limit=4)["next"] is None
    assert client.list(limit=3)["next"] == "c"


def test_the_list_follows_every_change_at_once(client):
    client.put("a", [b"x"])
    client.update_key("a", "b")
    assert keys(client.list()) == ["b"]
    client.append("b", [b"yz"])
    assert client.list()["objects"][0]["size"] == 3
    client.delete("b")
    assert keys(client.list()) == []


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "x", "", "1.5", "99999999999999999999"])
def test_bad_limits_are_told_what_is_allowed(client, limit):
    answer = client.session.get(f"{client.url}/list?limit={limit}")
    assert (answer.status_code, answer.text) == (400, f"limit={limit} is not allowed: a whole number from 1 to 1000 is")


def test_bad_queries(client):
    assert client.session.get(f"{client.url}/list?prefix=%ff").status_code == 400
    assert client.session.get(f"{client.url}/list?after=" + "x" * 1025).status_code == 400


def test_stat(client):
    client.put("key", [b"one", b"two"])
    stat = client.session.get(f"{client.url}/stat/key").json()
    assert (stat["key"], stat["size"], stat["files"]) == ("key", 6, 2)
    assert stat["created"] <= stat["modified"]
    assert "content_type" not in stat
    tag = client.raw("PUT", "raw", data=b"hello", headers={"Content-Type": "text/css"}).headers["ETag"]
    stat = client.session.get(f"{client.url}/stat/raw").json()
    assert (stat["size"], stat["content_type"], f'"{stat["etag"]}"') == (5, "text/css", tag)
    assert client.session.get(f"{client.url}/stat/missing").status_code == 404
