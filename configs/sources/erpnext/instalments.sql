-- The payment schedule of invoices with more than one due date. Of an invoice in a foreign currency on an account in
-- the company's, the amounts in the company's currency.
with
parts as (
    select
        invoice.name, schedule.due_date,
        sum(case when invoice.currency = coalesce(invoice.party_account_currency, invoice.currency)
            then schedule.payment_amount else schedule.base_payment_amount end) as amount
    from schedule
    join invoice on invoice.name = schedule.parent and schedule.parenttype = 'Sales Invoice'
    group by invoice.name, schedule.due_date
)
select name as invoice_id, due_date as due_on, amount
from parts
where amount > 0
qualify count(*) over (partition by name) > 1
