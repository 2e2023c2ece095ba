-- What lowered a document without new money: allocations of credit notes and of money on account, losses, discounts,
-- and what was voided.
with
changes as (
    select
        document.label, document.currency, applied.id, credit.label as credit_label, credit.role, applied.amount,
        greatest(applied.dated, document.dated) as dated, document._origin
    from applied
    join entries document on document.kind = applied.kind and document.id = applied.of and document.role = 'document'
    join entries credit on credit.kind = applied.credit and credit.id = applied.id
    where applied.how = 'allocation' and not applied.is_deleted
    union all
    select
        credit.label, credit.currency, applied.id, document.label, 'document', -applied.amount,
        greatest(applied.dated, document.dated), credit._origin
    from applied
    join entries document on document.kind = applied.kind and document.id = applied.of
    join entries credit on credit.kind = applied.credit and credit.id = applied.id and credit.role = 'document'
    where applied.how = 'allocation' and not applied.is_deleted
)
select
    label || '/' || credit_label || '/' || dated as adjustment_id,
    label as invoice_id,
    case role when 'loss' then 'write_off' when 'discount' then 'discount' else 'credit_applied' end as kind,
    dated as posted_on,
    sum(amount) as amount,
    any_value(currency) as currency,
    dated as known_on,
    any_value(_origin) as _origin
from changes
group by label, credit_label, dated, role
union all
select
    label || '/voided', label, 'cancellation', greatest(cancelled_on, dated), owed, currency,
    greatest(cancelled_on, dated), _origin
from entries
where role = 'document' and cancelled_on is not null
