"""Telegram: a bot's private chats over the webhook of the Bot API."""

from libs.channels.telegram.channel import TelegramChannel, TelegramSettings

__all__ = ["TelegramChannel", "TelegramSettings"]
