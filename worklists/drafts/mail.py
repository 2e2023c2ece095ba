"""A mail ready to send: a file that a mail program opens as a draft."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from urllib.parse import quote

from worklists.drafts.addressees import ADDRESS, Addressee
from worklists.drafts.company import Company

LONGEST_NAME = 120


def mail_bytes(subject: str, body: str, to: Addressee, company: Company) -> bytes:
    """The draft by RFC 5322, without a date: the same night gives the same bytes. Without an address it has no To."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"  # mail programs open it to be edited and sent
    if company.email and ADDRESS.fullmatch(company.email):
        message["From"] = _address(company.name, company.email)
    if to.email:
        message["To"] = _address(to.person or to.customer, to.email)
    message["Subject"] = " ".join(subject.split())
    message.set_content(body, cte="quoted-printable")
    return message.as_bytes()


def file_name(customer_id: str, extension: str) -> str:
    """A name that no other customer has and every file system takes."""
    name = quote(customer_id, safe=" ").replace(".", "%2E")
    return f"{name[:LONGEST_NAME]}{extension}" if len(name) <= LONGEST_NAME else f"{_short(name)}{extension}"


def _short(name: str) -> str:
    return f"{name[: LONGEST_NAME - 17]}-{sha256(name.encode()).hexdigest()[:16]}"


def _address(name: str | None, address: str) -> Address:
    return Address(display_name=name or "", addr_spec=address)
