"""Ports of this machine."""

import socket

from runtime.trouble import StartTrouble


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free(host: str = "127.0.0.1") -> int:
    """A port nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def demand(host: str, port: int, option: str, purpose: str) -> int:
    """That port, or StartTrouble naming it and the setting that changes it."""
    if not is_free(host, port):
        another = next((other for other in range(port + 1, min(port + 100, 65536)) if is_free(host, other)), free(host))
        raise StartTrouble(f"端口 {port} 已被占用（{purpose}）。请先停止占用它的程序，或换一个端口：{option}={another}")
    return port


def prefer(host: str, port: int) -> int:
    """That port if it is free, else any: for what only other parts of this product connect to."""
    return port if is_free(host, port) else free(host)
