"""The seven operations as the original client sends them: keys go into the path as they are."""

import requests

import filelists


TIMEOUT_SECONDS = 60


class Session(requests.Session):
    """A node that does not answer fails the test instead of holding it up."""

    def request(self, method, url, **arguments):
        return super().request(method, url, **{"timeout": TIMEOUT_SECONDS, **arguments})


class Client:
    def __init__(self, url, user):
        self.url = url
        self.session = Session()
        self.session.headers["User"] = user

    def put(self, key, files):
        return self.put_body(key, filelists.build(files))

    def put_body(self, key, body):
        return self.session.post(f"{self.url}/put/{key}", data=body)

    def append(self, key, files):
        return self.append_body(key, filelists.build(files))

    def append_body(self, key, body):
        return self.session.post(f"{self.url}/append/{key}", data=body)

    def update(self, key, files):
        return self.session.post(f"{self.url}/update/{key}", data=filelists.build(files))

    def update_key(self, old, new):
        return self.session.put(f"{self.url}/update_key/{old}/{new}")

    def delete(self, key):
        return self.session.delete(f"{self.url}/delete/{key}")

    def get(self, key):
        return self.session.get(f"{self.url}/get/{key}")

    def files(self, key):
        """The files of a key, or None where there is no such key."""
        answer = self.get(key)
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text
        return [bytes(file) for file in filelists.read(answer.content)]

    def raw(self, method, key, **arguments):
        return self.session.request(method, f"{self.url}/raw/{key}", **arguments)

    def list(self, **query):
        answer = self.session.get(f"{self.url}/list", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()
