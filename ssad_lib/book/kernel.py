"""The kernel that executes chapters: this very interpreter, whatever kernels the user registered.

A kernelspec called ``python3`` in the user's home may point at another environment, one without
this library; Jupyter would use it without a word. Where several chapters are executed, a kernel is
forked from a process that has done the imports (`ssad_lib.warm`) and shares nothing else.
"""

from __future__ import annotations

import atexit
import os
import sys
import uuid
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from ssad_lib import warm

ENVIRONMENT = {
    "TQDM_DISABLE": "1",  # progress bars would be baked into the page as dead widgets
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the debugger prints a warning into the notebook
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # Chapters run side by side, and trainings in processes of their own. With two threads each, two
    # chapters on two cores wait for each other: a ranking of augmentations took six times as long.
    "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
}
LAUNCHER = "ipykernel_launcher"


class ThisPython(AsyncKernelManager):
    """Starts ``sys.executable`` as the kernel, by its full path."""

    exit_code: int | None = None  # of the kernel, once it was found dead

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernelspec of the running interpreter."""
        # Its log tells of unencrypted local sockets and of its own end, never of a cell's error.
        command = get_kernel_dict(extra_arguments=["--log-level=CRITICAL"])
        return KernelSpec(resource_dir=str(RESOURCES), env=ENVIRONMENT, **command)

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        if warm.prepared(warm.CHAPTERS) and self.provisioner is None:
            self.kernel_id = str(uuid.uuid4())
            self.provisioner = _Forked(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        command: tuple[list[str], dict[str, Any]] = await super()._async_pre_start_kernel(**options)
        return command

    async def _async_is_alive(self) -> bool:
        alive: bool = await super()._async_is_alive()
        if not alive and self.provisioner is not None and self.provisioner.has_process:
            type(self).exit_code = await self.provisioner.poll()
        return alive


def one_kernel() -> type[ThisPython]:
    """Return a manager for one kernel: nbclient makes it and drops it, the class stays."""
    return type(ThisPython.__name__, (ThisPython,), {})


class _Forked(LocalProvisioner):
    """Starts the kernel as a fork of the process that has done the imports."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the kernel that `cmd` would start, in the folder and environment of `options`."""
        arguments = cmd[cmd.index(LAUNCHER) :]
        folder = Path(options.get("cwd") or Path.cwd())
        process = warm.start(warm.CHAPTERS, _kernel, arguments, dict(options["env"]), folder)
        self.process = cast(Any, _Started(process))
        self.pid, self.cwd = process.pid, folder
        return self.connection_info


class _Started:
    """What Jupyter asks of a `subprocess.Popen`, of a process of `multiprocessing`."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.terminate, self.kill = process.terminate, process.kill

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self._process.pid is not None and self.poll() is None:
            os.kill(self._process.pid, number)


def _kernel(arguments: list[str], environment: dict[str, str], folder: Path) -> None:
    """Be a kernel until Jupyter or the end of the driver says otherwise."""
    from ipykernel.kernelapp import launch_new_instance

    os.setsid()  # Ctrl-C is for the driver
    warm.begin(environment)
    os.chdir(folder)
    sys.argv = arguments
    launch_new_instance()
    atexit._run_exitfuncs()  # a fork is left without them
