-- Sales invoices, their credit notes, and money on account (overpayments and prepayments), with the role of each:
--   document  an invoice or a credit note
--   cash      money on account
--   loss, discount   a credit note on an account of expense, or of discounts, that was allocated whole on its own day
-- What is not approved, or was deleted before it was, is none. `owed` is negative where the customer owes less.
with
found as (
    select
        'invoice' as kind, id, number, contact, total as owed, dated, due, currency, status, updated, deleted, _origin
    from invoice
    where type = 'ACCREC'
    union all
    select 'credit_note', id, number, contact, -total, dated, dated, currency, status, updated, deleted, _origin
    from credit_note
    where type = 'ACCRECCREDIT'
    union all
    select 'overpayment', id, null, contact, -total, dated, dated, currency, status, null, deleted, _origin
    from overpayment
    where type = 'RECEIVE-OVERPAYMENT'
    union all
    select 'prepayment', id, null, contact, -total, dated, dated, currency, status, null, deleted, _origin
    from prepayment
    where type = 'RECEIVE-PREPAYMENT'
),
read_days as (
    select
        *,
        coalesce(try_cast(dated as date),
            epoch_ms(try_cast(regexp_extract(dated, 'Date.(-?[0-9]+)', 1) as bigint))::date)
            as day,
        coalesce(try_cast(due as date), epoch_ms(try_cast(regexp_extract(due, 'Date.(-?[0-9]+)', 1) as bigint))::date)
            as due_day,
        coalesce(
            try_cast(updated as timestamp), epoch_ms(try_cast(regexp_extract(updated, 'Date.(-?[0-9]+)', 1) as bigint))
        )::date as updated_on
    from found
),
-- Which accounts the lines of a credit note are on.
accounts as (
    select
        credit_note.id,
        bool_and(account.type in ('EXPENSE', 'OVERHEADS', 'DIRECTCOSTS')) as is_loss,
        bool_and(account.name ilike '%discount%') as is_discount
    from (
        select id, unnest(json_extract(lines, '$[*]')) as line from credit_note
    ) credit_note
    join account on account.code = credit_note.line ->> '$.AccountCode'
    group by credit_note.id
),
allocated as (
    select
        id, sum(try_cast(part ->> '$.Amount' as decimal(28, 6))) as amount,
        max(coalesce(
            try_cast(part ->> '$.Date' as date),
            epoch_ms(try_cast(regexp_extract(part ->> '$.Date', 'Date.(-?[0-9]+)', 1) as bigint))::date
        )) as day
    from (select id, unnest(json_extract(allocations, '$[*]')) as part from credit_note)
    group by id
)
select
    read_days.kind, read_days.id,
    coalesce(read_days.number || '#', '') || read_days.id as label,
    read_days.contact, read_days.owed, read_days.currency,
    case
        when read_days.kind in ('overpayment', 'prepayment') then 'cash'
        when allocated.amount = -read_days.owed and allocated.day <= read_days.day
            and accounts.is_discount then 'discount'
        when allocated.amount = -read_days.owed and allocated.day <= read_days.day and accounts.is_loss then 'loss'
        else 'document'
    end as role,
    read_days.day as dated,
    coalesce(due_day, read_days.day) as due_on,
    case when status = 'VOIDED' or deleted then coalesce(updated_on, read_days.day) end as cancelled_on,
    _origin
from read_days
left join accounts on accounts.id = read_days.id and read_days.kind = 'credit_note'
left join allocated on allocated.id = read_days.id and read_days.kind = 'credit_note'
where owed <> 0 and status in ('AUTHORISED', 'PAID', 'VOIDED')
