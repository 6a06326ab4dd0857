"""Email: mails in through a Mailgun route that posts the raw message, replies out over SMTP."""

from libs.channels.email_mailgun.channel import EmailChannel
from libs.channels.email_mailgun.settings import EmailSettings

__all__ = ["EmailChannel", "EmailSettings"]
