-- Money in and back: of each document that it was applied to, and on account. What was applied later is there from the
-- first day, but for deposits, the applications of which are transactions of their own.
with
direct as (
    select cash.id, document.label as document, sign(document.owed) * applied.amount as amount
    from applied
    join entries cash on cash.id = applied.id and cash.role = 'cash'
    join entries document on document.id = applied.against and document.role = 'document'
),
used as (
    select id, sum(amount) as amount from direct group by id
),
-- Money that a loss balances is no credit any more.
kept as (
    select cash.id, applied.other_label, sign(cash.owed) * applied.amount as amount, applied.dated, applied.known_on
    from applied
    join entries cash on cash.id = applied.id and cash.role = 'cash'
    where applied.by_what in ('loss', 'discount')
)
select
    entries.label || '/' || direct.document as payment_id, direct.document as invoice_id,
    entries.customer as customer_id,
    entries.dated as paid_on, direct.amount, entries.currency, entries.method, entries.known_on, entries._origin
from direct
join entries on entries.id = direct.id
union all
select
    entries.label, null, entries.customer, entries.dated, -entries.owed - coalesce(used.amount, 0), entries.currency,
    entries.method, entries.known_on, entries._origin
from entries
left join used on used.id = entries.id
where entries.role = 'cash' and -entries.owed - coalesce(used.amount, 0) <> 0
union all
select
    entries.label || '/' || kept.other_label, null, entries.customer, kept.dated, kept.amount, entries.currency,
    'written off', kept.known_on, entries._origin
from kept
join entries on entries.id = kept.id
