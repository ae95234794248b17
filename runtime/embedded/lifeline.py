"""A child's first breath: asks the kernel to end it with its parent, leaves root if it must, becomes the real program.

Run as a script of its own before the program (`through`), since code between fork and exec is unsafe in a process with
threads. PostgreSQL refuses to run as root; opening every folder above the data folder to another user would be worse
than what is done here: the child becomes that user and keeps one capability, to pass through folders that are root's
alone.
"""

import ctypes
import os
import signal
import sys

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


def through(arguments: list[str], death_signal: signal.Signals, user: tuple[int, int] | None = None) -> list[str]:
    """The command that runs `arguments` as `user` (uid, gid), to be sent `death_signal` when this process dies.

    Outside Linux nothing is asked of the kernel; the next start sweeps up instead.
    """
    uid, gid = user or (-1, -1)
    own = [str(int(death_signal)), str(os.getpid()), str(uid), str(gid)]
    return [sys.executable, "-I", "-S", __file__, *own, *arguments]


def _main(death_signal: int, parent: int, uid: int, gid: int, arguments: list[str]) -> None:
    # What it makes is its owner's alone, also where the program would not see to it (Temporal's database).
    os.umask(0o077)
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if uid >= 0:
        _become(libc, uid, gid)
    if libc is not None:
        # After the change of user, which clears it.
        libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)  # the parent died before it could be asked for
    os.execv(arguments[0], arguments)


def _become(libc: ctypes.CDLL | None, uid: int, gid: int) -> None:
    if libc is not None:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if libc is not None:
        bit = 1 << CAP_DAC_OVERRIDE
        sets = (_Sets * 2)(_Sets(bit, bit, bit), _Sets(0, 0, 0))
        # Where a container was denied the capability these calls fail, and the folder must be reachable by itself.
        libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets)
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
