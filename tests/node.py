"""A node as a process of its own, on a free port, with its data in a folder that the test owns."""

import os
import re
import signal
import subprocess
import threading
import time

import requests

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("CIAOS_TEST_PROGRAM", os.path.join(ROOT, "Ciaos.Host/bin/Release/net10.0/ciaos.dll"))
START_SECONDS = 60
STOP_SECONDS = 60


class Node:
    def __init__(self, data, settings=()):
        self.data = str(data)
        self.settings = list(settings)
        self.url = None
        self.s3_url = None
        self.process = None
        self.output = []

    def start(self):
        listening = self.spawn()
        if not listening.wait(START_SECONDS) or self.url is None:
            self.kill()
            raise RuntimeError("The node did not start:\n" + self.log())
        self._await_ready()
        return self

    def spawn(self):
        """Begins to start; the event tells that it listens, or has ended."""
        command = ["dotnet", PROGRAM, "serve", "--data", self.data, "--port", "0"]
        for setting in self.settings:
            command += ["--set", setting]
        self.output = []
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=self.data)
        listening = threading.Event()
        threading.Thread(
            target=self._follow, args=(self.process.stdout, self.output, listening), daemon=True).start()
        return listening

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def stop(self):
        """As an operator does: SIGTERM, then wait. Gives the exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError("The node did not stop:\n" + self.log())
        self.process = None
        return code

    def kill(self):
        """As a power cut does, but for the disk's own cache."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def log(self):
        return "".join(self.output[-200:])

    def memory_bytes(self, field):
        """A line of /proc/PID/status, such as VmRSS or VmHWM (the peak of it)."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"^{field}:\s+(\d+) kB", status.read(), re.MULTILINE)[1]) * 1024

    def _follow(self, stdout, output, listening):
        self.url = None
        for line in stdout:
            output.append(line)
            found = re.search(r"listening on (http://[0-9.:\[\]a-f]+)", line)
            if found and not listening.is_set():
                self.url = found[1]
                listening.set()
            found = re.search(r"S3 clients reach it at (https?://[0-9.:\[\]a-f]+)", line)
            if found:
                self.s3_url = found[1]
        listening.set()

    def _await_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            answer = requests.get(self.url + "/health/ready", timeout=10)
            if answer.status_code == 200:
                return
            time.sleep(0.02)
        raise RuntimeError("The node did not become ready:\n" + self.log())
