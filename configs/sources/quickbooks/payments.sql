-- Money in and back. What a payment was set against later is in it as if it had been from its first day: QuickBooks
-- does not say when. A payment that was deleted is taken back on the day on which that was seen.
with
direct as (
    select credit as id, credit_type as type, debit_label as document, sum(amount) as amount, 1 as sign
    from pairs
    where credit_role = 'cash' and debit_role = 'document'
    group by all
    union all
    select debit, debit_type, credit_label, sum(amount), -1
    from pairs
    where debit_role = 'cash' and credit_role = 'document'
    group by all
),
used as (
    select type, id, sum(sign * amount) as amount from direct group by all
),
kept as (
    select debit as id, debit_type as type, debit_label || '/' || credit_label as label, sum(amount) as amount
    from pairs
    where debit_role = 'cash' and credit_role in ('loss', 'discount')
    group by all
)
select
    entries.label || '/' || direct.document as payment_id, direct.document as invoice_id, entries.customer_id,
    entries.dated as paid_on, direct.sign * direct.amount as amount, entries.currency, entries.method, entries.known_on,
    entries._origin
from direct
join entries on entries.type = direct.type and entries.id = direct.id
union all
select
    entries.label, null, entries.customer_id, entries.dated, -entries.owed - coalesce(used.amount, 0), entries.currency,
    entries.method, entries.known_on, entries._origin
from entries
left join used on used.type = entries.type and used.id = entries.id
where entries.role = 'cash' and -entries.owed - coalesce(used.amount, 0) <> 0
union all
select
    entries.label || '/deleted', null, entries.customer_id, greatest(entries.deleted_on, entries.dated), entries.owed,
    entries.currency, entries.method, entries.deleted_on, entries._origin
from entries
where entries.role = 'cash' and entries.deleted_on is not null and entries.owed <> 0
union all
-- Money that was paid back and then given up.
select
    kept.label, null, entries.customer_id, entries.dated, kept.amount, entries.currency, 'written off',
    entries.known_on,
    entries._origin
from kept
join entries on entries.type = kept.type and entries.id = kept.id
