"""What a data scientist imports: `from duerank.api import NightSplits, settings, training_frame`.

Importing it puts duerank's rooms (`ledger`, `features`, `models` and others) first on the path of this process.
"""

from duerank.launch import rooms_first

rooms_first()

from configs.settings import Settings  # noqa: E402
from configs.settings_file import settings  # noqa: E402
from models.evaluation.night_splits import NightSplits  # noqa: E402
from models.training_frame import TrainingFrame, training_frame  # noqa: E402

__all__ = ["NightSplits", "Settings", "TrainingFrame", "settings", "training_frame"]
