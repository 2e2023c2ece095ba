-- Everything on accounts receivable, one row a document and customer, and its role:
--   document  an invoice, a credit memo, or a claim that a journal entry made
--   cash      a payment; money back by a cheque, an expense or a journal entry against a bank account
--   loss, discount   a journal entry that lowers what a customer owes
-- `owed` is negative where the customer owes less.
with
receivable as (
    select id from account where account_type in ('Accounts Receivable', 'AccountsReceivable')
),
journal_lines as (
    select
        journal_entry_id, account_id, customer_id,
        case when posting_type = 'Credit' then -amount else amount end as owed
    from journal_entry_line
    union all
    select
        id,
        line ->> '$.JournalEntryLineDetail.AccountRef.value',
        case when line ->> '$.JournalEntryLineDetail.Entity.Type' = 'Customer'
            then line ->> '$.JournalEntryLineDetail.Entity.EntityRef.value' end,
        case when line ->> '$.JournalEntryLineDetail.PostingType' = 'Credit' then -1 else 1 end
            * try_cast(line ->> '$.Amount' as decimal(28, 6))
    from (select id, unnest(json_extract(lines, '$[*]')) as line from journal_entry)
    where line ->> '$.JournalEntryLineDetail.AccountRef.value' is not null
),
-- What the other side of a journal entry is.
journals as (
    select
        journal_lines.journal_entry_id,
        bool_or(account.account_type in ('Bank', 'Other Current Asset')) as with_bank,
        bool_or(account.account_type = 'Income' or account.name ilike '%discount%') as with_discount
    from journal_lines
    left join account on account.id = journal_lines.account_id
    where journal_lines.account_id not in (from receivable)
    group by all
),
of_journals as (
    select journal_entry_id, customer_id, sum(owed) as owed
    from journal_lines
    where customer_id is not null and account_id in (from receivable)
    group by all
),
of_purchases as (
    select purchase.id, coalesce(purchase_line.customer_id, purchase.customer_id) as customer_id, sum(amount) as owed
    from purchase_line
    join purchase on purchase.id = purchase_line.purchase_id
    where account_id in (from receivable)
    group by all
    union all
    select id, customer_id, sum(try_cast(line ->> '$.Amount' as decimal(28, 6)))
    from (select id, customer_id, unnest(json_extract(lines, '$[*]')) as line from purchase)
    where line ->> '$.AccountBasedExpenseLineDetail.AccountRef.value' in (from receivable)
    group by all
)
-- What was voided has no amount any more, and no history.
select
    'Invoice' as type, id, coalesce(doc_number || '#', '') || id as label, customer_id, 'document' as role,
    total as owed,
    currency, issued_on as dated, coalesce(due_on, issued_on) as due_on,
    coalesce(created_at::date, issued_on) as known_on,
    case when deleted then coalesce(deleted_at::date, issued_on) end as deleted_on, null as method, _origin
from invoice
where total <> 0
union all
select
    'CreditMemo', id, coalesce(doc_number || '#', '') || 'CM' || id, customer_id, 'document', -total, currency,
    issued_on,
    issued_on, coalesce(created_at::date, issued_on),
    case when deleted then coalesce(deleted_at::date, issued_on) end, null, _origin
from credit_memo
where total <> 0
union all
select
    'Payment', id, 'P' || id, customer_id, 'cash', -total, currency, paid_on, paid_on,
    coalesce(created_at::date, paid_on), case when deleted then coalesce(deleted_at::date, paid_on) end, method, _origin
from payment
union all
select
    'JournalEntry', journal_entry.id, coalesce(journal_entry.doc_number || '#', '') || 'JE' || journal_entry.id,
    of_journals.customer_id,
    case
        when journals.with_bank then 'cash'
        when of_journals.owed > 0 then 'document'
        when journals.with_discount then 'discount'
        else 'loss'
    end,
    of_journals.owed, journal_entry.currency, dated, dated, coalesce(created_at::date, dated), null, null, _origin
from of_journals
join journal_entry on journal_entry.id = of_journals.journal_entry_id
left join journals on journals.journal_entry_id = journal_entry.id
where of_journals.owed <> 0 and not coalesce(journal_entry.deleted, false)
union all
select
    'Purchase', purchase.id, 'E' || purchase.id, of_purchases.customer_id, 'cash', of_purchases.owed, purchase.currency,
    dated, dated, coalesce(created_at::date, dated), null, null, _origin
from of_purchases
join purchase on purchase.id = of_purchases.id
where of_purchases.owed <> 0 and of_purchases.customer_id is not null and not coalesce(purchase.deleted, false)
