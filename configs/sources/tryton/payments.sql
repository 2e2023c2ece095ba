-- Money in and back. What was set against an invoice when it was booked is a payment of the invoice; the rest came on
-- account, and `adjustments.sql` says what it was used for later.
with
-- Money that was known to be of a document from its first day.
direct as (
    select
        credit as line, debit as document, debit_label as label, debit_amount as amount, debit_currency as currency,
        credit_amount as used
    from pairs
    where credit_role = 'cash' and debit_role = 'document' and known_on <= credit_known_on
    union all
    select debit, credit, credit_label, -credit_amount, credit_currency, -debit_amount
    from pairs
    where debit_role = 'cash' and credit_role = 'document' and known_on <= debit_known_on
),
on_account as (
    select lines.*, -lines.owed - coalesce(used.amount, 0) as amount
    from lines
    left join (select line, sum(used) as amount from direct group by line) used on used.line = lines.id
    where lines.role = 'cash'
),
-- Money that a loss or a cancelled posting balances: too much was paid and the company kept it, say. It is no credit of
-- the customer any more.
kept as (
    select debit as line, credit as money, -credit_amount as amount, credit_currency as currency, party, dated, known_on
    from pairs
    where debit_role in ('loss', 'cancelled') and credit_role = 'cash'
    union all
    select credit, debit, debit_amount, debit_currency, party, dated, known_on
    from pairs
    where credit_role in ('loss', 'cancelled') and debit_role = 'cash'
)
select
    direct.line || '-' || direct.document as payment_id,
    direct.label as invoice_id,
    lines.party::text as customer_id,
    lines.dated as paid_on,
    direct.amount,
    direct.currency,
    null as method,
    lines.known_on,
    'account_move_line ' || lines.id as _origin
from direct
join lines on lines.id = direct.line
union all
select
    id::text, null, party::text, dated, amount, currency, null, known_on, 'account_move_line ' || id
from on_account
where amount <> 0
union all
select
    line || '-' || money, null, party::text, dated, amount, currency, 'written off', known_on,
    'account_move_line ' || line
from kept
