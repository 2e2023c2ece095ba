-- Charges, what was paid outside of Stripe and paid back, and credit that was put on a customer's account by hand.
select
    documents.label || '/' || lowered.how || '/' || lowered.source as payment_id,
    documents.label as invoice_id,
    documents.customer as customer_id,
    lowered.dated as paid_on,
    lowered.amount,
    documents.currency,
    lowered.method,
    lowered.dated as known_on,
    documents._origin
from lowered
join documents on documents.kind = lowered.kind and documents.id = lowered.id
where lowered.how in ('payment', 'dispute', 'refund')
union all
select
    balance.id, null, balance.customer,
    coalesce(try_cast(balance.created as timestamp), epoch_ms(try_cast(balance.created as bigint) * 1000))::date as day,
    -(balance.amount * case
        when lower(balance.currency) in (
            'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'ugx', 'vnd', 'vuv', 'xaf', 'xof',
            'xpf'
        ) then 1
        when lower(balance.currency) in ('bhd', 'jod', 'kwd', 'omr', 'tnd') then 0.001
        else 0.01
    end),
    upper(balance.currency), 'balance', day, balance._origin
from customer_balance_transaction balance
where balance.amount <> 0 and balance.invoice is null and balance.credit_note is null
