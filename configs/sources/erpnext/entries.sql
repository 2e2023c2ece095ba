-- What the payment ledger has of a voucher against a document on a day of entry.
-- A cancelled row stays, marked `delinked`, and its opposite is written, marked likewise: all of them added up by the
-- day of entry are the past as it was known. Differences of exchange rates have no amount in the account's currency.
select
    voucher_type, voucher_no, against_voucher_type, against_voucher_no, party, account_currency as currency,
    creation::date as known_on,
    min(posting_date) as posted_on,
    max(due_date) as due_on,
    sum(amount_in_account_currency) as owed
from ledger
where account_type = 'Receivable' and party_type = 'Customer'
    -- Reconciling deletes rows and writes them again; some loaders keep the deleted ones, marked as such.
    and coalesce(lower(deleted), '') in ('', 'false', 'f', '0')
group by all
having sum(amount_in_account_currency) <> 0
