"""What a child does between fork and exec: ask the kernel to end it with its parent, and leave root if it must.

PostgreSQL refuses to run as root. Opening every folder above the data folder to another user would be worse, so the
child becomes that user and keeps one capability, to pass through folders that are root's alone.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


# Loaded here, since nothing may be imported or allocated carelessly between fork and exec.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def before_exec(death_signal: signal.Signals, user: tuple[int, int] | None) -> Callable[[], None]:
    """A `preexec_fn`: become `user` (uid, gid) if given, then be sent `death_signal` when the parent dies.

    In this order, since a change of user clears the death signal. Outside Linux the next start sweeps up instead.
    """
    parent = os.getpid()

    def prepare() -> None:
        if user is not None:
            _become(*user)
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died between fork and here
                os.kill(os.getpid(), signal.SIGKILL)

    return prepare


def _become(uid: int, gid: int) -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if _libc is not None:
        bit = 1 << CAP_DAC_OVERRIDE
        sets = (_Sets * 2)(_Sets(bit, bit, bit), _Sets(0, 0, 0))
        # Where the container was denied the capability these calls fail, and the folder must be reachable by itself.
        _libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets)
        _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
