"""What names no document, to the cent: what drafts ask for is what the list says is collectible."""

import pandas as pd
import pytest

from ledger.as_of.view import View
from tests.support.plain_ledger.both_ways import view_of
