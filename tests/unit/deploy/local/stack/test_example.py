"""The example company is one that the services take."""

from dataclasses import asdict
from pathlib import Path

import orjson

from deploy.local.stack import example
from deploy.local.tokens import LocalIssuer
from libs.channels.endpoints import load_endpoints
from libs.common.documents.desk_document import read_desk_configuration


def test_the_endpoints_are_valid() -> None:
    """Each channel takes its endpoint's secrets and settings."""
    chosen = example.example(providers_url="http://127.0.0.1:1", smtp_host="127.0.0.1", smtp_port=1)

    endpoints = load_endpoints(orjson.dumps([asdict(one) for one in chosen.endpoints]).decode())

    assert {endpoint.channel for endpoint in endpoints.values()} == {
        "web_chat",
        "telegram",
        "email",
    }


def test_the_desk_is_valid_and_its_agents_have_tokens(tmp_path: Path) -> None:
    """Whoever the configuration names can sign in."""
    document = orjson.dumps(example.DESK_CONFIGURATION)
    configuration = read_desk_configuration(document, is_json=True)

    credentials = example.credentials(LocalIssuer(tmp_path))

    assert {f"agent {agent.agent_id}" for agent in configuration.agents} <= set(credentials)
    assert {example.ADMINISTRATOR, example.VISITOR} <= set(credentials)
