"""What runs write names people and what they owe: others than its owner and their group cannot read it."""

import os

NOT_FOR_OTHERS = 0o027
FOLDER_MODE, FILE_MODE = 0o750, 0o640
OWNER_ONLY = 0o600  # the journal, and tracebacks: they may show values of the ledger


def keep_private() -> None:
    """Files and folders that this process makes from now on are for their owner, and for the group to read."""
    os.umask(os.umask(NOT_FOR_OTHERS) | NOT_FOR_OTHERS)  # one that is stricter already stays so
