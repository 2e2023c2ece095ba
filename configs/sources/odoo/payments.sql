-- Money in and back. What was set against an invoice when it was booked is a payment of the invoice; the rest came on
-- account, and `adjustments.sql` says what it was used for later.
with
-- Money that was known to be of a document from its first day. `used` is in the money's own currency.
direct as (
    select
        credit as line, debit as document, debit_label as label, debit_amount - discount as amount,
        debit_currency as currency, credit_amount as used, partial
    from pairs
    where credit_role = 'cash' and debit_role = 'document' and known_on <= credit_known_on
    union all
    select debit, credit, credit_label, -credit_amount, credit_currency, -debit_amount, partial
    from pairs
    where debit_role = 'cash' and credit_role = 'document' and known_on <= debit_known_on
),
on_account as (
    select lines.*, -lines.owed - coalesce(used.amount, 0) as amount
    from lines
    left join (select line, sum(used) as amount from direct group by line) used on used.line = lines.id
    where lines.role = 'cash'
)
select
    direct.line || '-' || direct.partial as payment_id,
    direct.label as invoice_id,
    lines.partner::text as customer_id,
    lines.dated as paid_on,
    direct.amount,
    direct.currency,
    lines.known_on,
    'account_move_line ' || lines.id as _origin
from direct
join lines on lines.id = direct.line
union all
select id::text, null, partner::text, dated, amount, currency, known_on, 'account_move_line ' || id
from on_account
where amount <> 0
union all
-- Money paid back that was written off, or too much money that the company kept: no credit of the customer any more.
select
    debit || '-kept-' || credit, null, partner::text, dated, debit_amount, debit_currency, known_on,
    'account_move_line ' || debit
from pairs
where debit_role = 'cash' and credit_role = 'loss'
