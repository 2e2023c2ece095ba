-- What lowered a document without new money: losses, cancellations, credit notes that were used, and money on account
-- that was set against a document on a later day than it was booked.
with
changes as (
    select
        pairs.*,
        case other
            when 'loss' then 'write_off'
            when 'cancelled' then 'cancellation'
            else 'credit_applied'
        end as kind
    from (
        select *, debit as line, credit as against, debit_label as label, debit_amount as amount,
            debit_currency as currency, credit_role as other, credit_known_on as other_known_on
        from pairs
        where debit_role = 'document'
        union all
        select *, credit, debit, credit_label, -credit_amount, credit_currency, debit_role, debit_known_on
        from pairs
        where credit_role = 'document'
    ) pairs
    -- Money that was known to be of the document from its first day is a payment of it.
    where other <> 'cash' or known_on > other_known_on
)
select
    line || '-' || against as adjustment_id,
    label as invoice_id,
    kind,
    -- What is set against each other is entered on a day; a loss or a cancellation is booked with a date.
    case kind when 'credit_applied' then known_on else dated end as posted_on,
    amount,
    currency,
    known_on,
    'account_move_line ' || line as _origin
from changes
