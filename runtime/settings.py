"""Every setting, read from the environment (prefix `JIUZHU_`), each with a default that works on one machine."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.folder import DataFolder
from runtime.trouble import StartTrouble

DatabaseRole = Literal["api", "worker", "relay", "migration"]

# What an unset variable looks like in a compose file or an env file.
BlankIsNone = BeforeValidator(lambda value: None if value == "" else value)


class Settings(BaseSettings):
    """One value per variable; the description is what the README's table and `--help` show."""

    model_config = SettingsConfigDict(env_prefix="JIUZHU_", extra="ignore")

    data_dir: Path = Field(default=Path(".jiuzhu"), description="数据文件夹：数据库、密钥、上传文件、日志都在其中")
    host: str = Field(default="127.0.0.1", description="网页与接口监听的地址")
    port: int = Field(default=8000, ge=1, le=65535, description="网页与接口监听的端口")
    base_url: Annotated[str | None, BlankIsNone] = Field(
        default=None, description="邮件链接使用的网址；默认 http://HOST:PORT"
    )

    database_url_api: Annotated[str | None, BlankIsNone] = Field(
        default=None, description="接口进程的数据库连接；默认用内置库"
    )
    database_url_worker: Annotated[str | None, BlankIsNone] = Field(default=None, description="办理进程的数据库连接")
    database_url_relay: Annotated[str | None, BlankIsNone] = Field(default=None, description="投递进程的数据库连接")
    database_url_migration: Annotated[str | None, BlankIsNone] = Field(
        default=None, description="建库与升级使用的数据库连接"
    )
    database_role_password: Annotated[SecretStr | None, BlankIsNone] = Field(
        default=None, description="建库时给三个进程角色设置的口令；内置库不需要"
    )

    temporal_address: str = Field(default="127.0.0.1:7233", description="Temporal 服务地址")
    temporal_namespace: str = Field(default="jiuzhu", description="Temporal 命名空间")
    temporal_ui_port: int = Field(default=8233, ge=0, le=65535, description="内置 Temporal 页面的端口；0 表示不开")

    smtp_host: str = Field(default="127.0.0.1", description="发信服务器")
    smtp_port: int = Field(default=1025, ge=1, le=65535, description="发信服务器端口")
    smtp_starttls: bool = Field(default=False, description="发信前升级为加密连接")
    smtp_user: Annotated[str | None, BlankIsNone] = Field(default=None, description="发信账号")
    smtp_password: Annotated[SecretStr | None, BlankIsNone] = Field(default=None, description="发信口令")
    mail_from: str = Field(default="医疗救助经办系统 <no-reply@jiuzhu.example>", description="发件人")
    workflow_cache: int = Field(default=1000, ge=0, description="办理进程在内存中保留的流程数；0 表示每次从记录重放")
    digest_minutes: int = Field(
        default=15, ge=0, description="新任务提醒、同时多项的上级督办通知合并发送的间隔（分钟）；0 表示立即"
    )

    months: bool = Field(default=True, description="每月1日自动开启各县的月度事项，并由值守程序补开遗漏的月份")
    demo: bool = Field(default=False, description="装入演示账号与演示参数")
    story_clock: Annotated[Path | None, BlankIsNone] = Field(
        default=None, description="演练时钟文件；只由 simulate 设置"
    )
    fault_points: str = Field(default="", description="演练用的故障点，以逗号分隔；平时为空")

    upload_limit_mb: int = Field(default=10, ge=1, description="单个上传文件的上限（MB）")
    session_idle_minutes: int = Field(default=30, ge=1, description="无操作多久后退出登录")
    session_hours: int = Field(default=12, ge=1, description="一次登录最长有效时间")
    docs: bool = Field(default=True, description="是否开放 /docs 接口说明；生产环境应关闭")

    log_format: Literal["json", "console"] = Field(default="json", description="日志格式")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="日志级别")

    @property
    def folder(self) -> DataFolder:
        """The data folder, absolute."""
        return DataFolder(self.data_dir)

    @property
    def address(self) -> str:
        """What stands before every path in a mail or a redirect, without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    def database_url(self, role: DatabaseRole) -> str:
        """SQLAlchemy address for one process; the embedded server's socket when none is set."""
        given: dict[DatabaseRole, str | None] = {
            "api": self.database_url_api,
            "worker": self.database_url_worker,
            "relay": self.database_url_relay,
            "migration": self.database_url_migration,
        }
        return given[role] or self.folder.database_url(role)


def read_settings() -> Settings:
    """The settings of the environment; raises StartTrouble naming each variable that cannot be used, not its value."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"  JIUZHU_{str(one['loc'][0]).upper()}：{one['msg']}" for one in error.errors(include_input=False)]
        raise StartTrouble("\n".join(["下列环境变量的值不能使用：", *wrong])) from None
