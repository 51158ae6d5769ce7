"""A headless linphone (linphone-daemon) that is steered through its standard input."""
import os
import shutil
import subprocess
import tempfile
import threading
import time

from server import free_media_port, free_port, wait_for
from tap import Skip

CONFIG = """[sip]
default_proxy=0
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
[proxy_0]
reg_identity=sip:{user}@{domain}
reg_proxy=<sip:{at};transport={transport}>
reg_route=<sip:{at};transport={transport};lr>
reg_expires=600
reg_sendregister=1
"""
PASSWORD = """[auth_info_0]
username={user}
passwd={password}
"""


class Linphone:
    """One user agent registered at `server` as `user`; all that it sends goes there. With `domain` that is the user's. `more` are
    further sections of its configuration."""

    def __init__(self, server, user, transport="udp", password=None, port=None, ca=None, domain=None, more=""):
        program = shutil.which("linphone-daemon")
        if not program:
            raise Skip("no linphone-daemon")
        self.user, self.text = user, ""
        self.folder = tempfile.TemporaryDirectory()
        home = self.folder.name
        for place in (".local/share/linphone", ".config/linphone"):
            os.makedirs(os.path.join(home, place))
        config = os.path.join(home, "linphonerc")
        at = f"{server.host}:{port}" if port else server.addr
        text = CONFIG.format(port=free_port(), rtp=free_media_port(), user=user, domain=domain or at, at=at, transport=transport)
        if ca:
            text = text.replace("verify_server_certs=0", f"verify_server_certs=1\nverify_server_cn=0\nroot_ca={ca}")
        if password:
            text += PASSWORD.format(user=user, password=password)
        with open(config, "w", encoding="utf-8") as f:
            f.write(text + more)
        self.process = subprocess.Popen([program, "--config", config], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace",
                                        env={"HOME": home, "PATH": os.environ["PATH"]}, bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()
        self.send("firewall-policy none")
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
