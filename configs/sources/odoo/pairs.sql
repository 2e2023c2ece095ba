-- What was set against each other: a row of account_partial_reconcile always has the debit and the credit, so that for
-- a refund the "debit" is the money, or the invoice that the credit note was used for.
select
    partial.id as partial,
    debit.id as debit, debit.label as debit_label, debit.role as debit_role, debit.currency as debit_currency,
    credit.id as credit, credit.label as credit_label, credit.role as credit_role,
    credit.currency as credit_currency, credit.nominal as credit_nominal, credit.partner,
    debit.known_on as debit_known_on, credit.known_on as credit_known_on,
    greatest(debit.dated, credit.dated) as dated,
    greatest(partial.create_date::date, debit.known_on, credit.known_on) as known_on,
    partial.debit_amount_currency as debit_amount,
    partial.credit_amount_currency as credit_amount,
    -- Of a payment with a discount, the money counts first; what goes beyond it is the discount.
    case when credit.role = 'cash' and credit.discount > 0 then greatest(0, least(
        partial.credit_amount_currency,
        sum(partial.credit_amount_currency) over earlier + credit.discount + credit.owed
    )) else 0 end as discount
from partials partial
join lines debit on debit.id = partial.debit_move_id
join lines credit on credit.id = partial.credit_move_id
window earlier as (partition by credit.id order by partial.id rows unbounded preceding)
