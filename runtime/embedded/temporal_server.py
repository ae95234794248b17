"""The embedded Temporal server on SQLite, with the two pragmas under which it neither collapses nor loses a commit."""

import os
import sys
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.embedded.service import Launch
from runtime.folder import DataFolder
from runtime.trouble import StartTrouble

# Unique workflow ids hold within it, and closed cases stay readable in the UI; the record itself is in PostgreSQL.
RETENTION = timedelta(days=3650)


def program(name: str) -> str:
    """A binary that a wheel has put beside this interpreter."""
    found = Path(sys.prefix) / "bin" / name
    if not found.exists():
        raise StartTrouble(
            f"没有安装内置的 {name}。请安装 embedded 附加依赖，或用 JIUZHU_TEMPORAL_ADDRESS 指向现有的服务。"
        )
    return str(found)


class TemporalServer:
    name = "temporal"
    title = "流程服务 Temporal"
    patience = 60.0

    def __init__(self, folder: DataFolder, port: int, ui_port: int | None, namespace: str) -> None:
        self._folder = folder
        self._port = port
        self._ui_port = ui_port
        self._namespace = namespace
        self._program = program("temporal")

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def clear(self) -> None:
        """SQLite recovers from its write-ahead log when it is opened."""

    def launch(self) -> Launch:
        page = ["--headless"] if self._ui_port is None else ["--ui-port", str(self._ui_port)]
        return Launch(
            arguments=[
                *(self._program, "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self._port)),
                # A name without folders: the path may hold blanks and signs that mean something in a SQLite address.
                *("--db-filename", self._folder.temporal.name),
                *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=full"),
                *("--namespace", self._namespace, "--ui-disable-news-fetch", "--log-level", "warn", *page),
            ],
            environment={"PATH": os.defpath, "HOME": str(self._folder.run), "TZ": "UTC"},
            folder=self._folder.path,
            hints={
                "database disk image is malformed": "temporal.db 已损坏",
                "file is not a database": "temporal.db 已损坏",
                "unable to open database": "temporal.db 打不开",
                "disk is full": "磁盘已满",
            },
        )

    async def ready(self) -> bool:
        """Healthy, and the namespace known: the dev server makes it after it has begun to listen."""
        try:
            client = await Client.connect(self.address, namespace=self._namespace)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=self._namespace))
        except (RPCError, RuntimeError):
            return False
        return True

    async def bootstrap(self) -> None:
        """Keep closed workflows for years; the dev server makes namespaces that keep them a day."""
        client = await Client.connect(self.address, namespace=self._namespace)
        kept = Duration()
        kept.FromTimedelta(RETENTION)
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace=self._namespace, config=NamespaceConfig(workflow_execution_retention_ttl=kept)
            )
        )
