-- Invoices that were finalised, credit notes, and a credit note for each refund that has none: a refund does not open
-- the invoice again. `owed` is in whole units of the currency; `unit` is what its smallest one is worth.
with
found as (
    select
        'invoice' as kind, id, number, customer, total as amount, currency, coalesce(finalized_at, created) as moment,
        due_date, status, paid_at, uncollectible_at, voided_at, null as of, amount_paid,
        null::decimal(28, 6) as at_once,
        _origin
    from invoice
    where status in ('open', 'paid', 'uncollectible', 'void') and not coalesce(deleted, false)
    union all
    select
        'credit_note', credit_note.id, credit_note.number, coalesce(credit_note.customer, invoice.customer),
        -credit_note.amount, invoice.currency, credit_note.created, null, credit_note.status, null, null,
        credit_note.voided_at, credit_note.invoice, null,
        -- What lowered the invoice at once; the rest of the note was paid back or is credit of the account.
        coalesce(credit_note.pre_payment_amount,
            case when credit_note.type = 'pre_payment' then credit_note.amount else 0 end),
        credit_note._origin
    from credit_note
    join invoice on invoice.id = credit_note.invoice
    union all
    select
        'refund', refund.id, null, invoice.customer, -refund.amount, invoice.currency, refund.created, null, 'issued',
        null,
        null, null, invoice.id, null, 0, refund._origin
    from refund
    join charge on charge.id = refund.charge
    left join (
        select payment_intent, any_value(invoice) as invoice from invoice_payment group by payment_intent
    ) paid on paid.payment_intent = charge.payment_intent
    join invoice on invoice.id = coalesce(charge.invoice, paid.invoice)
    where coalesce(refund.status, 'succeeded') in ('succeeded', 'pending')
        and refund.id not in (select refund from credit_note where refund is not null)
),
measured as (
    select
        *,
        case
            when lower(currency) in (
                'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'ugx', 'vnd', 'vuv', 'xaf',
                'xof', 'xpf'
            ) then 1
            when lower(currency) in ('bhd', 'jod', 'kwd', 'omr', 'tnd') then 0.001
            else 0.01
        end as unit
    from found
)
select
    kind, id, coalesce(number || '#', '') || id as label, customer, of, status, unit, upper(currency) as currency,
    (amount * unit)::decimal(28, 6) as owed, (amount_paid * unit)::decimal(28, 6) as amount_paid,
    (at_once * unit)::decimal(28, 6) as at_once,
    coalesce(try_cast(moment as timestamp), epoch_ms(try_cast(moment as bigint) * 1000))::date as dated,
    coalesce(try_cast(due_date as timestamp), epoch_ms(try_cast(due_date as bigint) * 1000))::date as due_on,
    coalesce(try_cast(paid_at as timestamp), epoch_ms(try_cast(paid_at as bigint) * 1000))::date as paid_on,
    coalesce(try_cast(uncollectible_at as timestamp), epoch_ms(try_cast(uncollectible_at as bigint) * 1000))::date
        as uncollectible_on,
    coalesce(try_cast(voided_at as timestamp), epoch_ms(try_cast(voided_at as bigint) * 1000))::date as voided_on,
    _origin
from measured
where amount <> 0
