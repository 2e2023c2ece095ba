-- Payments of invoices and refunds of credits, and allocations of credits to invoices. `credit` names the kind of the
-- credit.
with
of_api as (
    select 'credit_note' as credit, id, unnest(json_extract(allocations, '$[*]')) as part from credit_note
    union all
    select 'overpayment', id, unnest(json_extract(allocations, '$[*]')) from overpayment
    union all
    select 'prepayment', id, unnest(json_extract(allocations, '$[*]')) from prepayment
),
found as (
    select
        'payment' as how, id,
        case
            when invoice is not null then 'invoice' when credit_note is not null then 'credit_note'
            when overpayment is not null then 'overpayment' else 'prepayment'
        end as kind,
        coalesce(invoice, credit_note, overpayment, prepayment) as of,
        null as credit, amount, dated, updated,
        coalesce(status = 'DELETED', false) or coalesce(deleted, false) as is_deleted
    from payment
    union all
    select
        'allocation', id, 'invoice', part ->> '$.Invoice.InvoiceID', credit,
        try_cast(part ->> '$.Amount' as decimal(28, 6)),
        part ->> '$.Date', null, coalesce((part ->> '$.IsDeleted') = 'true', false)
    from of_api
    union all
    select
        'allocation', coalesce(credit_note_id, overpayment_id, prepayment_id), 'invoice', invoice_id,
        case
            when credit_note_id is not null then 'credit_note' when overpayment_id is not null then 'overpayment'
            else 'prepayment'
        end,
        amount, dated, null, false
    from allocation
)
select
    found.how, found.id, found.kind, found.of, found.credit, found.amount, found.is_deleted,
    coalesce(
        try_cast(found.dated as date),
        epoch_ms(try_cast(regexp_extract(found.dated, 'Date.(-?[0-9]+)', 1) as bigint))::date,
        source.dated
    ) as dated,
    coalesce(
        try_cast(found.updated as timestamp),
        epoch_ms(try_cast(regexp_extract(found.updated, 'Date.(-?[0-9]+)', 1) as bigint))
    )::date as updated_on
from found
left join entries source on source.kind = found.credit and source.id = found.id
where found.amount <> 0
