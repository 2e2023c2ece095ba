-- What lowered a document without new money: discounts, losses, reversals, credit notes that were used, and money on
-- account that was set against a document later than it was entered.
with
changes as (
    select
        debit as document, credit as other, credit_role as by_what, debit_amount as amount, debit_currency as currency,
        posted_on, known_on, clearing
    from pairs
    where debit_role = 'document' and not (credit_role = 'cash' and credit_clears_itself)
    union all
    select credit, debit, debit_role, -credit_amount, credit_currency, posted_on, known_on, clearing
    from pairs
    where credit_role = 'document' and not (debit_role = 'cash' and debit_clears_itself)
)
select
    document || '/' || other || '/' || clearing as adjustment_id,
    document as invoice_id,
    case by_what
        when 'discount' then 'discount'
        when 'loss' then 'write_off'
        when 'cancelled' then 'cancellation'
        else 'credit_applied'
    end as kind,
    posted_on,
    amount,
    currency,
    known_on,
    'AUGBL ' || clearing as _origin
from changes
union all
-- A claim that was given up and is owed again.
select item, root, 'write_off', posted_on, -owed, currency, known_on, _origin
from items
where role = 'continued' and not is_residual and owed > 0 and root in (select item from items where role = 'document')
union all
-- The discount of a payment in part.
select item || '-discount', part_of, 'discount', posted_on, discount, currency, known_on, _origin
from items
where part_of is not null and owed < 0 and discount > 0
