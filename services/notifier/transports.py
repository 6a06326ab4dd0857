"""Carries out what channels build: HTTP requests, mails, and entries of our own stream."""

import asyncio
from typing import Protocol, assert_never

import aiosmtplib
import httpx

from libs.channels.transport import (
    HttpRequest,
    HttpResponse,
    MailRequest,
    MailResponse,
    MailSecurity,
    NoResponse,
    NoResponseReason,
    OutgoingRequest,
    StreamRequest,
    StreamResponse,
    TransportResponse,
)

ANSWER_BYTES_MAX = 64 * 1024
TIMEOUT_S_MAX = 30.0
CONNECTIONS_MAX = 200
SMTP_OK = 250


class CarriesOut(Protocol):
    """What brings one request to its far side."""

    async def carry_out(self, request: OutgoingRequest) -> TransportResponse:
        """What came back, in time."""


class Transports:
    """The ways out. Redirects are never followed; an answer is cut at 64 KiB."""

    def __init__(self) -> None:
        # Proxies of the environment are not for us: the deployment's egress is by network policy.
        self._http = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
        )

    async def stop(self) -> None:
        """Close the connections that are kept open."""
        await self._http.aclose()

    async def carry_out(self, request: OutgoingRequest) -> TransportResponse:
        """What came back within the request's own time, at most 30 s; never raises for the far
        side's faults.
        """
        match request:
            case HttpRequest():
                return await self._http_response(request)
            case MailRequest():
                return await _mail_response(request)
            case StreamRequest():
                # It was stored with its decision: the stream shows it by itself.
                return StreamResponse()
            case _:
                assert_never(request)

    async def _http_response(self, request: HttpRequest) -> TransportResponse:
        timeout_s = min(request.timeout_s, TIMEOUT_S_MAX)
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._http.stream(
                    request.method,
                    request.url,
                    headers=dict(request.headers),
                    content=request.body,
                    timeout=timeout_s,
                ) as response,
            ):
                return HttpResponse(
                    status=response.status_code,
                    headers={name.lower(): text for name, text in response.headers.items()},
                    body=await _limited(response),
                )
        except (TimeoutError, httpx.TimeoutException):
            return NoResponse(NoResponseReason.TIMEOUT)
        except (httpx.HTTPError, httpx.InvalidURL):
            return NoResponse(NoResponseReason.CONNECTION_FAILED)


async def _limited(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= ANSWER_BYTES_MAX:
            break
    return bytes(body[:ANSWER_BYTES_MAX])


async def _mail_response(request: MailRequest) -> TransportResponse:
    timeout_s = min(request.timeout_s, TIMEOUT_S_MAX)
    try:
        async with asyncio.timeout(timeout_s):
            return await _mail(request, timeout_s)
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        return MailResponse(code=refused.code, message=refused.message)
    except aiosmtplib.SMTPResponseException as error:
        return MailResponse(code=error.code, message=error.message)
    except (TimeoutError, aiosmtplib.SMTPTimeoutError):
        return NoResponse(NoResponseReason.TIMEOUT)
    except (aiosmtplib.SMTPException, OSError):
        return NoResponse(NoResponseReason.CONNECTION_FAILED)


async def _mail(request: MailRequest, timeout_s: float) -> MailResponse:
    server = request.server
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security is MailSecurity.TLS,
        start_tls=server.security is MailSecurity.STARTTLS,
        username=server.username,
        password=server.password.get_secret_value() if server.password else None,
        timeout=timeout_s,
    )
    async with client:
        _, message = await client.sendmail(
            request.envelope_from, [request.envelope_to], request.message
        )
    return MailResponse(code=SMTP_OK, message=message)
