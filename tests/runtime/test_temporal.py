"""What reaches Temporal: nothing in clear, old keys still open, failures sealed too."""

from dataclasses import replace

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from runtime.codec import EncryptingCodec
from runtime.keys import generate
from runtime.temporal import data_converter


async def test_payload_is_sealed_and_opens_again() -> None:
    converter = data_converter(generate())
    sealed = await converter.encode(["140522199001011234"])

    assert b"140522199001011234" not in sealed[0].SerializeToString()
    assert await converter.decode(sealed) == ["140522199001011234"]


async def test_payload_of_an_older_key_opens_under_a_keyring_with_a_newer_one() -> None:
    old, new = generate(), generate()
    sealed = await data_converter(old).encode(["x"])
    both = replace(new, payloads={1: old.payloads[1], 2: new.payloads[1]})

    assert await data_converter(both).decode(sealed) == ["x"]
    assert (await data_converter(both).encode(["x"]))[0].data[0] == 2


async def test_payload_of_an_unknown_key_is_refused() -> None:
    keyring = generate()
    sealed = await EncryptingCodec(replace(keyring, payloads={7: keyring.payloads[1]})).encode(
        await data_converter(generate()).encode(["x"])
    )
    with pytest.raises(ValueError, match="not in this keyring"):
        await EncryptingCodec(keyring).decode(sealed)


async def test_failure_text_is_sealed() -> None:
    converter = data_converter(generate())
    failure = Failure()
    await converter.encode_failure(ApplicationError("张三 140522199001011234"), failure)

    assert "张三".encode() not in failure.SerializeToString()
    assert "张三" in str(await converter.decode_failure(failure))
