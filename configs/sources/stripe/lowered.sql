-- What lowered an invoice or a credit note, other than being voided or given up: `how` is
--   payment   a charge, or what was paid outside of Stripe
--   dispute   a charge that was taken back by the customer's bank, for good
--   refund    what was paid back of a credit note
--   note      a credit note that was set against its invoice when it was issued
--   balance   credit of the customer's account: the oldest first, since Stripe does not say which
-- Positive amounts lower an invoice; of a credit note, the negative ones use it up.
with
charges as (
    select
        charge.id, coalesce(charge.invoice, paid.invoice) as invoice, charge.amount, charge.method,
        coalesce(try_cast(created as timestamp), epoch_ms(try_cast(created as bigint) * 1000))::date as dated
    from charge
    left join (
        select payment_intent, any_value(invoice) as invoice from invoice_payment group by payment_intent
    ) paid on paid.payment_intent = charge.payment_intent
    where charge.status in ('succeeded', 'paid')
),
by_charges as (
    select
        documents.id, documents.kind, 'payment' as how, charges.id as source,
        (charges.amount * documents.unit)::decimal(28, 6) as amount, charges.dated, charges.method
    from charges
    join documents on documents.kind = 'invoice' and documents.id = charges.invoice
),
-- What Stripe counts as paid beyond the charges was paid by a transfer, a cheque or in cash.
outside as (
    select
        documents.id, documents.kind, 'payment', 'outside-' || documents.id,
        documents.amount_paid - coalesce(any_value(charged.amount), 0), documents.paid_on, 'outside of Stripe'
    from documents
    left join (select id, sum(amount) as amount from by_charges group by id) charged on charged.id = documents.id
    where documents.kind = 'invoice' and documents.paid_on is not null
    group by documents.id, documents.kind, documents.amount_paid, documents.paid_on
    having documents.amount_paid - coalesce(any_value(charged.amount), 0) > 0
),
lost as (
    select
        documents.id, documents.kind, 'dispute', dispute.id, -(dispute.amount * documents.unit)::decimal(28, 6),
        coalesce(try_cast(created as timestamp), epoch_ms(try_cast(created as bigint) * 1000))::date, null
    from dispute
    join charges on charges.id = dispute.charge
    join documents on documents.kind = 'invoice' and documents.id = charges.invoice
    where dispute.status = 'lost'
),
paid_back as (
    select documents.id, documents.kind, 'refund', documents.id, documents.owed, documents.dated, 'refund'
    from documents
    where documents.kind = 'refund'
    union all
    select
        documents.id, documents.kind, 'refund', refund.id, -(refund.amount * documents.unit)::decimal(28, 6),
        coalesce(try_cast(refund.created as timestamp), epoch_ms(try_cast(refund.created as bigint) * 1000))::date,
        'refund'
    from credit_note
    join documents on documents.kind = 'credit_note' and documents.id = credit_note.id
    join refund on refund.id = credit_note.refund
    union all
    select
        documents.id, documents.kind, 'refund', documents.id || '-outside',
        -(credit_note.out_of_band_amount * documents.unit)::decimal(28, 6), documents.dated, 'outside of Stripe'
    from credit_note
    join documents on documents.kind = 'credit_note' and documents.id = credit_note.id
    where credit_note.out_of_band_amount > 0
),
at_once as (
    select of as id, 'invoice' as kind, 'note', label, at_once, dated, null
    from documents
    where kind = 'credit_note' and at_once > 0
    union all
    select id, kind, 'note', label, -at_once, dated, null
    from documents
    where kind = 'credit_note' and at_once > 0
),
transactions as (
    select
        customer, currency, type, invoice, credit_note, id, amount,
        coalesce(try_cast(created as timestamp), epoch_ms(try_cast(created as bigint) * 1000)) as moment
    from customer_balance_transaction
    where amount <> 0
),
placed as (
    select *, sum(abs(amount)) over in_order - abs(amount) as start, sum(abs(amount)) over in_order as stop
    from transactions
    window in_order as (partition by customer, currency, amount > 0 order by moment, id rows unbounded preceding)
),
met as (
    select
        debit.id as debit, debit.invoice, credit.credit_note, debit.moment::date as dated,
        least(debit.stop, credit.stop) - greatest(debit.start, credit.start) as amount
    from placed debit
    join placed credit
        on credit.customer = debit.customer and credit.currency = debit.currency
        and debit.amount > 0 and credit.amount < 0 and credit.start < debit.stop and debit.start < credit.stop
),
of_balance as (
    select
        documents.id, documents.kind, 'balance', met.debit, (sum(met.amount) * documents.unit)::decimal(28, 6),
        met.dated, null
    from met
    join documents on documents.kind = 'invoice' and documents.id = met.invoice
    group by documents.id, documents.kind, met.debit, documents.unit, met.dated
    union all
    select
        documents.id, documents.kind, 'balance', met.debit, -(sum(met.amount) * documents.unit)::decimal(28, 6),
        met.dated, null
    from met
    join documents on documents.kind = 'credit_note' and documents.id = met.credit_note
    group by documents.id, documents.kind, met.debit, documents.unit, met.dated
)
from by_charges
union all from outside
union all from lost
union all from paid_back
union all from at_once
union all from of_balance
