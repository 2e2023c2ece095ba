-- What lowered a document without new money: losses and discounts, credit notes that were used, and money on account
-- that was set against a document on a later day than it was booked.
with
changes as (
    select
        partial, debit as line, debit_label as label, debit_amount as amount, debit_currency as currency,
        case when credit_role <> 'loss' then 'credit_applied' when credit_nominal = 'income' then 'discount'
            else 'write_off' end as kind,
        case when credit_role = 'loss' then dated else known_on end as posted_on, known_on
    from pairs
    -- Money that was known to be of the document from its first day is a payment of it.
    where debit_role = 'document' and (credit_role <> 'cash' or known_on > credit_known_on)
    union all
    select partial, credit, credit_label, -credit_amount, credit_currency, 'credit_applied', known_on, known_on
    from pairs
    where credit_role = 'document' and (debit_role <> 'cash' or known_on > debit_known_on)
    union all
    select partial, debit, debit_label, discount, debit_currency, 'discount', dated, known_on
    from pairs
    where debit_role = 'document' and discount > 0 and known_on <= credit_known_on
)
select
    line || '-' || partial || '-' || kind as adjustment_id,
    label as invoice_id,
    kind,
    posted_on,
    amount,
    currency,
    known_on,
    'account_move_line ' || line as _origin
from changes
