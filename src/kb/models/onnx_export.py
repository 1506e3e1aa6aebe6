"""Export a model for ONNX Runtime: once, into the user's cache, checked against torch.

    export_model(resolved, precision, settings)    the embedder that runs it; None: torch must

An export is only used after sentence-transformers and it have embedded the same texts and agreed.
Where they do not, or where the model is none that `kb.models.onnx_graph` can write, the reason is
kept in the place of the export, so that it is sought once.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from kb.models.cached import ensure_folder
from kb.models.folder import describe_folder
from kb.models.onnx_embedder import OnnxEmbedder

if TYPE_CHECKING:
    from pathlib import Path

    from kb.models.resolver import ResolvedModel
    from kb.settings import Precision, Settings

EXPORTER = 2  # raise it whenever the export gives other vectors or other files
REFUSED = "refused.txt"

# The least cosine between a text's vector and that of torch.
AGREEMENT = {"fp32": 0.9999, "int8": 0.995}
CHECKED = (
    "maternity leave",
    "Работнице предоставляется отпуск по беременности и родам.",
    "Әйелдерге бала туғанға дейін және туғаннан кейін демалыс беріледі.",
    "1. Members shall take measures (a) to (c); 2. Article 10 of law 223-IV does not apply. " * 4,
    "",
)

_log = logging.getLogger(__name__)


def fingerprint_of(resolved: ResolvedModel, precision: Precision) -> str:
    """Return the fingerprint of a model in this precision.

    In fp32 it is the model's own: the vectors are torch's but for the last digits, and an index
    that was built with the one is searched with the other.
    """
    suffix = "" if precision == "fp32" else f"+{precision}-{EXPORTER}"
    return f"{resolved.fingerprint}{suffix}"


def export_model(
    resolved: ResolvedModel, precision: Precision, settings: Settings
) -> OnnxEmbedder | None:
    """Return the embedder of the exported model, exporting now if need be; None: there is none.

    Raises:
        ModelUnavailable: the cache cannot be written, or the model cannot be read at all.
    """
    fingerprint = fingerprint_of(resolved, precision)
    source = f"{resolved.fingerprint}+{precision}-{EXPORTER}"
    digest = hashlib.sha256(source.encode()).hexdigest()
    folder = settings.cache / "models" / f"onnx-{precision}-{digest[:12]}"

    def write(fresh: Path) -> None:
        try:
            _export(resolved, precision, settings, fresh)
        except ValueError as error:
            for file in fresh.iterdir():
                file.unlink()
            (fresh / REFUSED).write_text(f"{error}\n", encoding="utf-8")
            _log.info("%s stays with torch: %s", resolved.name, error)

    ensure_folder(folder, source, write, doing=f"Exporting {resolved.name} ({precision})")
    if (folder / REFUSED).exists():
        return None
    return OnnxEmbedder(resolved.path, folder, precision, fingerprint)


def _export(
    resolved: ResolvedModel, precision: Precision, settings: Settings, folder: Path
) -> None:
    """Write the export and compare it with torch.

    Raises:
        ValueError: this model cannot be exported, or its vectors are not those of torch.
    """
    # Writing a graph takes libraries that running it does not, and checking it takes torch.
    from kb.models.embedder import SentenceTransformerEmbedder  # noqa: PLC0415
    from kb.models.onnx_graph import read_encoder, write_graph  # noqa: PLC0415
    from kb.models.vocabulary import write_vocabulary  # noqa: PLC0415

    facts = describe_folder(resolved.path)
    if facts.tokenizer is None or facts.max_tokens is None:
        raise ValueError("it has no tokenizer.json, or names no limit in tokens")
    try:
        encoder = read_encoder(resolved.path)
    except (OSError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"its description cannot be read: {error!r}") from error
    write_graph(encoder, folder, precision)
    write_vocabulary(facts.tokenizer, folder)
    reference = SentenceTransformerEmbedder(resolved, settings)
    exported = OnnxEmbedder(resolved.path, folder, precision, "")
    texts = [text for text in CHECKED if exported.fits(text)]
    both = exported.embed_passages(texts), reference.embed_passages(texts)
    agreement = float((both[0] * both[1]).sum(axis=1).min())
    if not agreement >= AGREEMENT[precision]:  # NaN is none
        raise ValueError(f"in {precision} its vectors are {agreement:.4f} of torch's")
    _log.info("The export of %s agrees with torch: %.5f", resolved.name, agreement)
