-- What each payment says that it is for, whoever landed it: type and id of the other document, and how much of it.
with
of_api as (
    select id as payment, unnest(json_extract(lines, '$[*]')) as line from payment
),
linked as (
    select payment, try_cast(line ->> '$.Amount' as decimal(28, 6)) as amount,
    unnest(json_extract(line, '$.LinkedTxn[*]')) as txn
    from of_api
),
named as (
    select payment, txn ->> '$.TxnType' as type, txn ->> '$.TxnId' as id, amount from linked
    union all
    select payment.id, linked.txn_type, linked.txn_id, line.amount
    from payment__line line
    join payment on payment.dlt_id = line._dlt_parent_id
    join payment__line__linked_txn linked on linked._dlt_parent_id = line._dlt_id
    union all
    select
        payment_id,
        case
            when invoice_id is not null then 'Invoice'
            when credit_memo_id is not null then 'CreditMemo'
            when journal_entry_id is not null then 'JournalEntry'
            else 'Purchase'
        end,
        coalesce(invoice_id, credit_memo_id, journal_entry_id, expense_id, check_id),
        amount
    from payment_line
)
select
    payment, case when type in ('Expense', 'Check', 'CreditCardCredit') then 'Purchase' else type end as type, id,
    sum(amount) as amount
from named
where amount <> 0
group by all
