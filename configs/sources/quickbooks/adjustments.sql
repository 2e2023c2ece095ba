-- What lowered a document without new money: credit memos that were used, journal entries, and what was deleted.
with
changes as (
    select
        payment, debit_label as document, credit_label as other, credit_role as by_what, dated, known_on, amount
    from pairs
    where debit_role = 'document' and credit_role <> 'cash'
    union all
    select payment, credit_label, debit_label, debit_role, dated, known_on, -amount
    from pairs
    where credit_role = 'document' and debit_role <> 'cash'
)
select
    document || '/' || other || '/P' || payment as adjustment_id,
    document as invoice_id,
    case by_what when 'discount' then 'discount' when 'loss' then 'write_off' else 'credit_applied' end as kind,
    dated as posted_on,
    amount,
    known_on,
    'payment ' || payment as _origin
from changes
union all
select label || '/deleted', label, 'cancellation', greatest(deleted_on, dated), owed, deleted_on, _origin
from entries
where role = 'document' and deleted_on is not null
