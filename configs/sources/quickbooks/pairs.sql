-- What was set against what, within one payment: what it says of invoices and money back, against what it says of
-- credits, and the rest is the payment's own money. A payment of no amount only sets credits against invoices.
with
sides as (
    select
        links.payment, entries.type, entries.id, entries.customer_id, entries.label, entries.role, entries.dated,
        entries.known_on, entries.due_on, case when entries.owed > 0 then links.amount else -links.amount end as size
    from links
    join entries on entries.type = links.type and entries.id = links.id
    join entries own on own.type = 'Payment' and own.id = links.payment
    where entries.deleted_on is null and own.deleted_on is null
        -- A journal entry can be of several customers.
        and (entries.type <> 'JournalEntry' or entries.customer_id = own.customer_id)
),
with_money as (
    from sides
    union all
    select
        payment.id, payment.type, payment.id, payment.customer_id, payment.label, payment.role, payment.dated,
        payment.known_on, payment.due_on, -least(sum(sides.size), -any_value(payment.owed))
    from sides
    join entries payment on payment.type = 'Payment' and payment.id = sides.payment
    group by all
    having sum(sides.size) > 0 and any_value(payment.owed) < 0
),
placed as (
    select *, sum(abs(size)) over in_order - abs(size) as start, sum(abs(size)) over in_order as stop
    from with_money
    window in_order as (
        partition by payment, size > 0 order by case role when 'cash' then 1 else 0 end, due_on, type, id
        rows unbounded preceding
    )
)
select
    debit.payment, debit.type as debit_type, debit.id as debit, debit.label as debit_label, debit.role as debit_role,
    credit.type as credit_type, credit.id as credit, credit.label as credit_label, credit.role as credit_role,
    -- A loss is of the day of its own entry, whenever it was set against the invoice.
    greatest(debit.dated, credit.dated, case when credit.role in ('loss', 'discount') then null else payment.dated end)
        as dated,
    greatest(debit.known_on, credit.known_on, payment.known_on) as known_on,
    least(debit.stop, credit.stop) - greatest(debit.start, credit.start) as amount
from placed debit
join placed credit
    on credit.payment = debit.payment and debit.size > 0 and credit.size < 0
    and credit.start < debit.stop and debit.start < credit.stop
join entries payment on payment.type = 'Payment' and payment.id = debit.payment
