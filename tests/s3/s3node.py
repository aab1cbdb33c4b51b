"""A node that S3 clients are let loose on."""

import os

import boto3
import botocore.config
import requests

from node import Node

ROOT_KEY, ROOT_SECRET = "CIAOSROOTKEY00000000", "a-secret-for-tests-of-root"
REGION = "us-east-1"


class User:
    def __init__(self, name, key, secret):
        self.name, self.key, self.secret = name, key, secret
        self.canonical_id = None


class S3Node(Node):
    """A node whose root key is known, with helpers to make users and clients."""

    def __init__(self, data, settings=()):
        super().__init__(data, [
            f"ciaos.identity.root-access-key={ROOT_KEY}", f"ciaos.identity.root-secret-key={ROOT_SECRET}", *settings])
        self.root = User("root", ROOT_KEY, ROOT_SECRET)

    def admin(self, method, path, json=None):
        answer = requests.request(
            method, f"{self.url}/admin/v1/{path}", json=json, timeout=60,
            headers={"Authorization": f"Bearer {ROOT_KEY}:{ROOT_SECRET}"})
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def add_user(self, name):
        made = self.admin("POST", "users", {"name": name, "email": f"{name}@example.com"})
        key = self.admin("POST", f"users/{name}/keys", {})
        user = User(name, key["access_key"], key["secret_key"])
        user.canonical_id = made["canonical_id"]
        return user

    def boto3(self, user, service="s3", **config):
        return boto3.client(
            service, endpoint_url=self.s3_url, region_name=REGION, aws_access_key_id=user and user.key,
            aws_secret_access_key=user and user.secret,
            config=botocore.config.Config(
                **{"retries": {"max_attempts": 0}, "s3": {"addressing_style": "path"}, "signature_version": "s3v4",
                   **config}))

    def environment(self, user):
        """For command lines that read their credentials from the environment."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return own | {
            "AWS_ACCESS_KEY_ID": user.key, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "HOME": self.data}
