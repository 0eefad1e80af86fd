"""A CA of our own and a server's certificate, made anew at each start with the openssl command."""

import ipaddress
import ssl
import subprocess
from pathlib import Path

KINDS = ("good", "expired", "wrong-name", "self-signed")
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

# Not this machine's openssl.cnf: what stands there would get into the certificates.
SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = {alternatives}
subjectKeyIdentifier = hash
"""


class NoCertificate(Exception):
    """openssl is not there or refused; the text is for people."""


def make(folder: Path, kind: str, names: list[str]) -> ssl.SSLContext:
    """Writes folder/ca.pem, and what nobody else needs below folder/tls; what a server uses that is called one of these names."""
    private = folder / "tls"
    private.mkdir(mode=0o700, exist_ok=True)
    names = ["wrong-name.invalid"] if kind == "wrong-name" else names
    settings = {who: private / f"{who}.cnf" for who in ("ca", "server")}
    settings["ca"].write_text(SETTINGS.format(name="provider-sim CA", alternatives="DNS:ca.invalid"))
    settings["server"].write_text(SETTINGS.format(name=names[0], alternatives=_alternatives(names)))
    _make_own(settings["ca"], "ca", private / "ca.key", folder / "ca.pem")
    if kind == "self-signed":
        _make_own(settings["server"], "server", private / "server.key", private / "server.pem")
    else:
        _make_signed(settings["server"], folder / "ca.pem", private, days=0 if kind == "expired" else 30)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(private / "server.pem", private / "server.key")
    return context


def _make_own(settings: Path, section: str, key: Path, to: Path) -> None:
    _openssl("req", "-x509", *KEY, "-config", settings, "-extensions", section, "-days", "30", "-keyout", key, "-out", to)


def _make_signed(settings: Path, ca: Path, private: Path, days: int) -> None:
    request = private / "server.csr"
    _openssl("req", *KEY, "-config", settings, "-keyout", private / "server.key", "-out", request)
    # No days: it ends in the second in which it begins, and so has ended before the first call.
    signer = ["-CA", ca, "-CAkey", private / "ca.key", "-CAserial", private / "serial", "-CAcreateserial", "-days", days]
    extensions = ["-extfile", settings, "-extensions", "server"]
    _openssl("x509", "-req", "-in", request, *signer, *extensions, "-out", private / "server.pem")


def _alternatives(names: list[str]) -> str:
    return ",".join(("IP:" if _is_address(name) else "DNS:") + name for name in names)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _openssl(*arguments: object) -> None:
    try:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, text=True)
    except FileNotFoundError as missing:
        raise NoCertificate("openssl: not found (apt-get install openssl)") from missing
    except subprocess.CalledProcessError as failed:
        raise NoCertificate(f"openssl {arguments[0]}: {failed.stderr.strip()}") from failed
