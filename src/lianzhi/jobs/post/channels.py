"""The channels of a deployment: webhook, mail and signals, as far as they are configured."""

from collections.abc import Callable
from pathlib import Path

from lianzhi.config import Config
from lianzhi.jobs.post.compose import Composer
from lianzhi.jobs.post.delivery import Channel
from lianzhi.jobs.post.mail import MailChannel
from lianzhi.jobs.post.signals import SignalChannel
from lianzhi.jobs.post.webhook import WebhookChannel
from lianzhi.office.federation import FILE
from lianzhi.store.vault import Vault
from lianzhi.webhooks.keys import WebhookKeys


def configured_channels(
    home: Path, config: Config, vault: Vault, composer: Composer, clock: Callable[[], int]
) -> list[Channel]:
    """Raises ConfigError where one cannot be used."""
    channels: list[Channel] = []
    if config.webhook is not None:
        channels.append(WebhookChannel(config.webhook, WebhookKeys(home), composer.data))
    if config.mail is not None:
        channels.append(MailChannel(config.mail, home, composer.letter))
    if (home / FILE).exists():
        channels.append(SignalChannel(home, vault, clock))
    return channels
