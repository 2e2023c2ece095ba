-- Money in and back. Of an invoice is what says so (REBZG), and what cleared the invoice when it was entered; the rest
-- came on account, and `adjustments.sql` says what it was used for later.
with
direct as (
    select item as money, part_of as document, -owed - case when owed < 0 then discount else 0 end as amount, owed,
    currency
    from items
    where part_of is not null
    union all
    select credit, debit, debit_amount, -credit_amount, debit_currency
    from pairs
    where credit_role = 'cash' and debit_role = 'document' and credit_clears_itself
    union all
    -- A refund that cleared a credit note.
    select debit, credit, -credit_amount, debit_amount, credit_currency
    from pairs
    where debit_role = 'cash' and credit_role = 'document' and debit_clears_itself
),
on_account as (
    select
        items.item, -items.owed - case when items.owed < 0 then discount else 0 end + coalesce(direct.owed, 0) as amount
    from items
    left join (select money, sum(owed) as owed from direct group by money) direct on direct.money = items.item
    where role = 'cash' and part_of is null
),
-- Money that a loss or a reversal balances is no credit of the customer any more.
kept as (
    select credit as money, debit as other, -credit_amount as amount, credit_currency as currency, posted_on, known_on
    from pairs
    where credit_role = 'cash' and debit_role in ('loss', 'cancelled')
    union all
    select debit, credit, debit_amount, debit_currency, posted_on, known_on
    from pairs
    where debit_role = 'cash' and credit_role in ('loss', 'cancelled', 'discount')
)
select
    direct.money || '/' || direct.document as payment_id,
    direct.document as invoice_id,
    items.kunnr as customer_id,
    items.posted_on as paid_on,
    direct.amount,
    direct.currency,
    null as method,
    items.known_on,
    items._origin
from direct
join items on items.item = direct.money
union all
select item, null, kunnr, posted_on, on_account.amount, currency, null, known_on, _origin
from on_account
join items using (item)
where on_account.amount <> 0
union all
select
    money || '/' || other, null, items.kunnr, kept.posted_on, kept.amount, kept.currency, 'written off', kept.known_on,
    items._origin
from kept
join items on items.item = kept.money
