"""What an email endpoint needs: our address, and the server that takes our mails."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from libs.channels.email_mailgun.addresses import normalise_address
from libs.channels.endpoint import EndpointSettings
from libs.channels.transport import MailSecurity

# Mailgun repeats a post for 8 hours (after 10, 15, 30 min, 1, 2, 4 h) and its documentation doesn't
# promise a fresh timestamp each time. A narrower window would refuse, and so lose, the mail of
# a longer outage; within it a repeat is harmless, since it is the same event.
REPLAY_WINDOW_S = 9 * 3_600


def _mail_address(text: str) -> str:
    address = normalise_address(text)
    if address is None or not address.isascii():
        raise ValueError("no mail address in ASCII")
    return address


class EmailSettings(EndpointSettings):
    """One mailbox of ours. `replay_window_s` is how old a post's signature may be."""

    address: Annotated[str, AfterValidator(_mail_address)]
    display_name: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    smtp_host: Annotated[str, Field(min_length=1, max_length=253)]
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = 587
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    replay_window_s: Annotated[int, Field(ge=60, le=86_400)] = REPLAY_WINDOW_S
