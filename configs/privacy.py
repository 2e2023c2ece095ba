"""What runs write names people and what they owe: others than its owner and their group cannot read it."""

import os

NOT_FOR_OTHERS = 0o027


def keep_private() -> None:
    """Files and folders that this process makes from now on are for their owner, and for the group to read."""
    os.umask(os.umask(NOT_FOR_OTHERS) | NOT_FOR_OTHERS)  # one that is stricter already stays so
