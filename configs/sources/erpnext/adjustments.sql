-- What lowered a document without new money: losses and discounts, credit notes that were used, money on account that
-- was set against a document later, and documents that were cancelled.
with
changes as (
    select
        voucher_no, against_voucher_no as document, currency, lowered as amount, entered_on, known_on,
        case when role = 'loss' then loss else 'credit_applied' end as kind,
        case when role = 'loss' then posted_on else known_on end as posted_on
    from applied
    where not is_payment
    union all
    -- The other side, where it is a document: a credit note that was used.
    select
        applied.voucher_no, applied.voucher_no, applied.currency, -applied.lowered, applied.entered_on,
        applied.known_on, 'credit_applied of ' || applied.against_voucher_no, applied.known_on
    from applied
    join documents on documents.voucher_no = applied.voucher_no and documents.party = applied.party
    where applied.role = 'document'
    union all
    select voucher_no, against_voucher_no, currency, not_paid, entered_on, known_on, short_kind, posted_on
    from settled
    where not_paid > 0
    union all
    select
        day.voucher_no, day.voucher_no, day.currency, -day.owed, day.known_on, day.known_on, 'cancellation',
        day.known_on
    from days day
    join documents
        on documents.voucher_type = day.voucher_type and documents.voucher_no = day.voucher_no
        and documents.party = day.party and documents.currency = day.currency
    where day.known_on > documents.first_entry_on and day.owed <> 0
)
select
    voucher_no || '|' || document || '|' || entered_on || '|' || kind as adjustment_id,
    document as invoice_id,
    split_part(kind, ' ', 1) as kind,
    posted_on,
    amount,
    currency,
    known_on,
    voucher_no as _origin
from changes
