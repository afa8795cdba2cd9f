"""The kernel that executes chapters: this very interpreter, whatever kernels the user registered.

A kernelspec called ``python3`` in the user's home may point at another environment, one without
this library; Jupyter would use it without a word.
"""

from __future__ import annotations

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

ENVIRONMENT = {
    "TQDM_DISABLE": "1",  # progress bars would be baked into the page as dead widgets
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the debugger prints a warning into the notebook
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


class ThisPython(AsyncKernelManager):
    """Starts ``sys.executable`` as the kernel, by its full path."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernelspec of the running interpreter."""
        # Its log tells of unencrypted local sockets and of its own end, never of a cell's error.
        command = get_kernel_dict(extra_arguments=["--log-level=CRITICAL"])
        return KernelSpec(resource_dir=str(RESOURCES), env=ENVIRONMENT, **command)
