"""The endpoints file, whole and broken."""

import pytest

from libs.channels.endpoints import Endpoint, EndpointSettings, load_endpoints
from libs.channels.telegram import TelegramSettings
from libs.common.contracts.terms import EndpointId
from libs.common.errors import InvalidInputError
from tests.unit.libs.channels.builders import ENDPOINTS, OLD_SECRET

BOT = (
    "endpoint_id: bot, channel: telegram, tenant_id: t, desk_id: d, secrets: [abcd1234],"
    " settings: {token: x}"
)


def changed(old: str, new: str) -> str:
    """A list with one endpoint, in which something is wrong."""
    assert old in BOT
    return f"[{{{BOT.replace(old, new)}}}]"


def test_endpoints_are_read_with_their_settings() -> None:
    """Each entry becomes an endpoint whose settings its channel has validated."""
    endpoints = load_endpoints(ENDPOINTS)

    bot = endpoints[EndpointId("shop-bot")]
    assert list(endpoints) == ["shop-web", "shop-bot", "shop-mail"]
    assert (bot.channel, bot.tenant_id, bot.desk_id) == ("telegram", "acme", "sales")
    assert bot.settings_as(TelegramSettings).token.get_secret_value() == "123:bot-token"


def test_mapping_and_json_are_read_too() -> None:
    """A file may be JSON, and may wrap its list."""
    text = (
        '{"endpoints": [{"endpoint_id": "w", "channel": "web_chat", "tenant_id": "t",'
        ' "desk_id": "d"}]}'
    )

    assert list(load_endpoints(text)) == ["w"]


def test_secrets_are_never_shown() -> None:
    """Neither an endpoint nor its settings print what they hide."""
    shown = repr(load_endpoints(ENDPOINTS))

    assert OLD_SECRET not in shown
    assert "bot-token" not in shown
    assert "hidden-password" not in shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed("channel: telegram", "channel: fax"), "endpoint bot: channel"),
        (changed("tenant_id: t,", ""), "endpoint bot: tenant_id"),
        (changed("desk_id: d", "desk_id: D E"), "endpoint bot: desk_id"),
        (changed("abcd1234", "short"), "endpoint bot: secrets.0"),
        (changed("[abcd1234]", "[]"), "endpoint bot: secrets"),
        (changed("[abcd1234]", "[aaaaaaaa, bbbbbbbb, cccccccc]"), "endpoint bot: secrets"),
        (changed("token: x", "tokn: x"), "endpoint bot: settings.token"),
        (changed("token: x", "token: x, api_base_url: ftp://x"), "bot: settings.api_base_url"),
        (changed("token: x", "token: x, timeout_s: 0"), "endpoint bot: settings.timeout_s"),
        (changed("settings:", "more:"), "endpoint bot: more"),
        (f"[{{{BOT}}}, {{{BOT}}}]", "endpoint bot: endpoint_id occurs twice"),
        (changed("endpoint_id: bot", "endpoint_id: B O T"), "endpoint number 1: endpoint_id"),
        (changed("abcd1234", "12345678"), "endpoint bot: secrets.0: string_type"),
        ("[5]", "endpoint number 1"),
        ("5", "expected a list"),
        ("endpoints: 5", "expected a list"),
        ("", "expected a list"),
        ("[{a: ]", "not YAML or JSON (line 1"),
        ("[" * 2_000, "not YAML or JSON"),
        ("2025-99-99", "not YAML or JSON"),
    ],
)
def test_error_names_the_endpoint_and_the_field(text: str, words: str) -> None:
    """An operator finds the place."""
    with pytest.raises(InvalidInputError) as caught:
        load_endpoints(text)

    assert words in str(caught.value)


def test_error_never_quotes_a_secret() -> None:
    """Even a file that breaks right at a secret doesn't show it."""
    for text in ("[{secrets: [very-secret-key", changed("[abcd1234]", "very-secret-key")):
        with pytest.raises(InvalidInputError) as caught:
            load_endpoints(text)

        assert "very-secret" not in repr(caught.value)
        assert caught.value.__cause__ is None


def test_number_of_endpoints_is_bounded() -> None:
    """A file beyond reason is refused."""
    with pytest.raises(InvalidInputError, match="more than 10000"):
        load_endpoints("[" + "1," * 10_001 + "]")


def test_settings_of_another_channel_are_a_bug() -> None:
    """A channel that is handed another channel's endpoint says so."""
    endpoint = load_endpoints(ENDPOINTS)[EndpointId("shop-web")]

    assert isinstance(endpoint, Endpoint)
    assert endpoint.settings_as(EndpointSettings) is endpoint.settings
    with pytest.raises(TypeError, match="shop-web"):
        endpoint.settings_as(TelegramSettings)
