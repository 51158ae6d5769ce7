"""A headless linphone (linphone-daemon) that is steered through its standard input."""
import os
import shutil
import subprocess
import tempfile
import threading
import time

from server import free_port, wait_for
from tap import Skip

CONFIG = """[sip]
sip_port={port}
sip_tcp_port={port}
sip_tls_port=-1
verify_server_certs=0
media_encryption=none
[rtp]
audio_rtp_port={rtp}
[net]
firewall_policy=none
[sound]
remote_ring=/dev/null
[video]
enabled=0
"""


class Linphone:
    """One user agent registered at `server` as `user`."""

    def __init__(self, server, user, transport="udp", password=None, port=None, ca=None):
        program = shutil.which("linphone-daemon")
        if not program:
            raise Skip("no linphone-daemon")
        self.user, self.text = user, ""
        self.folder = tempfile.TemporaryDirectory()
        home = self.folder.name
        for place in (".local/share/linphone", ".config/linphone"):
            os.makedirs(os.path.join(home, place))
        config = os.path.join(home, "linphonerc")
        with open(config, "w", encoding="utf-8") as f:
            text = CONFIG.format(port=free_port(), rtp=min(free_port() & ~1, 65000))
            if ca:
                text = text.replace("verify_server_certs=0", f"verify_server_certs=1\nverify_server_cn=0\nroot_ca={ca}")
            f.write(text)
        self.process = subprocess.Popen([program, "--config", config], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace",
                                        env={"HOME": home, "PATH": os.environ["PATH"]}, bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()
        self.send("firewall-policy none")
        secret = f" {password} {user}" if password else ""
        at = f"{server.host}:{port}" if port else server.addr
        self.send(f"register sip:{user}@{at} sip:{at};transport={transport}{secret}")
        self.poll("register-status ALL", "State: LinphoneRegistrationOk")

    def _read(self):
        for line in self.process.stdout:
            self.text += line

    def send(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def poll(self, question, answer, seconds=30):
        """Asks until the answer appears behind the question."""
        def asked():
            at = len(self.text)
            self.send(question)
            time.sleep(0.2)
            return answer in self.text[at:]
        wait_for(asked, seconds, lambda: f"{self.user}: {answer}\n{self.text[-3000:]}")

    def await_call(self, state):
        self.poll("call-status", f"State: {state}")

    def await_idle(self):
        self.poll("call-status", "No current call available")

    def stop(self):
        try:
            self.send("quit")
            self.process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
