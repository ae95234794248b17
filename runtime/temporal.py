"""How this product speaks to Temporal: one data converter for workers, relay, readiness and replays alike."""

from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.service import RPCError

from runtime.codec import EncryptingCodec
from runtime.keys import Keyring, load
from runtime.settings import Settings

AWAY = (RPCError, RuntimeError)
"""What a call raises while Temporal is away. The very first connection of a lazy client fails with a RuntimeError."""


def data_converter(keyring: Keyring) -> DataConverter:
    """Payloads encrypted, and error messages and stack traces moved into payloads so that they are encrypted too."""
    return DataConverter(
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
        payload_codec=EncryptingCodec(keyring),
    )


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """A client for the namespace in the settings. With `lazy`, the first call connects: for a process that must come
    up while Temporal is down."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=data_converter(load(settings.folder.keyring)),
        lazy=lazy,
    )
