"""Certificates for a test: an authority and what it answers for, made by openssl."""
import os
import subprocess
import tempfile

from tap import Skip


def openssl(*words, cwd=None):
    done = subprocess.run(["openssl", *words], cwd=cwd, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise AssertionError(f"openssl {' '.join(words)}\n{done.stderr}")
    return done.stdout


class Certs:
    """A folder with ca.pem and one NAME.pem (certificate and key) for each that is made."""

    def __init__(self):
        try:
            openssl("version")
        except FileNotFoundError:
            raise Skip("no openssl") from None
        self.kept = tempfile.TemporaryDirectory()
        self.folder = self.kept.name
        self._request("ca", "Authority", ["-x509", "-days", "2", "-addext", "basicConstraints=critical,CA:TRUE"])
        self.ca = self.path("ca")

    def path(self, name):
        return os.path.join(self.folder, name + ".pem")

    def _request(self, name, subject, more):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
                "-out", f"{name}.crt", "-subj", f"/CN={subject}", *more, cwd=self.folder)
        with open(self.path(name), "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as out:
            for part in (".crt", ".key"):
                with open(os.path.join(self.folder, name + part), encoding="ascii") as text:
                    out.write(text.read())

    def make(self, name, san, issuer="ca", days=2, usage="serverAuth,clientAuth"):
        """The path of a PEM file. `days` may be negative: it has expired then."""
        more = ["-x509", "-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key"] if issuer else ["-x509"]
        if days < 0:
            return self._expired(name, san, issuer)
        extensions = ["-addext", f"subjectAltName={san}", "-addext", "basicConstraints=critical,CA:FALSE"]
        self._request(name, name, [*more, "-days", str(days), *extensions, "-addext", f"extendedKeyUsage={usage}"])
        return self.path(name)

    def _expired(self, name, san, issuer):
        with open(os.path.join(self.folder, "ext"), "w", encoding="ascii") as f:
            f.write(f"subjectAltName={san}\n")
        for index in ("index.txt", "index.txt.attr"):
            with open(os.path.join(self.folder, index), "w", encoding="ascii"):
                pass
        with open(os.path.join(self.folder, "ca.conf"), "w", encoding="ascii") as f:
            f.write("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\n"
                    "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
        self._request(name, name, ["-x509"])
        openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr", cwd=self.folder)
        openssl("ca", "-batch", "-config", "ca.conf", "-cert", f"{issuer}.crt", "-keyfile", f"{issuer}.key", "-in",
                f"{name}.csr", "-out", f"{name}.crt", "-extfile", "ext", "-startdate", "20200101000000Z", "-enddate",
                "20200102000000Z", "-notext", cwd=self.folder)
        with open(self.path(name), "w", encoding="ascii") as out:
            for part in (".crt", ".key"):
                with open(os.path.join(self.folder, name + part), encoding="ascii") as text:
                    out.write(text.read())
        return self.path(name)

    def revoke(self, *names):
        """The path of the authority's list, which has these and no others in it."""
        with open(os.path.join(self.folder, "crl.conf"), "w", encoding="ascii") as f:
            f.write("[ca]\ndefault_ca=d\n[d]\ndatabase=crl.txt\ndefault_md=sha256\ndefault_crl_days=1\n")
        for index in ("crl.txt", "crl.txt.attr"):
            with open(os.path.join(self.folder, index), "w", encoding="ascii"):
                pass
        words = ["ca", "-batch", "-config", "crl.conf", "-cert", "ca.crt", "-keyfile", "ca.key"]
        for name in names:
            openssl(*words, "-revoke", f"{name}.crt", cwd=self.folder)
        openssl(*words, "-gencrl", "-out", "crl.pem", cwd=self.folder)
        return self.path("crl")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kept.cleanup()
