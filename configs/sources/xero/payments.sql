-- Payments of invoices, money on account, and what was paid back. A payment that was removed is taken back on the day
-- on which it was. Where no payments were exported, what was paid of an invoice came when it was settled.
with
of_documents as (
    select
        applied.id, applied.is_deleted, applied.updated_on, applied.dated, entries.contact, entries.currency,
        entries._origin,
        case when entries.role = 'document' then entries.label end as document,
        case when entries.kind = 'invoice' then applied.amount else -applied.amount end as amount
    from applied
    join entries on entries.kind = applied.kind and entries.id = applied.of
    where applied.how = 'payment'
),
settled as (
    select
        entries.label, entries.contact, entries.currency, entries._origin, invoice.amount_paid as amount,
        coalesce(
            try_cast(invoice.paid_on as date),
            epoch_ms(try_cast(regexp_extract(invoice.paid_on, 'Date.(-?[0-9]+)', 1) as bigint))::date,
            try_cast(invoice.updated as timestamp)::date,
            epoch_ms(try_cast(regexp_extract(invoice.updated, 'Date.(-?[0-9]+)', 1) as bigint))::date,
            entries.dated
        ) as day
    from invoice
    join entries on entries.kind = 'invoice' and entries.id = invoice.id
    where invoice.amount_paid > 0 and not exists (from payment)
)
select
    'P' || id as payment_id, document as invoice_id, contact as customer_id, dated as paid_on, amount, currency,
    dated as known_on, _origin
from of_documents
union all
select
    'P' || id || '/removed', document, contact, greatest(coalesce(updated_on, dated), dated), -amount, currency,
    greatest(coalesce(updated_on, dated), dated), _origin
from of_documents
where is_deleted
union all
select label, null, contact, dated, -owed, currency, dated, _origin
from entries
where role = 'cash'
union all
-- Money on account that was voided.
select label || '/removed', null, contact, cancelled_on, owed, currency, cancelled_on, _origin
from entries
where role = 'cash' and cancelled_on is not null
union all
select label || '/settled', label, contact, day, amount, currency, day, _origin
from settled
