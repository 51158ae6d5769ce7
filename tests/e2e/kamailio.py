"""A Kamailio that is registrar and proxy of one domain: UDP for its phones, TLS for other domains, which it finds by DNS."""
import os
import shutil
import socket
import subprocess
import tempfile

from server import free_port, wait_for
from tap import Skip

MODULES = "/usr/lib/x86_64-linux-gnu/kamailio/modules"
# `core` says where it listens and what it is called, `known` whom it lets in; `asked` and `proved` are there where it wants passwords.
CONFIG = """log_stderror=yes
fork=yes
tcp_children=1
auto_aliases=no
mpath="{modules}/"
{core}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
{more}
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    {known}
    if (has_totag()) {{
        if (!loose_route() && !is_method("ACK")) exit;
        if (is_gruu()) lookup("location");
        t_relay();
        exit;
    }}
    if (is_method("CANCEL")) {{ t_relay(); exit; }}
    if (is_method("REGISTER")) {{ {asked} save("location"); exit; }}
    {proved}
    remove_hf("Route");
    record_route();
    if (uri == myself && !lookup("location")) {{ sl_send_reply("404", "Not Found"); exit; }}
    t_relay();
}}
"""
# Who comes by TLS must be of a domain whose certificate says so (RFC 5922); what is not ours goes where the DNS says.
TLS_CORE = """debug=2
children=1
enable_tls=yes
alias="{domain}"
listen=udp:127.0.0.1:{port}
listen=tls:{address}:5061 advertise sip.{domain}:5061
dns_try_naptr=on
dns_naptr_ignore_rfc=no
use_dns_failover=on"""
TLS_MORE = """loadmodule "tls.so"
modparam("tls", "config", "{folder}/tls.cfg")"""
TLS_KNOWN = 'if (proto == TLS && $tls_peer_san_hostname != "{peer}") {{ sl_send_reply("403", "Not You"); exit; }}'
LOCAL_CORE = """debug=1
children=1
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}
tcp_accept_no_cl=yes
alias="{domain}"
"""
# Each user's password is the user's name.
PASSWORDS = {
    "more": 'loadmodule "auth.so"\nmodparam("auth", "nonce_count", 1)\nmodparam("auth", "qop", "auth")',
    "asked": 'if (!pv_www_authenticate("127.0.0.1", "$tU", "0")) { www_challenge("127.0.0.1", "1"); exit; }',
    "proved": 'if (!pv_proxy_authenticate("127.0.0.1", "$fU", "0")) { proxy_challenge("127.0.0.1", "1"); exit; }\n'
              "    consume_credentials();"}
PROFILE = """[{side}:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
certificate = {certificate}
private_key = {certificate}
ca_list = {ca}
"""
# Its resolver knows no other file; this one is seen by nobody else.
RESOLVED = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"']


class Process:
    """A Kamailio with the files of `folder`."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()

    def _write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def configure(self, core, more="", known="", asked="", proved=""):
        """The path of its configuration."""
        return self._write("kamailio.cfg", CONFIG.format(modules=MODULES, core=core, more=more, known=known, asked=asked, proved=proved))

    def start(self, path, *before):
        self.log = open(os.path.join(self.folder.name, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen([*before, "kamailio", "-f", path, "-DD", "-E", "-Y", self.folder.name,
                                         "-m", "64", "-M", "8"], stdout=self.log, stderr=self.log)

    def output(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as f:
            return f.read()[-4000:]

    def _listens(self):
        try:
            socket.create_connection(self.listens, 1).close()
        except OSError:
            return False
        return True

    def __enter__(self):
        try:
            wait_for(self._listens, 20, self.output)
        except AssertionError:
            self.__exit__(None)
            raise
        return self

    def __exit__(self, kind, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if kind:
            print("# kamailio said: " + self.output().replace("\n", "\n# "), flush=True)


class Kamailio(Process):
    """Serves `domain` at TLS port 5061 of `address`. It asks the name server at 127.0.0.1, port 53."""

    def __init__(self, domain, address, certificate, ca, peer):
        if not shutil.which("kamailio") or not os.path.exists(f"{MODULES}/tls.so"):
            raise Skip("no kamailio with TLS")
        self.host, self.port = "127.0.0.1", free_port()
        self.addr, self.address = f"127.0.0.1:{self.port}", address
        super().__init__()
        self.listens = (address, 5061)
        sides = [PROFILE.format(side=side, certificate=certificate, ca=ca) for side in ("server", "client")]
        self._write("tls.cfg", "".join(sides))
        resolver = self._write("resolv.conf", "nameserver 127.0.0.1\n")
        path = self.configure(TLS_CORE.format(domain=domain, address=address, port=self.port),
                              TLS_MORE.format(folder=self.folder.name), TLS_KNOWN.format(peer=peer))
        if subprocess.run([*RESOLVED, resolver, "true"], capture_output=True, check=False).returncode:
            raise Skip("no mount namespaces here")
        self.start(path, *RESOLVED, resolver)


class PlainKamailio(Process):
    """Registrar and proxy of a domain for whoever comes to this port of 127.0.0.1."""

    def __init__(self, domain, port, **more):
        if not shutil.which("kamailio"):
            raise Skip("no kamailio")
        super().__init__()
        self.host, self.port, self.addr = "127.0.0.1", port, f"127.0.0.1:{port}"
        self.listens = (self.host, self.port)
        self.start(self.configure(LOCAL_CORE.format(domain=domain, port=port), **more))


# Whoever comes by WebSocket is reached by his connection alone.
WEB = {
    "more": 'loadmodule "xhttp.so"\nloadmodule "websocket.so"\nloadmodule "nathelper.so"\n'
            'modparam("nathelper|registrar", "received_avp", "$avp(RECEIVED)")\n'
            'event_route[xhttp:request] {\n    if ($hdr(Upgrade) =~ "websocket" && $hdr(Sec-WebSocket-Protocol) =~ "sip") ws_handle_handshake();\n'
            '    else xhttp_reply("404", "Not Found", "", "");\n}',
    "known": 'force_rport();\n    if (is_method("REGISTER")) fix_nated_register(); else add_contact_alias();\n'
             '    if (has_totag()) handle_ruri_alias();',
}


class WebKamailio(PlainKamailio):
    """Its port takes WebSockets, too."""

    def __init__(self):
        if not os.path.exists(f"{MODULES}/websocket.so"):
            raise Skip("no kamailio with WebSocket")
        port = free_port()
        super().__init__(f"127.0.0.1:{port}", port, **WEB)


class LocalKamailio(PlainKamailio):
    """Its domain is its address, and it asks for passwords."""

    def __init__(self):
        port = free_port()
        super().__init__(f"127.0.0.1:{port}", port, **PASSWORDS)
