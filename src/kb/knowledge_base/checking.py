"""Receipts, and the index itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.documents import Receipt
from kb.knowledge_base.opening import Opening
from kb.receipts import check_receipt, receipt_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.receipts import Verification
    from kb.verification import Problem


class Checking(Opening):
    """Checks what was said and what is held."""

    def verify_receipt(self, receipt: Receipt | Mapping[str, object]) -> Verification:
        """Check whether a receipt still holds, or what has become of its words.

        Raises:
            BadRequest: a mapping that is not a receipt.
        """
        checked = receipt if isinstance(receipt, Receipt) else receipt_from_json(receipt)
        return check_receipt(checked, self._opened.records.document(checked.document_id))

    def verify(self) -> tuple[Problem, ...]:
        """Check every file of the index and every source that it was made from."""
        from kb.verification import verify_index  # noqa: PLC0415

        return verify_index(self._opened.generation, self._opened.records, self.settings)
