"""The rate of each row's currency, as one looks it up row by row."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ledger.as_of.fx import rate_of

CODES = st.sampled_from(["EUR", "USD", "GBP", "JPY", None])


@given(st.lists(CODES, max_size=12), st.dictionaries(st.sampled_from(["EUR", "USD", "GBP"]), st.floats(0.1, 200)))
def test_each_row_has_the_rate_of_its_currency_none_that_of_the_reporting_one_and_an_unknown_one_nothing(codes, known):
    rates = pd.Series(list(known.values()), index=pd.Index(list(known), dtype="str"), dtype="float64")
    expected = [1.0 if code is None else known.get(code, 0.0) for code in codes]
    np.testing.assert_array_equal(rate_of(pd.Series(codes, dtype="str"), rates), expected)
