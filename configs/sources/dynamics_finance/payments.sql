-- Money in and back. What was settled on the day on which the payment was entered is a payment of the invoice; the rest
-- came on account, and `adjustments.sql` says what it was used for later, and what was reversed.
with
direct as (
    select
        cash.recid as cash, settled.recid as settlement, document.recid as document,
        sign(document.owed) * settled.amount as amount, settled.known_on
    from settled
    join entries document on document.recid = settled.trans and document.role = 'document'
    join entries cash on cash.recid = settled.other and cash.role = 'cash'
    where settled.amount > 0 and settled.known_on <= cash.known_on
),
used as (
    select settled.trans, sum(settled.amount) as amount
    from settled
    join entries cash on cash.recid = settled.trans and cash.role = 'cash'
    where settled.by_what = 'document' and settled.amount > 0 and settled.known_on <= cash.known_on
    group by settled.trans
),
-- Money that a loss or a discount balances is no credit of the customer any more.
kept as (
    select settled.recid, settled.trans, sign(cash.owed) * settled.amount as amount, settled.posted_on, settled.known_on
    from settled
    join entries cash on cash.recid = settled.trans and cash.role = 'cash'
    where settled.by_what in ('loss', 'discount')
)
select
    cash.label || '/' || direct.settlement as payment_id, document.label as invoice_id, cash.customer as customer_id,
    cash.posted_on as paid_on, direct.amount, document.currency, cash.method, cash.known_on, cash._origin
from direct
join entries cash on cash.recid = direct.cash
join entries document on document.recid = direct.document
union all
select
    cash.label, null, cash.customer, cash.posted_on, -cash.owed + sign(cash.owed) * coalesce(used.amount, 0),
    cash.currency, cash.method, cash.known_on, cash._origin
from entries cash
left join used on used.trans = cash.recid
where cash.role = 'cash' and -cash.owed + sign(cash.owed) * coalesce(used.amount, 0) <> 0
union all
select
    cash.label || '/' || kept.recid, null, cash.customer, kept.posted_on, kept.amount, cash.currency, 'written off',
    kept.known_on, cash._origin
from kept
join entries cash on cash.recid = kept.trans
