"""Logs for machines: one JSON object a line, without anything that could be a person's number."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from runtime.settings import Settings

# An ID (17 digits and a check character), a phone, an account, a settlement number; a UUID's digit runs are spared by
# the look-around, dates and amounts are shorter.
LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z.-])(?:\d{17}[\dXx]|\d{11,})(?![0-9A-Za-z])")


def masked(value: Any) -> Any:
    """The same value with every long digit string replaced by its first two digits and its length."""
    if isinstance(value, str):
        return LONG_NUMBER.sub(lambda found: f"{found[0][:2]}…({len(found[0])})", value)
    if isinstance(value, Mapping):
        return {masked(key): masked(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(entry) for entry in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**10:
        return masked(str(value))
    return value


def mask_numbers(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The structlog processor: masks all but the moment."""
    return {key: value if key == "at" else masked(value) for key, value in event.items()}


def configure(settings: Settings, process: str) -> None:
    """Send structlog and the standard library's records through one masking formatter to standard error."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=repr)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", key="at"),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask_numbers, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    # Its access log repeats every address with its query string.
    logging.getLogger("uvicorn.access").disabled = True
